"""Addresses that programs know: security.txt and the shortcut to change a password."""

from datetime import UTC, datetime

import pytest
import time_machine

from linkmsg.config import Settings

PATH = "/.well-known/security.txt"


def test_without_a_contact_there_is_no_security_txt(nobody):
    assert nobody.get(PATH).status_code == 404


class TestWithContact:
    @pytest.fixture
    def settings(self, database_url, tmp_path):
        contact = "mailto:security@example.com"
        place = {"data_dir": tmp_path, "database_url": database_url}
        return Settings(**place, security_contact=contact, base_url="https://talk.example.com")

    def test_security_txt_has_the_required_fields(self, nobody):
        with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False):
            answer = nobody.get(PATH)
        assert answer.text.splitlines() == [
            "Contact: mailto:security@example.com",
            "Expires: 2026-08-29T00:00:00Z",
            "Preferred-Languages: en",
            f"Canonical: https://talk.example.com{PATH}",
        ]
        assert answer.content_type == "text/plain; charset=utf-8"


def test_password_managers_find_the_form(ana, nobody):
    answer = ana.get("/.well-known/change-password", follow_redirects=True)
    assert (answer.request.path, "Change password" in answer.text) == ("/settings/account", True)
    away = nobody.get("/.well-known/change-password", follow_redirects=True)
    assert away.request.full_path == "/sign-in?next=/settings/account"
    missing = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
    assert nobody.get(missing).status_code == 404
