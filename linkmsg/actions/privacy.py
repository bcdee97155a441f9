"""Privacy settings: whether others see read receipts, typing, and when a member is online."""

from linkmsg.db import writing
from linkmsg.live import broadcasts
from linkmsg.models import Member


def change(member: Member, *, reading: bool, presence: bool) -> None:
    """Set whether others see a member's read receipts and typing, and when they are online.

    `reading` is for receipts and typing, `presence` for online. Without sharing them a member
    does not see those of others either. At the end it refreshes open pages.
    """
    with writing():
        member.shares_reading, member.shares_presence = reading, presence
    broadcasts.refresh(member)
