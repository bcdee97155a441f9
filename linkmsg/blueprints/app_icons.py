"""The app on a home screen: its manifest, and the icon where browsers look for one."""

import json

from flask import Blueprint, Response, send_from_directory, url_for

from linkmsg.web import static_files
from linkmsg.web.responses import instance_name

bp = Blueprint("app_icons", __name__)

DAY_SECONDS = 24 * 60 * 60
# The colours of `--canvas` in css/tokens.css. A page says its own in <meta name="theme-color">.
PAPER = "#f7f6f2"
ICONS = [
    ("mark.svg", "any", "image/svg+xml", "any"),
    ("icons/icon-192.png", "192x192", "image/png", "any"),
    ("icons/icon-512.png", "512x512", "image/png", "any"),
    ("icons/maskable-512.png", "512x512", "image/png", "maskable"),
]


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """Tell how the app is shown when it is installed (W3C Web Application Manifest)."""
    home = url_for("accounts.home")
    content = {"name": instance_name(), "id": home, "start_url": home, "scope": home} | {
        "display": "standalone",
        "lang": "en",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": _icons(),
    }
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, content_type="application/manifest+json; charset=utf-8")


def _icons() -> list[dict[str, str]]:
    return [
        {"src": url_for("static", filename=name), "sizes": sizes, "type": kind, "purpose": purpose}
        for name, sizes, kind, purpose in ICONS
    ]


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Send the icon for browsers and feed readers that ask for it without reading a page."""
    return send_from_directory(static_files.ROOT, "favicon.ico", max_age=DAY_SECONDS)
