"""Invalid input: each gets the right status and an error page, and writes nothing."""

import pytest
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Message
from tests.people import nonce

NUMBERS = [
    "-1",
    "1.5",
    "1e3",
    "0x10",
    " 1",
    "\u0661",
    "²",
    "abc",
    "9" * 19,
    "9" * 5000,
    "+1",
    "NaN",
]
IDS = ["0", "-1", "1.5", "\u0661", "²", "abc", "9" * 19, "9" * 5000, "%00", "%FF", "1%00"]
HUGE = 2**31 - 1
TOO_HUGE = [2**31, 2**63 - 1, 2**63]


def bodies(app):
    """Return the texts of all messages, in order."""
    with app.app_context():
        return list(db.session.scalars(select(Message.body).order_by(Message.id)))


def main_of(answer):
    """Return the main part of a page, which has no tokens."""
    return answer.text.partition("<main")[2].partition("</main>")[0]


def is_error_page(answer):
    """Return whether a response is an error page without a traceback."""
    return "<h1" in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/messaging/{talk}?at=",
        "/messaging/{talk}/after?revision=",
        "/messaging/{talk}/before?seq=",
        "/messaging/{talk}/later?seq=",
        "/messaging/{talk}/seen?seq=",
        "/messaging?before=",
        "/people?page=",
        "/network?page=",
        "/in/bo-lindqvist/mutual?page=",
    ],
)
def test_invalid_number_is_refused_and_huge_one_finds_nothing(ana, talk, path):
    path = path.format(talk=talk)
    address, _, name = path.partition("?")
    for number in NUMBERS:
        answer = ana.get(address, partial=True, query_string={name.rstrip("="): number})
        assert (answer.status_code, is_error_page(answer)) == (400, True), number
    is_outside = name == "at=" or ("seq=" in path and "seen" not in path)
    answer = ana.get(f"{path}{HUGE}", partial=True)
    assert answer.status_code == (404 if is_outside else 200)


@pytest.mark.parametrize("seq", ["0", "3", str(HUGE)])
def test_missing_message_is_not_found(ana, talk, seq):
    assert ana.get(f"/messaging/{talk}?at=1").status_code == 200
    answer = ana.get(f"/messaging/{talk}?at={seq}")
    assert (answer.status_code, is_error_page(answer)) == (404, True)


def test_missing_required_number_is_refused(ana, talk):
    for path in ("after", "before", "later", "seen"):
        assert ana.get(f"/messaging/{talk}/{path}", partial=True).status_code == 400
    assert ana.post(f"/messaging/{talk}/read").status_code == 400


@pytest.mark.parametrize("seq", NUMBERS)
def test_invalid_seq_reads_nothing(ana, talk, seq):
    assert "1 unread" in ana.get("/messaging").text
    assert ana.post(f"/messaging/{talk}/read", seq=seq).status_code == 400
    assert "1 unread" in ana.get("/messaging").text


def test_invalid_revision_does_not_block_sending(app, ana, talk):
    for revision in (*NUMBERS, "", "0", str(HUGE), str(2**63)):
        answer = ana.send(talk, "Sent anyway", partial=True, revision=revision)
        assert (answer.status_code, "Sent anyway" in answer.text) == (200, True), revision
    assert bodies(app).count("Sent anyway") == len(NUMBERS) + 4


@pytest.mark.parametrize(
    "path",
    [
        "/messaging/{}",
        "/messaging/{}/after?revision=0",
        "/messaging/{}/seen?seq=1",
        "/network/invitations/{}/reply",
    ],
)
def test_invalid_id_is_not_found(ana, talk, path):
    assert ana.get(f"/messaging/{talk}").status_code == 200
    for number in (*IDS, *TOO_HUGE, HUGE, 999):
        answer = ana.get(path.format(number))
        result = (answer.status_code, is_error_page(answer))
        assert result in {(404, True), (400, True)}, number


