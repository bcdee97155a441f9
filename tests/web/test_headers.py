"""Response headers, compression, and the choice of page or fragment."""

import gzip
import re

import brotli
import pytest

from linkmsg.config import Settings
from tests.people import PARTIAL

pytestmark = pytest.mark.any_database

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Access-Control-Allow-Origin": None,
}
PATHS = {
    "/messaging": 200,
    "/messaging/1": 200,
    "/messaging/1?at=x": 400,
    "/nowhere": 404,
    "/messaging/999": 404,
    "/static/x/none.css": 404,
    "/static/x/js/": 404,
    "/static/x/": 404,
    "/sign-out": 303,
    "/settings": 303,
    "/healthz": 200,
    "/readyz": 200,
    "/robots.txt": 200,
}


@pytest.mark.parametrize("partial", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("path", PATHS)
def test_responses_have_security_and_cache_headers(ana, talk, path, partial):
    answer = ana.get(path, partial=partial)
    assert answer.status_code == PATHS[path]
    assert answer.content_type.endswith("; charset=utf-8")
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"HX-Request-Type", "Cookie"} <= set(answer.vary)


def test_form_responses_have_security_and_cache_headers(ana, nobody, talk):
    answers = [
        ana.send(talk, "Hello"),
        ana.send(talk, "Hello", partial=True),
        ana.send(talk, ""),
        ana.client.post(f"/messaging/{talk}"),
        nobody.get("/messaging"),
        nobody.post(f"/messaging/{talk}"),
        nobody.get("/messaging", headers=PARTIAL),
    ]
    assert [each.status_code for each in answers] == [303, 200, 422, 400, 303, 401, 401]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_seen_image_is_never_cached(ana, talk):
    answer = ana.get(f"/messaging/{talk}/seen?seq=1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "image/gif"


def static_address(page):
    """Return the address of the first style sheet of a page."""
    return re.search(r'href="(/static/[^"]+\.css)"', page)[1]


def test_static_files_are_cached_forever_under_their_hash(nobody):
    address = static_address(nobody.get("/sign-in").text)
    tree = address.split("/")[2]
    assert re.fullmatch("[0-9a-f]{12}", tree)
    kept = nobody.get(address)
    control = kept.cache_control
    assert (control.public, control.max_age, control.immutable) == (True, 31536000, True)
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in kept.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in kept.headers
    other = nobody.get(address.replace(tree, "0" * 12))
    assert other.status_code == 200
    assert not other.cache_control.immutable
    assert not other.cache_control.max_age


def test_static_files_have_their_media_types(nobody):
    tree = static_address(nobody.get("/sign-in").text).split("/")[2]
    kinds = {
        "css/tokens.css": "text/css",
        "js/shell/page.js": "text/javascript",
        "vendor/htmx.min.js": "text/javascript",
        "icons.svg": "image/svg+xml",
    }
    for name, kind in kinds.items():
        assert nobody.get(f"/static/{tree}/{name}", buffered=True).mimetype == kind


@pytest.mark.parametrize(
    ("headers", "is_page"),
    [
        ({}, True),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
        ({"HX-Request-Type": "partial"}, False),
        (PARTIAL, False),
    ],
)
@pytest.mark.parametrize(
    "path", ["/messaging", "/messaging/1", "/network", "/settings/profile", "/nowhere"]
)
def test_only_request_type_header_asks_for_fragment(ana, talk, path, headers, is_page):
    text = ana.client.get(path, headers=headers).text
    assert (text.lstrip().startswith("<!doctype html>"), "<html" in text) == (is_page, is_page)
    assert text.count("<title>") == 1


def test_thread_fragment_has_no_inbox(ana, talk):
    fragment = ana.get(f"/messaging/{talk}", partial=True).text
    assert 'id="thread"' in fragment
    assert 'id="list"' not in fragment
    assert 'id="list"' in ana.get(f"/messaging/{talk}").text


@pytest.mark.parametrize(
    ("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_responses_use_the_accepted_encoding(ana, talk, encoding, unpack):
    page = ana.get(f"/messaging/{talk}").text
    for path in (f"/messaging/{talk}", static_address(page)):
        plain = ana.client.get(path)
        packed = ana.client.get(path, headers={"Accept-Encoding": encoding})
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.vary
        assert len(packed.data) < len(plain.data) / 2
        assert len(unpack(packed.data)) == len(plain.data)
        assert "Content-Encoding" not in plain.headers


class TestBehindHttps:
    @pytest.fixture
    def settings(self, database_url, tmp_path):
        return Settings(
            data_dir=tmp_path,
            database_url=database_url,
            secret_key="of the tests",
            base_url="https://talk.example.com",
        )

    def test_https_sends_hsts(self, nobody):
        for path in ("/sign-in", "/healthz", "/nowhere"):
            assert nobody.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_http_sends_no_hsts(nobody):
    assert "Strict-Transport-Security" not in nobody.get("/sign-in").headers


def test_part_of_a_page_leaves_the_toast_to_the_page(ana):
    assert ana.post("/settings/privacy", reading="y").status_code == 303
    for path in ("/messaging", "/live/counts"):
        assert 'class="toast"' not in ana.get(path, partial=True).text
    assert "Saved" in ana.get("/settings/privacy").text
    assert "Saved" not in ana.get("/settings/privacy").text
