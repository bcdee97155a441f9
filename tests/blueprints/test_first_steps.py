"""The first steps of a member: invite people, or connect with whoever invited them."""

import re
from dataclasses import replace

import pytest

from linkmsg.actions import accounts, invite_links
from linkmsg.db import db
from linkmsg.models import Instance, Member
from tests import people
from tests.people import PASSWORD, Person, token_in
from tests.support.html_forms import form_to
from tests.support.relationships import close_account, ignore, invite, status_of

LINKS = "/admin/invite-links"


def new_link(admin, *, connects=False, max_uses=None):
    """Make an invite link, and return its address."""
    with admin.app.app_context():
        invite_links.make(admin.member(), max_uses=max_uses, days=7, connects=connects)
    page = admin.get(LINKS).text
    return re.search(r'value="http://localhost(/sign-up\?invite=[^"]+)"', page)[1]


def join(app, link, name="Nia Novak"):
    """Sign up by a link in a new browser; return the person and where they land."""
    client, email = app.test_client(), f"{name.split()[0].lower()}@example.com"
    page = client.get(link, follow_redirects=True).text
    form = {"csrf_token": token_in(page), "name": name, "email": email, "password": PASSWORD}
    answer = client.post("/sign-up", data=form)
    with app.app_context():
        member = db.session.scalars(Member.by_email(email)).one()
        person = Person(app, member.id, member.name, email, member.handle)
    person._client = client
    return person, answer.location


def test_admin_invites_people_from_the_empty_inbox(app, admin):
    page = admin.get("/messaging").text
    form = form_to(page, LINKS)
    assert (form["next"], form["days"]) == ("/messaging", "7")
    assert re.search(r"<button[^>]*>Invite people</button>", page)
    assert re.search(r'<input checked id="connect_one"', page)
    assert not re.search(r'<input checked id="connect_many"', page)
    answer = admin.post(LINKS, uses="one", connect_one="y", days="7", next="/messaging")
    assert answer.location == "/messaging"
    page = admin.get("/messaging").text
    assert "Link created" in page
    assert re.search(r'readonly value="http://localhost/sign-up\?invite=', page)
    assert "data-copy" in page
    assert "connected at once" in page
    assert "Invite people</button>" not in page


@pytest.mark.parametrize(
    ("form", "connects"),
    [
        ({"uses": "one", "connect_one": "y", "connect_many": "y"}, True),
        ({"uses": "one", "connect_many": "y"}, False),
        ({"uses": "many", "connect_one": "y"}, False),
        ({"uses": "many", "connect_many": "y"}, True),
    ],
)
def test_each_kind_of_link_has_its_own_choice(app, admin, form, connects):
    admin.post(LINKS, days="7", **form)
    link = re.search(r"(/sign-up\?invite=[^\"]+)", admin.get(LINKS).text)[1]
    nia, place = join(app, link)
    assert (status_of(nia, admin) == "CONNECTED") is connects
    assert place == ("/messaging/1" if connects else "/messaging")


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_form_never_leads_to_another_site(admin, cy, away):
    assert admin.post(LINKS, uses="one", days="7", next=away).location == "/"
    answer = cy.post(f"/in/{admin.handle}/connect", note="", next=away)
    assert answer.location == "/"


def test_closed_registration_offers_no_link(app, admin):
    new_link(admin)
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], registration="closed")
    for path in ("/messaging", "/people", "/network?sort=recent"):
        assert LINKS not in admin.get(path).text.replace(f'formaction="{LINKS}', ""), path
    assert "Sign-up is closed" in admin.get(LINKS).text


def test_members_who_are_no_admins_are_not_asked_to_invite(cy):
    for path in ("/messaging", "/people", "/network"):
        page = cy.get(path).text
        assert "Invite people" not in page, path
        assert "Find people" in page, path


def test_used_up_link_is_not_shown_again(app, admin):
    link = new_link(admin, max_uses=1)
    assert "Send this link" in admin.get("/messaging").text
    join(app, link)
    page = admin.get("/messaging").text
    assert "Send this link" not in page
    assert "Invite people</button>" in page
    assert "Joined by your invite links" in page
    assert "Nia Novak" in page


def test_newcomer_connects_with_the_inviter_by_one_click(app, admin):
    nia, place = join(app, new_link(admin))
    page = nia.get(place).text
    assert "Ada</bdi> invited you" in page
    form = form_to(page, "/in/ada-keeper/connect")
    for _ in range(2):  # a second click does nothing new
        answer = nia.client.post("/in/ada-keeper/connect", data=form)
        assert answer.location == "/messaging"
    page = nia.get("/messaging").text
    assert "Your invitation to <bdi>Ada</bdi> is pending" in page
    assert "Invitation sent" in page
    assert status_of(admin, nia) == "INVITATION_RECEIVED"
    assert "1 invitation is waiting" in admin.get("/messaging").text


def test_connect_accepts_an_invitation_from_the_inviter(app, admin):
    nia, _ = join(app, new_link(admin))
    form = form_to(nia.get("/messaging").text, "/in/ada-keeper/connect")
    invite(admin, nia)
    for _ in range(2):
        assert nia.client.post("/in/ada-keeper/connect", data=form).status_code == 303
    assert status_of(nia, admin) == "CONNECTED"
    assert "You and Ada are now connected." in nia.get("/messaging").text


