"""The app on a home screen: the manifest, its icons, and /favicon.ico."""

import re
from io import BytesIO

import pytest
from PIL import Image

from linkmsg.blueprints.app_icons import PAPER
from linkmsg.db import db
from linkmsg.models import Instance
from tests.support import source_tree

pytestmark = pytest.mark.any_database


def picture(client, address):
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200
    return Image.open(BytesIO(answer.data))


def test_manifest_names_the_place_and_its_icons(app, ana, nobody):
    with app.app_context():
        db.session.add(Instance(id=1, name="Small “Harbour”", set_up_at=ana.member().created_at))
        db.session.commit()
    address = re.search('<link rel="manifest" href="([^"]+)">', ana.get("/messaging").text)[1]
    answer = nobody.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/manifest+json")
    manifest = answer.get_json(force=True)
    assert manifest["name"] == "Small “Harbour”"
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    pictures = [each for each in manifest["icons"] if each["type"] == "image/png"]
    for each in pictures:
        shown = picture(nobody, each["src"])
        assert "x".join(map(str, shown.size)) == each["sizes"]
        # The device cuts a maskable icon to its own shape, and would show its own colour behind it.
        assert (each["purpose"] == "maskable") is (shown.convert("RGBA").getextrema()[3][0] == 255)
    assert {(each["sizes"], each["purpose"]) for each in pictures} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


def test_colours_of_the_manifest_are_those_of_the_page(nobody, ana):
    tokens = (source_tree.STATIC / "css/tokens.css").read_text()
    assert f"--paper-1: {PAPER};" in tokens
    assert "--canvas: light-dark(var(--paper-1), var(--night-0));" in tokens
    night = re.search("--night-0: (#[0-9a-f]+);", tokens)[1]
    page = ana.get("/messaging").text
    for colour in (PAPER, night):
        assert f'<meta name="theme-color" content="{colour}"' in page


def test_apple_touch_icon_is_opaque(nobody):
    page = nobody.get("/sign-in").text
    shown = picture(nobody, re.search('rel="apple-touch-icon" href="([^"]+)"', page)[1])
    assert (shown.size, shown.has_transparency_data) == ((180, 180), False)


def test_favicon_is_cached_for_everybody(nobody):
    answer = nobody.get("/favicon.ico", buffered=True)
    assert Image.open(BytesIO(answer.data)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert (answer.cache_control.public, answer.cache_control.max_age) == (True, 86400)
    assert "Cookie" not in answer.vary
    assert "Set-Cookie" not in answer.headers
