"""Typing: a signal of the moment, which is written nowhere."""

from linkmsg.live import broadcasts
from linkmsg.models import Conversation, Member


def start_typing(typist: Member, conversation: Conversation) -> None:
    """Let the other see that a member is writing, if the two share it."""
    broadcasts.typing(conversation, typist)
