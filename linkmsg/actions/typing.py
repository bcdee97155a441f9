"""Show that a member is typing; this goes to open pages only and is not stored."""

from linkmsg.live import broadcasts
from linkmsg.models import Conversation, Member


def start_typing(typist: Member, conversation: Conversation) -> None:
    """Show the other member of a conversation that `typist` is typing, if both share this."""
    broadcasts.typing(conversation, typist)
