"""After sign-out: what browsers are told to forget, and what they keep."""

import pytest

from linkmsg.config import Settings
from tests.people import sign_in, token_in

CLEAR = "Clear-Site-Data"
LAN = "http://messages.test"


def test_sign_out_clears_caches_and_storage(ana):
    answer = ana.post("/sign-out")
    assert answer.location == "/sign-in"
    assert answer.headers[CLEAR] == '"cache", "storage"'
    page = ana.get("/sign-in").text
    assert "Your session has ended" not in page
    assert "data-signed-out" in page
    assert ana.get("/sign-in/clear-caches").headers[CLEAR] == '"cache"'


def test_session_that_ended_elsewhere_clears_caches_only(ana, talk):
    phone = ana.app.test_client()
    sign_in(phone, ana.email)
    token = token_in(phone.get("/messaging").text)
    ana.post("/settings/sessions/end-others")
    form = {"csrf_token": token, "body": "Typed"}
    pages = [phone.get("/messaging", follow_redirects=True), phone.post("/messaging/1", data=form)]
    for page in pages:
        assert "/sign-in/clear-caches" in page.text
        assert "data-signed-out" not in page.text
        assert CLEAR not in page.headers


def test_sign_in_page_of_a_new_browser_clears_nothing(app, nobody, ana):
    assert "clear-caches" not in nobody.get("/sign-in").text
    sign_in(nobody, ana.email)
    assert nobody.post("/sign-out", data={"csrf_token": token_in(nobody.get("/messaging").text)})
    sign_in(nobody, ana.email)
    assert "clear-caches" not in nobody.get("/messaging").text


def test_other_sites_cannot_clear_the_cache(nobody):
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert CLEAR not in nobody.get("/sign-in/clear-caches", headers=cross).headers


@pytest.mark.parametrize(
    ("address", "control"),
    [
        (LAN, "private, no-store"),
        ("http://10.0.0.7:8000", "private, no-store"),
        ("http://localhost.evil.test", "private, no-store"),
        ("http://127.0.0.1:8000", "private, no-cache"),
        ("http://[::1]:8000", "private, no-cache"),
        ("https://messages.test", "private, no-cache"),
    ],
)
def test_browser_stores_only_what_it_can_clear(nobody, address, control):
    assert nobody.get("/sign-in", base_url=address).headers["Cache-Control"] == control


class TestProxyWithHttps:
    @pytest.fixture
    def settings(self, database_url, tmp_path):
        return Settings(data_dir=tmp_path, database_url=database_url, base_url="https://a.test")

    def test_pages_behind_a_proxy_with_https_are_cached(self, nobody):
        answer = nobody.get("/sign-in", base_url="http://a.test")
        assert answer.headers["Cache-Control"] == "private, no-cache"
