"""What a member lets her connections see of her, and sees of them."""

from linkmsg.db import writing
from linkmsg.live import broadcasts
from linkmsg.models import Member


def change(member: Member, *, reading: bool, presence: bool) -> None:
    """Share reading and typing, and share presence, or neither see nor be seen.

    Its last effect is that open pages show what may be seen now.
    """
    with writing():
        member.shares_reading, member.shares_presence = reading, presence
    broadcasts.look_anew(member)
