"""Fields of an account: which forms set them, who sees them, and how passwords are typed."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import inspect

from tests.people import Person, join


def columns(person: Person) -> dict[str, object]:
    """Return all columns of a person's row in the database."""
    with person.app.app_context():
        member = person.member()
        return {each.key: getattr(member, each.key) for each in inspect(member).mapper.column_attrs}


def test_profile_form_sets_only_its_own_fields(ana):
    before = columns(ana)
    profile = {"name": "Ana Maria", "handle": ana.handle, "headline": "", "about": ""}
    others = {"is_admin": "y", "email": "x@example.com", "password_hash": "x", "id": "99"}
    others |= {"photo": "x", "closed_at": "2026-01-01", "shares_reading": "", "theme": "dark"}
    assert ana.post("/settings/profile", **profile, **others).status_code == 303
    changed = {"name": "Ana Maria", "name_folded": "ana maria", "name_words": " anamaria maria"}
    assert columns(ana) == before | changed


def test_members_never_see_the_email_of_others(ana, bo, cy, admin, talk):
    paths = ["/in/ana-ruiz", "/people", "/people?q=ana", "/messaging", "/messaging/new?to=ana-ruiz"]
    paths += ["/network", "/search?q=from:ana", "/in/ana-ruiz/mutual", "/in/ana-ruiz/connect"]
    for person in (bo, cy, admin):
        for path in [*paths, f"/messaging/{talk}"]:
            assert ana.email not in person.get(path, follow_redirects=True).text, path
        found = person.get("/people", query_string={"q": ana.email}).text
        assert 'href="/in/ana-ruiz"' not in found
    assert ana.email in ana.get("/settings/account").text


class TestPasswordFields:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, registration="open")

    def test_password_fields_are_masked_and_can_be_filled(self, app, nobody):
        pages = [nobody.get("/setup").text]
        ana = join(app, "Ana Ruiz")
        pages += [nobody.get(path).text for path in ("/sign-in", "/sign-up")]
        pages.append(ana.get("/settings/account").text)
        named = re.compile('<input[^>]*name="(?:password|current|new)"[^>]*>')
        fields = [field for page in pages for field in named.findall(page)]
        assert len(fields) == 6
        for field in fields:
            assert 'type="password"' in field
            assert re.search('autocomplete="(?:current|new)-password"', field)
            assert "maxlength" not in field
