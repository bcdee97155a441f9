"""The instance: its name is everywhere, and an admin changes it and who may sign up."""

from dataclasses import replace

import pytest

from linkmsg.actions import instance
from linkmsg.db import db
from linkmsg.models import Instance
from tests.people import PASSWORD, token_in

PAGE = "/admin/network"
NAMED = {"name": "Small Harbour"}


def form(**changed):
    return {"name": "Small Harbour", "registration": "invite", **changed}


def test_name_is_on_every_page(admin, ana, nobody):
    admin.post(PAGE, **form())
    for path in ("/messaging", "/network", "/search", "/settings/profile", "/in/nobody-here"):
        page = ana.get(path).text
        assert 'class="place" dir="auto">Small Harbour</span>' in page, path
        assert "· Small Harbour</title>" in page, path
    assert "· Small Harbour</title>" in ana.get("/messaging", partial=True).text
    assert "Sign in to <bdi>Small Harbour</bdi>" in nobody.get("/sign-in").text


def test_unnamed_instance_is_called_linkmsg(ana):
    assert 'class="place" dir="auto">linkmsg</span>' in ana.get("/messaging").text


@pytest.mark.parametrize(
    ("registration", "status", "heading"),
    [
        ("open", 200, "Create your account"),
        ("invite", 403, "Invitation required"),
        ("closed", 403, "Sign-up is closed"),
    ],
)
def test_registration_takes_effect_at_once(app, admin, registration, status, heading, caplog):
    assert admin.post(PAGE, **form(registration=registration)).location == PAGE
    visitor = app.test_client()
    page = visitor.get("/sign-up")
    assert (page.status_code, heading in page.text) == (status, True)
    account = {"email": "eli@example.com", "name": "Eli Berg", "password": PASSWORD}
    token = token_in(visitor.get("/sign-in").text)
    answer = visitor.post("/sign-up", data={"csrf_token": token, **account})
    assert answer.status_code == (303 if registration == "open" else 403)
    lines = [each.getMessage() for each in caplog.records]
    renamed = f"admin {admin.id} renamed the network, from 127.0.0.1"
    changed = f"admin {admin.id} changed registration to {registration}, from 127.0.0.1"
    assert lines == [renamed] + [changed] * (registration != "invite")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Enter a name for your network."),
        ({"name": "x" * 81}, "Use 80 characters or fewer."),
        ({"name": "Harbour\u202e"}, "changes the text direction"),
        ({"registration": "everybody"}, "Not a valid choice."),
        ({"registration": ""}, "Not a valid choice."),
    ],
)
def test_invalid_settings_are_returned(admin, app, wrong, sentence):
    answer = admin.post(PAGE, **form(**wrong))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    with app.app_context():
        assert db.session.get(Instance, 1) is None


def test_members_and_visitors_change_nothing(app, admin, ana, nobody):
    assert admin.post(PAGE, **form()).status_code == 303
    assert ana.post(PAGE, **form(name="Mine")).status_code == 404
    assert nobody.post(PAGE, data=form(name="Mine")).status_code in {400, 401}
    assert "Small Harbour" in admin.get(PAGE).text


def test_instance_is_changed_and_keeps_its_row(inside):
    instance.change("One", "open")
    instance.change("Two")
    kept = db.session.get(Instance, 1)
    assert (kept.name, kept.registration) == ("Two", "open")


class TestSetByTheServer:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, registration="closed")

    def test_setting_wins_over_the_page(self, app, admin, nobody):
        page = admin.get(PAGE).text
        assert "Set by <code>LINKMSG_REGISTRATION</code>" in page
        assert 'type="radio"' not in page
        assert admin.post(PAGE, **form(registration="open")).status_code == 303
        assert admin.post(PAGE, **NAMED).status_code == 303
        assert "Sign-up is closed" in nobody.get("/sign-up").text
        with app.app_context():
            assert db.session.get(Instance, 1).registration == "invite"
