"""SQLAlchemy models: tables, their rules, and queries by name.

They use no Flask request and commit nothing: that is for `linkmsg.actions`. Methods that
"select" return a SQLAlchemy query, which the caller runs.
"""

from linkmsg.models.attachment import Attachment
from linkmsg.models.connection import Connection, Degree
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.instance import Instance
from linkmsg.models.invitation import Invitation
from linkmsg.models.invite_link import InviteLink, InviteLinkUse
from linkmsg.models.member import Member, OldHandle
from linkmsg.models.message import Message
from linkmsg.models.recent_search import RecentSearch
from linkmsg.models.relationship import Relationship, RelationshipStatus
from linkmsg.models.session import MemberSession

__all__ = [
    "Attachment",
    "Connection",
    "Conversation",
    "Degree",
    "Instance",
    "Invitation",
    "InviteLink",
    "InviteLinkUse",
    "Member",
    "MemberSession",
    "Message",
    "OldHandle",
    "Participation",
    "RecentSearch",
    "Relationship",
    "RelationshipStatus",
]