@pytest.mark.parametrize(
    "path",
    [
        "/messaging/{}",
        "/messaging/{}/read",
        "/messaging/{}/unread",
        "/network/invitations/{}/accept",
        "/network/invitations/{}/withdraw",
    ],
)
def test_form_to_invalid_id_writes_nothing(app, ana, talk, path):
    before = bodies(app)
    for number in (*IDS, *TOO_HUGE, HUGE, 999):
        answer = ana.post(path.format(number), body="Anybody?", nonce=nonce(), seq="1")
        assert answer.status_code in {400, 404, 405}, number
        assert is_error_page(answer)
    assert bodies(app) == before


@pytest.mark.parametrize("path", ["/settings/sessions/{}/end", "/admin/invite-links/{}/revoke"])
def test_huge_ids_of_sessions_and_links_do_no_harm(admin, path):
    assert admin.post(path.format(HUGE)).status_code == 303
    for number in TOO_HUGE:
        assert admin.post(path.format(number)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/people?q=%00",
        "/network?q=bo%00",
        "/messaging/new?q=%00",
        "/messaging/new?to=%00",
        "/in/%00",
        "/in/bo%00/connect",
        "/messaging?filter=%00",
        "/sign-in?next=%00",
        "/sign-up?invite=%00",
        "/static/x/%00.css",
        "/files/%00",
    ],
)
def test_nul_in_address_is_refused(ana, bo, nobody, path):
    for client in (ana.client, nobody):
        answer = client.get(path)
        assert (answer.status_code, is_error_page(answer)) == (400, True)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/messaging/{talk}", {"body": "NUL \0"}),
        ("/messaging/new", {"body": "NUL \0", "to": "bo-lindqvist"}),
        ("/messaging/new", {"body": "Fine", "to": "bo\0"}),
        ("/in/cy-stranger/connect", {"note": "NUL \0"}),
        ("/settings/profile", {"name": "Ana \0", "handle": "ana-ruiz"}),
        ("/settings/profile", {"name": "Ana", "handle": "ana\0ruiz"}),
        ("/settings/profile", {"name": "Ana", "handle": "ana-ruiz", "about": "\0"}),
        ("/settings/appearance", {"theme": "\0", "timezone": ""}),
        ("/settings/appearance", {"theme": "", "timezone": "Europe/\0"}),
        ("/settings/account/email", {"email": "a\0@example.com", "password": "x"}),
        ("/settings/account/password", {"current": "\0", "new": "a short sentence"}),
        ("/messaging/{talk}/read", {"seq": "\0"}),
    ],
)
def test_nul_in_form_is_refused_and_writes_nothing(app, ana, cy, talk, path, form):
    before, page = bodies(app), main_of(ana.get("/in/ana-ruiz"))
    answer = ana.post(path.format(talk=talk), nonce=nonce(), **form)
    assert answer.status_code in {400, 404, 422}
    assert is_error_page(answer) or 'class="error"' in answer.text
    assert bodies(app) == before
    assert main_of(ana.get("/in/ana-ruiz")) == page
    assert "No pending invitations" in ana.get("/network/invitations/sent").text


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u2069"])
@pytest.mark.parametrize("field", ["name", "headline", "company", "place"])
def test_bidi_control_in_name_is_refused(ana, field, mark):
    form = {"name": "Ana Ruiz", "handle": "ana-ruiz", field: f"Ana {mark}ziuR"}
    answer = ana.post("/settings/profile", **form)
    assert answer.status_code == 422
    assert "changes the text direction" in answer.text
    assert mark not in ana.get("/in/ana-ruiz").text


def test_unknown_addresses_and_people_get_error_pages(ana):
    for path in ("/nowhere", "/in/nobody-here", "/messaging/new?to=nobody-here", "/static/x/y.js"):
        answer = ana.get(path)
        assert (answer.status_code, is_error_page(answer)) == (404, True), path
    assert ana.get("/messaging?filter=nonsense").status_code == 200
    assert ana.get("/network?sort=nonsense").status_code == 200
    assert ana.get("/static/x/../../config.py").status_code == 404


def test_body_that_is_not_a_form_is_refused(app, ana, talk):
    before = bodies(app)
    for kind in (
        "text/plain",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
    ):
        answer = ana.client.post(f"/messaging/{talk}", data=b"{body:\xff\0", content_type=kind)
        assert (answer.status_code, is_error_page(answer)) == (400, True), kind
    assert bodies(app) == before
