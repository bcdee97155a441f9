"""Privacy settings: read receipts, typing and presence."""

from linkmsg.db import writing
from linkmsg.live import broadcasts
from linkmsg.models import Member


def change(member: Member, *, reading: bool, presence: bool) -> None:
    """Change whether a member shares read receipts and typing (`reading`), and presence.

    A member who does not share them does not see them either. Open pages are refreshed at the end.
    """
    with writing():
        member.shares_reading, member.shares_presence = reading, presence
    broadcasts.refresh(member)
