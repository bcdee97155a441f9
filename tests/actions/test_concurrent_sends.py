"""Concurrent sends: no error, no gap in the seqs, no message twice."""

import re
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from linkmsg.actions import messages
from linkmsg.actions.errors import NonceReused
from linkmsg.db import db
from linkmsg.models import Conversation, Message, Participation
from tests import people
from tests.people import PARTIAL, nonce
from tests.support.concurrency import run_together, signed_in_browsers

TIMES = 100
AT_ONCE = 10


def rows(app, conversation_id):
    """Return seq, revision and text of all messages, and the conversation's last seq."""
    with app.app_context():
        conversation = db.session.get_one(Conversation, conversation_id)
        found = select(Message).where(Message.conversation_id == conversation_id)
        in_order = db.session.scalars(found.order_by(Message.seq)).all()
        return [(each.seq, each.revision, each.body) for each in in_order], conversation.last_seq


def test_concurrent_sends_with_one_nonce_create_one_message(app, ana, talk):
    form = {"csrf_token": ana.token, "body": "Once", "nonce": nonce(), "revision": "2"}
    cookie = ana.client.get_cookie("session")

    def send(_):
        browser = app.test_client()
        browser.set_cookie("session", cookie.value)
        answer = browser.post(f"/messaging/{talk}", data=form, headers=PARTIAL)
        # All but the label of the snapshot that each answer shows.
        return answer.status_code, re.sub(r' data-snapshot="[^"]+"', "", answer.text)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(TIMES)))
    assert len(answers) == TIMES
    [(status, text)] = set(answers)
    assert status == 200
    assert text.count("Once") >= 1
    assert [body for *_, body in rows(app, talk)[0]].count("Once") == 1
    assert len(rows(app, talk)[0]) == 3


def test_concurrent_sends_leave_no_gap_in_seqs(app, ana, bo, talk):
    sends, senders = 10, [ana, bo, ana, bo]
    crowd = [signed_in_browsers(each, 1)[0] for each in senders]
    tokens = [people.token_in(each.get("/settings/appearance").text) for each in crowd]

    def write(n):
        def act():
            form = {"csrf_token": tokens[n]}
            for m in range(sends):
                data = {**form, "body": f"{n} says {m}", "nonce": nonce()}
                assert crowd[n].post(f"/messaging/{talk}", data=data).status_code == 303
            return n

        return act

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda n: write(n)(), range(4))) == [0, 1, 2, 3]
    found, last_seq = rows(app, talk)
    assert [seq for seq, *_ in found] == list(range(1, 43))
    assert last_seq == 42
    assert [revision for _, revision, _ in found] == sorted({each[1] for each in found})
    for n in range(4):
        said = [body for *_, body in found if body.startswith(f"{n} says")]
        assert said == [f"{n} says {m}" for m in range(sends)]
    assert unread_counts_are_right(app, talk)


def unread_counts_are_right(app, conversation_id):
    """Return whether every stored unread count equals the number of unread messages."""
    with app.app_context():
        parts = select(Participation).where(Participation.conversation_id == conversation_id)
        return all(
            part.unread
            == db.session.scalar(
                Message.count_unread(conversation_id, part.member_id, part.last_read_seq)
            )
            for part in db.session.scalars(parts)
        )


def test_concurrent_first_messages_create_one_conversation(app, ana, bo):
    def first(one, other):
        return lambda: messages.start(one.member(), other.member(), "Hello", nonce()).message.seq

    acts = [first(ana, bo), first(bo, ana)] * 2
    assert sorted(run_together(app, *acts)) == [1, 2, 3, 4]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert db.session.scalar(select(func.count()).select_from(Participation)) == 2


def test_concurrent_first_notes_to_self_create_one_conversation(app, ana):
    acts = [lambda: messages.start(ana.member(), ana.member(), "Note", nonce()).message.seq] * 3
    assert sorted(run_together(app, *acts)) == [1, 2, 3]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Participation)) == 1


def test_concurrent_nonce_in_two_conversations_is_sent_once(app, ana, bo, talk):
    notes, once = people.talk(ana, ana, "A note"), nonce()
    acts = [lambda id=id: messages.send(ana.member(), id, "Once", once) for id in (talk, notes)]
    given = run_together(app, *acts)
    assert [isinstance(each, NonceReused) for each in given].count(True) == 1
    with app.app_context():
        found = select(func.count()).where(Message.body == "Once")
        assert db.session.scalar(found) == 1
