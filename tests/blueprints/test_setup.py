"""Set-up: once, by someone who can read the log."""

import re

import pytest
from sqlalchemy import func, select

from linkmsg import serving
from linkmsg.blueprints import setup
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
    """Return the token printed in the log."""
    with app.app_context():
        serving.update_setup_token(settings.setup_token_file)
    return settings.setup_token_file.read_text().strip()


def set_up(client, **form):
    """Submit the set-up form."""
    page = client.get("/sign-in").text
    return client.post("/setup", data={"csrf_token": token_in(page), **FORM, **form})


def counted(app):
    """Return the number of instances and members."""
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(model))
            for model in (Instance, Member)
        )


def test_home_redirects_to_setup_without_members(nobody, setup_token):
    page = nobody.get("/", follow_redirects=True)
    assert page.request.path == "/setup"
    assert setup_token not in page.text


def test_setup_token_creates_admin_and_names_instance(app, nobody, setup_token):
    assert set_up(nobody, token=f" {setup_token} ").location == "/messaging"
    assert nobody.get("/admin/invite-links").status_code == 200
    assert "Sign in to <bdi>Small Harbour</bdi>" in app.test_client().get("/sign-in").text
    with app.app_context():
        assert db.session.scalars(Member.by_email(FORM["email"])).one().zone == "Europe/Lisbon"


@pytest.mark.parametrize("token", ["", "not the token", "é", "\u0661" * 22])
def test_wrong_setup_token_keeps_the_form(app, nobody, setup_token, token):
    answer = set_up(nobody, token=token)
    assert answer.status_code == 422
    assert 'value="Small Harbour"' in answer.text
    assert FORM["password"] not in answer.text
    assert counted(app) == (0, 0)
    assert set_up(nobody, token=setup_token).status_code == 303


@pytest.mark.parametrize("known", [" " * 10, "ada keeper", "Small Harbour", FORM["email"]])
def test_password_that_others_know_sets_nothing_up(app, nobody, setup_token, known):
    answer = set_up(nobody, token=setup_token, password=known)
    assert answer.status_code == 422
    assert "This " in answer.text
    assert counted(app) == (0, 0)


def test_printed_address_fills_in_the_token(app, nobody, setup_token):
    answer = nobody.get(f"/setup?token={setup_token}")
    assert (answer.status_code, answer.location) == (303, "/setup")
    page = nobody.get("/setup").text
    assert setup_token not in page
    assert "Setup token" not in page
    assert set_up(nobody, email="ada").status_code == 422
    assert set_up(nobody).location == "/messaging"
    assert counted(app) == (1, 1)


@pytest.mark.parametrize("token", ["old", "é", "x" * 5000])
def test_wrong_address_asks_for_the_token(app, nobody, setup_token, token):
    page = nobody.get("/setup", query_string={"token": token}, follow_redirects=True).text
    assert "Incorrect setup token" in page
    assert set_up(nobody).status_code == 422
    assert set_up(nobody, token=setup_token).status_code == 303


def test_all_errors_are_shown_at_once(app, nobody, setup_token):
    wrong = {"place": " ", "name": "", "email": "ada", "password": "short", "timezone": "Mars"}
    page = set_up(nobody, token="wrong", **wrong).text
    errors = dict(re.findall(r'id="(\w+)-error">.*?<span>(.*?)</span>', page, re.DOTALL))
    assert errors.keys() == {"token", *wrong}
    assert errors["token"].startswith("Incorrect setup token")
    assert errors["place"] == "Enter a name for your network."
    assert counted(app) == (0, 0)


def test_no_token_is_valid_before_one_is_printed(app, nobody):
    assert set_up(nobody, token="").status_code == 422
    assert set_up(nobody, token="None").status_code == 422
    assert counted(app) == (0, 0)


def test_second_setup_redirects_and_changes_nothing(app, nobody, setup_token):
    set_up(nobody, token=setup_token)
    other = app.test_client()
    assert other.get("/setup").location == "/sign-in"
    answer = set_up(other, token=setup_token, email="eve@example.com", place="Mine")
    assert answer.location == "/sign-in"
    assert "already set up" in other.get("/sign-in").text
    assert counted(app) == (1, 1)


def test_concurrent_second_setup_is_refused(app, nobody, setup_token, monkeypatch):
    set_up(nobody, token=setup_token)
    monkeypatch.setattr(setup, "has_members", lambda: False)
    monkeypatch.setattr(setup, "_is_setup_token", lambda _: True)
    late = app.test_client()
    answer = set_up(late, token=setup_token, email="eve@example.com")
    assert answer.status_code == 409
    assert "already set up" in answer.text
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

    def test_sign_up_before_setup_redirects_to_setup(self, app, nobody, setup_token):
        form = {**FORM, "csrf_token": token_in(nobody.get("/sign-in").text)}
        assert nobody.get("/sign-up").location == "/setup"
        assert nobody.post("/sign-up", data=form).location == "/setup"
        assert counted(app) == (0, 0)
        assert set_up(nobody, token=setup_token).status_code == 303
        assert app.test_client().get("/sign-up").status_code == 200
