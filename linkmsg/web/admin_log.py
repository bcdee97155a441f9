"""Log lines for what admins do, so that whoever runs the server can see it later."""

from flask import current_app

from linkmsg.web.auth import viewer
from linkmsg.web.refusals import client_address


def log_admin_action(what: str, *numbers: int) -> None:
    """Log what the signed-in admin did; `what` has a %d for each number, and nothing typed."""
    sentence = f"admin %d {what}, from %s"
    current_app.logger.warning(sentence, viewer().id, *numbers, client_address())
