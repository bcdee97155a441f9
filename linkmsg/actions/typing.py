"""The typing indicator, which is broadcast and not stored."""

from linkmsg.live import broadcasts
from linkmsg.models import Conversation, Member


def start_typing(typist: Member, conversation: Conversation) -> None:
    """Show the other member that this one is typing, if both share it."""
    broadcasts.typing(conversation, typist)
