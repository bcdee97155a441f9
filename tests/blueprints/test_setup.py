"""The first set-up: once, by the one who can read the log."""

import pytest
from sqlalchemy import func, select

from linkmsg import serving
from linkmsg.blueprints import accounts
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import Instance, Member
from tests.people import sign_in, token_in

FORM = {
    "place": "Small Harbour",
    "name": "Ada Keeper",
    "email": "ada@example.com",
    "password": "a short sentence",
    "timezone": "Europe/Lisbon",
}


@pytest.fixture
def setup_token(app, settings):
    """The token that the log has printed."""
    with app.app_context():
        serving.update_setup_token(settings.setup_token_file)
    return settings.setup_token_file.read_text().strip()


def set_up(client, **form):
    """Send the form of the set-up."""
    page = client.get("/sign-in").text
    return client.post("/setup", data={"csrf_token": token_in(page), **FORM, **form})


def counted(app):
    """How many places and members there are."""
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(noun)) for noun in (Instance, Member)
        )


def test_while_nobody_is_here_the_front_door_leads_to_the_set_up(nobody, setup_token):
    page = nobody.get("/", follow_redirects=True)
    assert page.request.path == "/setup"
    assert setup_token not in page.text


def test_the_token_of_the_log_makes_the_first_admin_and_names_the_place(app, nobody, setup_token):
    assert set_up(nobody, token=f" {setup_token} ").location == "/messaging"
    assert nobody.get("/admin/invite-links").status_code == 200
    assert "To Small Harbour" in app.test_client().get("/sign-in").text
    with app.app_context():
        assert db.session.scalars(Member.by_email(FORM["email"])).one().zone == "Europe/Lisbon"


@pytest.mark.parametrize("token", ["", "not the token", "é", "\u0661" * 22])
def test_without_the_token_nothing_is_set_up_and_what_was_typed_stays(
    app, nobody, setup_token, token
):
    answer = set_up(nobody, token=token)
    assert answer.status_code == 422
    assert 'value="Small Harbour"' in answer.text
    assert FORM["password"] not in answer.text
    assert counted(app) == (0, 0)
    assert set_up(nobody, token=setup_token).status_code == 303


def test_when_no_token_was_ever_printed_none_is_right(app, nobody):
    assert set_up(nobody, token="").status_code == 422
    assert set_up(nobody, token="None").status_code == 422
    assert counted(app) == (0, 0)


def test_a_second_set_up_leads_to_sign_in_and_changes_nothing(app, nobody, setup_token):
    set_up(nobody, token=setup_token)
    other = app.test_client()
    assert other.get("/setup").location == "/sign-in"
    answer = set_up(other, token=setup_token, email="eve@example.com", place="Mine")
    assert answer.location == "/sign-in"
    assert "set up already" in other.get("/sign-in").text
    assert counted(app) == (1, 1)


def test_of_two_who_race_one_is_told_that_it_is_done(app, nobody, setup_token, monkeypatch):
    set_up(nobody, token=setup_token)
    for check in ("_nobody_yet", "_is_setup_token"):
        monkeypatch.setattr(accounts, check, lambda *_: True)
    late = app.test_client()
    answer = set_up(late, token=setup_token, email="eve@example.com")
    assert answer.status_code == 409
    assert "set up already" in answer.text
    assert setup_token not in answer.text
    assert FORM["password"] not in answer.text
    assert counted(app) == (1, 1)
    assert sign_in(late, FORM["email"], FORM["password"]).status_code == 303


class TestOpenToEverybody:
    @pytest.fixture
    def settings(self, database_url, tmp_path):
        return Settings(
            data_dir=tmp_path, database_url=database_url, secret_key="test", registration="open"
        )

    def test_nobody_signs_up_before_the_place_is_set_up(self, app, nobody, setup_token):
        form = {**FORM, "csrf_token": token_in(nobody.get("/sign-in").text)}
        assert nobody.get("/sign-up").location == "/setup"
        assert nobody.post("/sign-up", data=form).location == "/setup"
        assert counted(app) == (0, 0)
        assert set_up(nobody, token=setup_token).status_code == 303
        assert app.test_client().get("/sign-up").status_code == 200
