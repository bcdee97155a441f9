"""Addresses to which only forms are sent: opened in a browser, each leads to the form's page."""

from typing import Any

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue

# The page that has the form, by the route to which the form is sent.
PAGES = {
    "accounts.sign_out": "accounts.home",
    "admin.revoke": "admin.invite_links",
    "files.describe": "messaging.inbox",
    "files.discard": "messaging.inbox",
    "files.upload": "messaging.inbox",
    "live.looking": "accounts.home",
    "members.enable": "members.index",
    "messaging.read": "messaging.thread",
    "messaging.typing": "messaging.thread",
    "messaging.unread": "messaging.thread",
    "network.accept": "network.invitations",
    "network.ignore": "network.invitations",
    "network.ignore_for_good": "network.invitations",
    "network.undo_ignore": "network.invitations",
    "photos.choose": "settings.profile",
    "search.forget": "search.find",
    "search.remember": "search.find",
    "settings.change_email": "settings.account",
    "settings.change_password": "settings.account",
    "settings.end_others": "settings.sessions",
    "settings.end_session": "settings.sessions",
}
SUFFIX = "_page"


def init_app(app: Flask) -> None:
    """Let every address of `PAGES` answer GET, for someone who reloads a refused form."""
    for rule in list(app.url_map.iter_rules()):
        if rule.endpoint in PAGES:
            app.add_url_rule(rule.rule, f"{rule.endpoint}{SUFFIX}", to_page)


def to_page(**values: Any) -> ResponseReturnValue:
    """Redirect to the page of the form that is sent to this address."""
    page = PAGES[str(request.endpoint).removesuffix(SUFFIX)]
    return redirect(url_for(page, **(values if page == "messaging.thread" else {})), 303)
