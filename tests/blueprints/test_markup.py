"""Markup in user input is escaped everywhere."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from linkmsg.actions import invitations
from linkmsg.db import db
from linkmsg.models import Instance, Message
from tests import people
from tests.people import nonce

pytestmark = pytest.mark.any_database

MARKUP = """<img/src=x/onerror=alert(1)>'"</title></textarea><script>"""
ESCAPED = "&lt;img/src=x/onerror=alert(1)&gt;"


def has_no_markup(page):
    """Return whether a page has no unescaped input."""
    raw = ("<img/src", "</textarea><script>", "</title></textarea>", "'\"<")
    return not any(each in page for each in raw)


def shows_escaped(page):
    """Return whether a page shows the input, escaped."""
    return ESCAPED in page and has_no_markup(page)


@pytest.fixture
def eve(app, ana, bo):
    """Return a person with markup in every field, connected to Bo, who has invited Ana."""
    eve = people.join(app, "Eve Berg")
    people.connect(bo, eve)
    form = dict.fromkeys(("name", "headline", "company", "place", "about"), MARKUP)
    assert eve.post("/settings/profile", handle="eve-berg", **form).status_code == 303
    with app.app_context():
        invitations.invite(eve.member(), ana.member(), MARKUP)
    return eve


def test_markup_in_profiles_and_notes_is_escaped(app, ana, bo, eve):
    received = re.search(r"/invitations/(\d+)/", ana.get("/network/invitations").text)[1]
    talk = people.talk(eve, bo, MARKUP)
    for path in (
        "/in/eve-berg",
        "/people",
        "/people?q=img",
        "/network/invitations",
        f"/network/invitations/{received}/reply",
        "/messaging/new?to=eve-berg",
        "/in/eve-berg/connect",
        "/in/eve-berg/mutual",
    ):
        assert shows_escaped(ana.get(path).text), path
    for path in (
        "/messaging",
        f"/messaging/{talk}",
        "/network",
        "/in/eve-berg",
        "/network/connections/eve-berg/remove",
    ):
        assert shows_escaped(bo.get(path).text), path
        assert has_no_markup(bo.get(path, partial=True).text), path
    after = bo.get(f"/messaging/{talk}/after?revision=0", partial=True).text
    assert shows_escaped(after)
    assert has_no_markup(after)
    assert shows_escaped(eve.get("/settings/profile").text)


def test_markup_in_searches_errors_and_forms_is_escaped(ana, bo, talk):
    for path in ("/people", "/network", "/messaging/new"):
        assert shows_escaped(ana.get(path, query_string={"q": MARKUP}).text), path
    assert shows_escaped(ana.send(talk, MARKUP + "x" * 8000).text)
    assert shows_escaped(ana.send(talk, MARKUP + "x" * 8000, partial=True).text)
    stale = ana.client.post(
        f"/messaging/{talk}", data={"csrf_token": "", MARKUP: MARKUP, "body": MARKUP}
    )
    assert shows_escaped(stale.text)
    assert "<img/src" not in ana.get(f"/messaging/{MARKUP}").text
    assert shows_escaped(ana.post("/settings/appearance", theme="", timezone=MARKUP).text)


def test_markup_in_the_instance_name_is_escaped(app, ana, nobody):
    with app.app_context():
        db.session.add(Instance(id=1, name=MARKUP, set_up_at=ana.member().created_at))
        db.session.commit()
    assert shows_escaped(nobody.get("/sign-in").text)


def bubbles(ana, talk):
    """Return the texts of a thread as HTML."""
    return re.findall(r'<p class="text" dir="auto">(.+?)</p>', ana.get(f"/messaging/{talk}").text)


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JavaScript://example.com/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "//evil.example/x",
        "readme.md",
        '<a href="https://example.com">click</a>'.replace("https://example.com", "javascript:1"),
    ],
)
def test_other_schemes_are_never_links(ana, talk, typed):
    ana.send(talk, typed)
    shown = bubbles(ana, talk)[-1]
    assert (typed[:4] in unescape(shown), "<a " in shown) == (True, False)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("See https://example.com/a?b=c&d", "https://example.com/a?b=c&amp;d"),
        ("www.example.com!", "https://www.example.com"),
        ("mailto:bo@example.com", "mailto:bo@example.com"),
        ('https://example.com/"onclick="x', "https://example.com/&#34;onclick=&#34;x"),
    ],
)
def test_web_address_is_a_link_without_referrer(ana, talk, typed, address):
    ana.send(talk, typed)
    (link,) = re.findall(r"<a [^>]*>", bubbles(ana, talk)[-1])
    assert f'href="{address}"' in link
    assert 'rel="noopener noreferrer nofollow"' in link
    assert link.count('"') == 6


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("a" * 8000, 303),
        ("a" * 8001, 422),
        ("\U0001f600" * 8000, 303),
        ("\U0001f600" * 8001, 422),
        ("a\r\n" * 3999 + "ab", 303),
        ("a\r\n" * 4000 + "a", 422),
        ("\r\n" * 500 + "a" * 8000 + "\r\n" * 500, 303),
        ("a", 303),
        ("", 422),
        ("\u200b\u2060 \n", 422),
    ],
)
def test_message_length_is_limited(ana, talk, typed, status):
    assert ana.send(talk, typed).status_code == status
    with ana.app.app_context():
        last = db.session.scalars(select(Message.body).order_by(Message.id.desc())).first()
    assert (last == typed.replace("\r\n", "\n").strip()) == (status == 303)


def test_note_length_is_limited(ana, cy):
    way = "/in/cy-stranger/connect"
    answer = ana.post(way, note="n" * 301)
    assert (answer.status_code, "n" * 301 in answer.text) == (422, True)
    assert ana.post(way, note="a\r\n" * 149 + "a\U0001f600").status_code == 303


def test_message_keeps_line_breaks_and_bidi_controls(ana, talk):
    text = "First\n\n  third \u202eright to left\u202c, שלום"
    ana.send(talk, text.replace("\n", "\r\n"), nonce=nonce())
    with ana.app.app_context():
        assert text in db.session.scalars(select(Message.body)).all()
