"""A search finds nothing in a conversation that the member does not take part in."""

import pytest
from sqlalchemy import delete

from linkmsg.actions import messages
from linkmsg.db import db, writing
from linkmsg.models import Conversation
from linkmsg.search.index.fields import SEPARATOR, TEXT, key_prefix
from tests import people
from tests.people import attach, nonce
from tests.support.search import bodies, leave, search, send_many

SECRET = "zanzibar"
OWN = "The zanzi budget is mine"


@pytest.fixture
def secret_talk(ana, bo, cy):
    """A conversation of Ana and Bo with a word that Cy has neither written nor read."""
    key = attach(ana, name=f"{SECRET} plan.pdf")
    talk = people.talk(ana, bo, f"The {SECRET} budget is at https://{SECRET}.example", "Yes")
    messages.send(ana.member(), talk, f"{SECRET} again", nonce(), [key])
    people.talk(cy, cy, OWN)
    return talk


def attempts(talk, ana, bo):
    """Return all ways to ask for the secret word."""
    scopes = [f"{person.id}{SEPARATOR}{SECRET}" for person in (ana, bo)]
    return [
        *(SECRET, SECRET.upper(), "zan", "zanz", "zanzib", f'"{SECRET}"', f'"the {SECRET} budget"'),
        *(f'"the {SECRET}', f"-nothing {SECRET}", f"{SECRET} -nothing", f"{SECRET}.example"),
        *(f"from:bo {SECRET}", f"from:ana {SECRET}", "from:ana", "from:bo", "to:bo", "with:ana"),
        *(f"from:ana-ruiz {SECRET}", "with:bo", "to:ana", f'from:"Ana Ruiz" {SECRET}'),
        *(f"has:link {SECRET}", "has:link", "has:file", "has:pdf", f"on:today {SECRET}"),
        *(f"after:2020 {SECRET}", f"before:2030 {SECRET}", f"is:unread {SECRET}", "is:unread"),
        *(f"-from:me {SECRET}", "-from:me", "to:me", "-with:me", "-zanzi", "-mine"),
        *(f"in:{talk}", f"in:{talk} {SECRET}", *scopes, *(f'"{each}"' for each in scopes)),
        *(f"text:{each}" for each in scopes),
        *(f"t{each}" for each in scopes),
        *(f"{SECRET}*", "*", "zan*", "z?nzibar", f"/{SECRET}/", f"[a TO {SECRET}]", f"{SECRET}~2"),
    ]


# Each order with its first page, and with a cursor behind which everything comes.
PAGES = ((False, ""), (False, "999999999"), (True, ""), (True, "999999999.0"))


def test_outsider_finds_secret_by_no_search(index_all, secret_talk, ana, bo, cy):
    index_all()
    assert bodies(ana, SECRET) != []
    assert bodies(bo, SECRET) != []
    for text in attempts(secret_talk, ana, bo):
        for inside in (None, secret_talk):
            for best, after in PAGES:
                assert_hidden(cy, text, best=best, conversation_id=inside, cursor=after)


def test_outsider_finds_no_unindexed_secret(inside, secret_talk, ana, bo, cy):
    assert bodies(ana, SECRET) != []
    assert bodies(bo, SECRET) != []
    for text in attempts(secret_talk, ana, bo):
        assert_hidden(cy, text)
        assert_hidden(cy, text, best=True, conversation_id=secret_talk)


def assert_hidden(outsider, text, **options):
    """Check that a search tells an outsider nothing but of their own message."""
    page = search(outsider, text, **options)
    assert {hit.message.body for hit in page.hits} <= {OWN}, text
    assert page.total <= 1, text
    assert SECRET not in page.suggestion.replace(text, ""), text


def test_outsider_gets_no_suggestion_of_the_secret(maybe_index, secret_talk, ana, cy):
    maybe_index()
    assert search(ana, "zanzibor").suggestion == SECRET
    assert search(cy, "zanzibor").suggestion == ""


def answer(person, text, **options):
    """Return all that a search discloses: the hits, their number, and a suggestion."""
    page = search(person, text, **options)
    return [hit.message.body for hit in page.hits], page.total, page.next_cursor, page.suggestion


def test_former_member_finds_nothing_of_a_conversation(maybe_index, secret_talk, ana, bo):
    maybe_index()
    assert bodies(bo, SECRET) != []
    leave(bo, secret_talk)
    people.talk(ana, ana, "a note")
    for text in (*attempts(secret_talk, ana, bo), "zanzibor", "budgat"):
        for best in (False, True):
            assert answer(bo, text, best=best) == ([], 0, "", ""), text
    assert answer(ana, SECRET)[1] == 2


def test_messages_after_leaving_are_never_found(index_all, indexer, secret_talk, ana, bo):
    leave(bo, secret_talk)
    messages.send(ana.member(), secret_talk, "quicksilver", nonce())
    for _ in range(2):
        assert answer(bo, "quicksilver") == ([], 0, "", "")
        assert answer(bo, "quicksilvr") == ([], 0, "", "")
        assert answer(ana, "quicksilvr") == ([], 0, "", "quicksilver")
        index_all()
    scope = key_prefix(TEXT, bo.id)
    for _, terms, _ in indexer.index.state().segments:
        assert list(terms.starting(scope)) == []


def test_many_lost_messages_do_not_hide_older_hits(index_all, ana, bo, dee):
    send_many(bo, ana, [f"word {number}" for number in range(30)])
    left = send_many(bo, dee, [f"word of dee {number}" for number in range(230)])
    index_all()
    leave(bo, left)
    for best in (False, True):
        hits, total, more, _ = answer(bo, "word", best=best)
        assert (len(hits), total) == (20, 30)
        rest, total, end, _ = answer(bo, "word", best=best, cursor=more)
        assert (len(rest), total, end) == (10, 30, "")
        assert not any("dee" in body for body in hits + rest)


def test_deleted_conversation_is_not_found(index_all, ana, bo, dee):
    people.talk(bo, ana, "word one")
    gone = people.talk(bo, dee, "word two", "word three")
    index_all()
    with writing():
        db.session.execute(delete(Conversation).where(Conversation.id == gone))
    for best in (False, True):
        assert answer(bo, "word", best=best) == (["word one"], 1, "", "")
    assert answer(bo, "thrae") == ([], 0, "", "")
    people.talk(bo, dee, "brandnew")
    assert answer(bo, "brandnew") == (["brandnew"], 1, "", "")
    assert answer(bo, "two") == ([], 0, "", "")


def test_search_in_one_conversation_finds_no_other(maybe_index, secret_talk, ana, bo):
    people.talk(ana, ana, f"{SECRET} in my notes")
    maybe_index()
    assert len(bodies(ana, SECRET)) == 3
    assert len(bodies(ana, SECRET, conversation_id=secret_talk)) == 2
    assert bodies(ana, SECRET, conversation_id=99999) == []


def test_file_is_found_by_its_name_and_kind(maybe_index, secret_talk, ana, bo):
    maybe_index()
    (hit,) = search(bo, "plan").hits
    ((attachment, name),) = hit.attachments
    assert (attachment.name, name) == (f"{SECRET} plan.pdf", f"{SECRET} <mark>plan</mark>.pdf")
    assert len(search(bo, "has:file").hits) == 1
