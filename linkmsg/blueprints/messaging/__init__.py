"""The URLs of the inbox and of conversations (threads)."""

from flask import Blueprint

from linkmsg.blueprints.messaging import compose, inbox, reading, send, thread

bp = Blueprint("messaging", __name__, url_prefix="/messaging")

bp.add_url_rule("", view_func=inbox.inbox)
bp.add_url_rule("/rows", view_func=inbox.rows)
bp.add_url_rule("/new", view_func=compose.compose)
bp.add_url_rule("/new", view_func=compose.start, methods=["POST"])
bp.add_url_rule("/<id_:id>", view_func=thread.thread)
bp.add_url_rule("/<id_:id>", view_func=send.send, methods=["POST"])
bp.add_url_rule("/<id_:id>/after", view_func=thread.after)
bp.add_url_rule("/<id_:id>/before", view_func=thread.before)
bp.add_url_rule("/<id_:id>/later", view_func=thread.later)
bp.add_url_rule("/<id_:id>/composer", view_func=thread.composer)
bp.add_url_rule("/<id_:id>/typing", view_func=send.typing, methods=["POST"])
bp.add_url_rule("/<id_:id>/read", view_func=reading.read, methods=["POST"])
bp.add_url_rule("/<id_:id>/seen", view_func=reading.seen)
bp.add_url_rule("/<id_:id>/unread", view_func=reading.unread, methods=["POST"])
