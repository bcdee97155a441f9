"""My Network: where it opens, withdrawing asks first, and ignoring can be undone."""

import re
from dataclasses import replace
from html import unescape

import pytest

from tests.support.html_forms import form_to
from tests.support.relationships import (
    CASES,
    accept,
    ignore,
    invite,
    reply,
    status_of,
    withdraw,
)

INVITATIONS, SENT = "/network/invitations", "/network/invitations/sent"


def test_my_network_opens_on_waiting_invitations(ana, bo, cy):
    assert ana.get("/network").status_code == 200
    invite(cy, ana)
    assert ana.get("/network").location == INVITATIONS
    for path in ("/network?sort=recent", "/network?sort=name", "/network?q=bo", "/network?page=1"):
        assert "Bo Lindqvist" in ana.get(path).text, path
    assert "Bo Lindqvist" in ana.get("/network", partial=True).text
    assert 'href="/network?sort=recent"' in ana.get(INVITATIONS).text
    ignore(ana, cy)
    assert "Bo Lindqvist" in ana.get("/network").text


def test_open_connections_catch_up_with_connections(ana, bo, cy):
    page = ana.get("/network").text
    address = unescape(re.search(r'id="results" hx-get="([^"]+)"', page)[1])
    invite(cy, ana)
    assert "Bo Lindqvist" in ana.get(address, partial=True).text
    assert "Bo Lindqvist" in ana.get(address).text


def confirmation(person, id, referrer=""):
    """Open the page that asks before an invitation is withdrawn, from another page."""
    return person.client.get(f"{INVITATIONS}/{id}/withdraw", headers={"Referer": referrer})


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/in/cy-stranger", "/in/cy-stranger"),
        ("http://localhost/people?q=cy", "/people?q=cy"),
        ("http://localhost/messaging/7", "/messaging/7"),
        ("", SENT),
        ("http://localhost/", SENT),
        ("http://localhost/network/invitations/1/withdraw", SENT),
        ("http://localhost//evil.example", SENT),
        ("http://[", SENT),
    ],
)
def test_withdrawing_asks_first_and_goes_back(ana, cy, referrer, back):
    id = invite(ana, cy)
    page = confirmation(ana, id, referrer).text
    assert "can’t invite <bdi>Cy</bdi> again for 3 weeks" in page
    assert f'<a class="btn plain" href="{back}">Cancel</a>' in page
    assert status_of(ana, cy) == "INVITATION_SENT"
    form = form_to(page, f"{INVITATIONS}/{id}/withdraw")
    assert ana.client.post(f"{INVITATIONS}/{id}/withdraw", data=form).location == back
    assert status_of(ana, cy) == "NOT_CONNECTED"
    assert "Invitation withdrawn" in ana.get(SENT).text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (1, "again for 1 day."),
        (7, "again for 1 week."),
        (10, "again for 10 days."),
        (14, "again for 2 weeks."),
    ],
)
def test_withdrawing_says_how_long_it_locks(app, ana, cy, days, sentence):
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], withdrawn_wait=days)
    assert sentence in confirmation(ana, invite(ana, cy)).text


def test_withdrawing_without_a_wait_says_nothing_of_it(app, ana, cy):
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], withdrawn_wait=0)
    id = invite(ana, cy)
    assert "again for" not in confirmation(ana, id).text
    assert "no longer be able to message" not in confirmation(ana, id).text
    reply(cy, ana)
    assert "no longer be able to message" in confirmation(ana, id).text


def test_only_an_open_invitation_of_ones_own_is_withdrawn(ana, bo, cy):
    id = invite(ana, cy)
    for person in (bo, cy):
        assert confirmation(person, id).status_code == 404
    accept(cy, ana)
    assert confirmation(ana, id).status_code == 409
    assert ana.post(f"{INVITATIONS}/{id}/withdraw").status_code == 409
    assert status_of(ana, cy) == "CONNECTED"


def test_no_page_withdraws_without_asking(ana, cy):
    id = invite(ana, cy)
    for path in (
        SENT,
        "/in/cy-stranger",
        "/messaging/new?to=cy-stranger",
        "/in/cy-stranger/connect",
    ):
        page = ana.get(path).text
        assert f'href="{INVITATIONS}/{id}/withdraw"' in page, path
        assert f'formaction="{INVITATIONS}/{id}/withdraw"' not in page, path
    reply(cy, ana)
    for path in ("/in/cy-stranger", "/messaging/1"):
        page = ana.get(path).text
        assert f'href="{INVITATIONS}/{id}/withdraw"' in page, path
        assert f'formaction="{INVITATIONS}/{id}/withdraw"' not in page, path


@pytest.mark.parametrize("way", ["ignore", "ignore-for-good"])
def test_ignoring_has_an_undo_without_javascript(ana, cy, way):
    id = invite(cy, ana)
    assert ana.post(f"{INVITATIONS}/{id}/{way}").location == INVITATIONS
    page = ana.get(INVITATIONS).text
    undo = re.search(r'formaction="([^"]+)">Undo</button>', page)[1]
    assert "Undo" not in ana.get(INVITATIONS).text  # the next page has it no longer
    assert ana.post(undo).location == INVITATIONS
    assert status_of(ana, cy) == "INVITATION_RECEIVED"
    page = ana.get(INVITATIONS).text
    assert "Invitation restored" in page
    assert "Accept" in page


def test_ignored_invitation_in_the_list_has_an_undo(ana, cy):
    id = invite(cy, ana)
    part = ana.post(f"{INVITATIONS}/{id}/ignore", partial=True).text
    assert f'hx-post="{INVITATIONS}/{id}/ignore/undo"' in part
    part = ana.post(f"{INVITATIONS}/{id}/ignore/undo", partial=True).text
    assert f'id="invitation-{id}"' in part
    assert "Accept" in part
    assert re.search(r'id="invitations-count"[^>]*>1<', part)


def test_undo_of_an_ended_invitation_says_so(ana, cy):
    id = invite(cy, ana)
    ignore(ana, cy)
    withdraw(cy, ana)
    answer = ana.post(f"{INVITATIONS}/{id}/ignore/undo")
    assert answer.status_code == 409
    assert "This invitation is no longer available." in answer.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_profile_has_one_row_of_buttons_and_one_menu(app, ana, cy, case):
    other = ana if case.is_self else cy
    case.setup(ana, other)
    page = ana.get(f"/in/{other.handle}")
    profile = page.text.partition("<article")[2].partition("</article>")[0]
    assert profile.count('class="row-of-buttons"') == (case.status != "ACCOUNT_CLOSED")
    assert profile.count(" popover ") == profile.count("popovertarget=") <= 1
    message = re.search(r'href="([^"]+)"><svg[^>]*><use [^>]*></svg>Message</a>', profile)
    if message:  # it leads to messages, to a composer or to a way to connect
        target = ana.client.get(message[1], follow_redirects=True).text
        assert any(each in target for each in ('class="composer"', 'id="message-', "Connect</a>"))
    assert bool(message) or not case.can_write or case.is_self
    if case.status == "INVITATION_RECEIVED":
        assert message is None
