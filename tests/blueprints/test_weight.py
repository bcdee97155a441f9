"""The size of a first visit: all files that a thread loads, compressed."""

import re
from html.parser import HTMLParser
from posixpath import dirname, normpath
from urllib.parse import urljoin, urlsplit

import pytest

from linkmsg.actions import messages
from tests.people import PARTIAL, nonce

KB = 1000
LOADING = {"stylesheet", "icon", "modulepreload", "preload", "manifest", "apple-touch-icon"}
# Modules loaded on demand by `import("…")` do not count.
IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*)["']([^"']+)["']""")
FROM_SHEET = re.compile(r"""(?:@import\s+|url\(\s*)["']?([^"')\s]+)""")


class Loaded(HTMLParser):
    """The addresses of all files that a page loads with JavaScript."""

    def __init__(self, page):
        super().__init__()
        self.found, self.quiet = [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.quiet = self.quiet or tag == "noscript"
        if self.quiet:
            return
        if tag == "link" and LOADING & set((named.get("rel") or "").split()):
            self.found.append(named["href"])
        if tag in {"script", "img", "source", "iframe", "video", "audio"} and named.get("src"):
            self.found.append(named["src"])
        if tag in {"use", "image"}:
            self.found.append(named.get("href") or named["xlink:href"])

    def handle_endtag(self, tag):
        self.quiet = self.quiet and tag != "noscript"


@pytest.fixture
def long_talk(ana, bo, talk):
    """Return the conversation of Ana and Bo with a full page of messages."""
    with ana.app.app_context():
        for number in range(60):
            author = ana if number % 2 else bo
            said = f"The {number}th thing to say, and then {number * 7919 % 977} more."
            messages.send(author.member(), talk, said, nonce())
    return talk


def fetch(client, address, **headers):
    """Return a response compressed as for a current browser."""
    headers = {"Accept-Encoding": "gzip, deflate, br, zstd"} | headers
    answer = client.get(address, headers=headers, buffered=True)
    assert answer.status_code == 200, address
    return answer


def files(client, page, base):
    """Return all files that a page loads, also indirectly, by address."""
    waiting, found = [urljoin(base, each) for each in Loaded(page).found], {}
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in found or address.startswith("data:"):
            continue
        assert not urlsplit(address).netloc, f"{address} is on another host"
        found[address] = fetch(client, address)
        text = client.get(address, buffered=True).text
        links = IMPORT if address.endswith(".js") else FROM_SHEET
        if address.endswith((".js", ".css")) and "/vendor/" not in address:
            waiting += [in_folder(address, each) for each in links.findall(text)]
    return found


def in_folder(address, link):
    """Resolve a link of a file."""
    assert link.startswith((".", "/")), f"{link} in {address} needs a map or another host"
    return normpath(f"{dirname(address)}/{link}") if link.startswith(".") else link


def test_first_visit_is_small_and_loads_from_this_site_only(ana, long_talk):
    path = f"/messaging/{long_talk}"
    page = fetch(ana.client, path)
    loaded = files(ana.client, ana.get(path).text, path)
    weights = {address: len(answer.data) for address, answer in loaded.items()}
    scripts = {address: size for address, size in weights.items() if address.endswith(".js")}
    assert {address.rpartition(".")[2] for address in weights} == {"css", "js", "svg"}
    assert any("/vendor/htmx" in address for address in scripts)
    assert sum(scripts.values()) <= 25.3 * KB, scripts
    assert len(page.data) + sum(weights.values()) <= 60 * KB, (len(page.data), weights)


def test_imported_modules_count_towards_the_size(ana, long_talk):
    path = f"/messaging/{long_talk}"
    page = ana.get(path).text
    linked = {each.partition("#")[0] for each in Loaded(page).found}
    imported = set(files(ana.client, page, path)) - linked
    assert imported
    assert all(address.endswith((".js", ".css", ".svg")) for address in imported)


def test_all_files_are_compressed_and_cached_forever(ana, long_talk):
    path = f"/messaging/{long_talk}"
    for address, answer in files(ana.client, ana.get(path).text, path).items():
        assert answer.cache_control.immutable, address
        is_small = len(ana.client.get(address, buffered=True).data) < 500
        assert is_small or answer.headers["Content-Encoding"] == "br", address


def test_next_thread_is_smaller(ana, long_talk):
    answer = fetch(ana.client, f"/messaging/{long_talk}", **PARTIAL)
    assert "Content-Encoding" in answer.headers
    assert len(answer.data) <= 8 * KB