def test_second_invitation_with_a_note_is_still_refused(admin, cy):
    for status in (303, 409):
        assert cy.post("/in/ada-keeper/connect", note="Hello").status_code == status
    assert cy.post("/in/cy-stranger/connect", note="").status_code == 409


def test_ignored_newcomer_sees_a_pending_invitation(app, admin):
    nia, _ = join(app, new_link(admin))
    invite(nia, admin)
    ignore(admin, nia, never_again=True)
    assert "is pending" in nia.get("/messaging").text
    assert nia.name in admin.get(LINKS).text


def test_disabled_inviter_is_not_offered(app, admin):
    people.join(app, "Eve Keeper", admin=True)
    nia, _ = join(app, new_link(admin))
    close_account(admin)
    page = nia.get("/messaging").text
    assert "invited you" not in page
    assert "Find people" in page


@pytest.mark.parametrize("how", ["disabled", "revoked", "used"])
def test_newcomer_without_a_valid_link_does_not_join(app, admin, how):
    people.join(app, "Eve Keeper", admin=True)
    link = new_link(admin, connects=True, max_uses=1)
    browser = app.test_client()
    token = token_in(browser.get(link, follow_redirects=True).text)
    with app.app_context():
        if how == "disabled":
            accounts.disable(admin.member())
        elif how == "revoked":
            invite_links.revoke(1)
    if how == "used":
        join(app, link, "Eli Berg")
    form = {"name": "Nia Novak", "email": "nia@example.com", "password": PASSWORD}
    answer = browser.post("/sign-up", data={"csrf_token": token, **form})
    assert answer.status_code == 403
    with app.app_context():
        assert db.session.scalars(Member.by_email("nia@example.com")).one_or_none() is None


def test_list_of_links_says_who_joined_by_each(app, admin, cy):
    link, other = new_link(admin), new_link(admin)
    joined = [join(app, link, f"{name} Novak")[0] for name in ("Nia", "Oda", "Pia", "Ula", "Vera")]
    close_account(joined[4])
    page = admin.get(LINKS).text
    assert '<a href="/admin/invite-links/1">2 others</a>' in " ".join(page.split())
    assert "Vera Novak</bdi> (account disabled)" in page
    assert re.search(r'href="/in/ula-novak"><bdi>Ula Novak', page)
    assert page.count("Nobody has joined yet") == 1
    page = admin.get(f"{LINKS}/1").text
    assert [name for name in ("Nia", "Oda", "Pia", "Ula") if f"{name} Novak" in page] == [
        "Nia",
        "Oda",
        "Pia",
        "Ula",
    ]
    assert "1 person isn’t listed" in page
    assert "Nobody has joined yet." in admin.get(f"{LINKS}/2").text
    assert other
    assert admin.get(f"{LINKS}/99").status_code == 404
    assert cy.get(f"{LINKS}/1").status_code == 404


def test_link_of_many_lists_joined_people_by_page(app, admin):
    with app.app_context():
        id = invite_links.make(admin.member(), max_uses=None, days=7).id
        for number in range(23):
            person = accounts.NewAccount(f"n{number}@example.com", f"N{number} Berg", PASSWORD)
            accounts.sign_up(person, id)
    first, second = (admin.get(f"{LINKS}/{id}?page={page}").text for page in (1, 2))
    assert (first.count(' class="person"'), second.count(' class="person"')) == (20, 3)
    assert f'href="/admin/invite-links/{id}?page=2"' in first
    assert "18 more" in admin.get("/messaging").text


def test_member_who_opens_a_link_is_led_to_the_inviter(app, admin, cy):
    link = new_link(admin)
    answer = cy.client.get(link, follow_redirects=True)
    assert answer.request.path == f"/in/{admin.handle}"
    assert "You already have an account here." in answer.text
    assert cy.get("/sign-up").status_code == 403  # the link is kept no longer
    answer = admin.client.get(link, follow_redirects=True)
    assert answer.request.path == LINKS
    assert "This is your own invite link." in answer.text


def test_sign_in_from_a_link_leads_to_the_inviter(app, admin, cy):
    browser = app.test_client()
    page = browser.get(new_link(admin), follow_redirects=True).text
    address = re.search(r'href="(/sign-in[^"]+)"', page)[1]
    form = form_to(browser.get(address).text, "/sign-in")
    answer = browser.post("/sign-in", data={**form, "email": cy.email, "password": PASSWORD})
    assert answer.location == f"/in/{admin.handle}"


def test_first_steps_name_the_place_and_end_with_a_conversation(app, admin, cy):
    with app.app_context():
        db.session.add(Instance(id=1, name="Small <Harbour>", set_up_at=cy.member().created_at))
        db.session.commit()
    assert "Welcome to <bdi>Small &lt;Harbour&gt;</bdi>" in cy.get("/messaging").text
    people.connect(cy, admin)
    people.talk(cy, admin, "Hello")
    for path in ("/messaging", "/messaging?filter=unread", "/messaging?before=1"):
        assert "Welcome to" not in cy.get(path).text, path
