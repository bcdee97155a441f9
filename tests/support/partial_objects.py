"""The objects that partials show, one of each kind, for tests that render each partial alone."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from linkmsg import clock
from linkmsg.db import db
from linkmsg.forms.invite_links import InviteLinkForm
from linkmsg.models import (
    Attachment,
    InviteLink,
    Member,
    MemberSession,
    Participation,
    Relationship,
)
from linkmsg.models.connection import Degree
from linkmsg.models.inbox import Inbox
from linkmsg.models.participant_view import Receipt
from linkmsg.models.people import PeoplePage, people_matching
from linkmsg.models.thread import Thread, ThreadChanges
from linkmsg.search import Hit, Results
from linkmsg.web.first_steps import FirstSteps
from linkmsg.web.invite_links import InviteLinkView
from linkmsg.web.search_request import SearchRequest


def attachment(name: str, kind: str, **more: Any) -> Attachment:
    return Attachment(key="k", name=name, kind=kind, media_type="a/b", size=48000, alt="", **more)


FILES = {
    "quay": attachment("quay.jpg", "image", thumb="t", large="l", width=1600, height=1000),
    "plan": attachment("plan.pdf", "pdf"),
    "voice": attachment("Voice message.webm", "audio", is_voice=True),
}


def first_steps(ana: Member, bo: Member, link: InviteLink) -> dict[str, Any]:
    """Return the objects of the empty inbox, of a link by which Bo joined Ana."""
    now, form = clock.now(), InviteLinkForm.new()
    view = InviteLinkView(link, "https://example.com/sign-up?invite=1", ana, "open", [bo])
    link.uses = 3
    stranger = replace(Relationship.between(ana, bo.id, now), degree=Degree.OUT)
    people = PeoplePage.page_of(people_matching(ana, "bo", now), 1).rows
    steps = FirstSteps("Small Harbour", True, view, people, 2, stranger)
    return {"links": form, "link": view, "stranger": stranger, "steps": steps}


def database_objects(ana: Member, bo: Member, dee: Member, talk: int) -> dict[str, Any]:
    """Return objects that are loaded from the database."""
    now = clock.now() + timedelta(minutes=1)
    part, conversation = db.session.execute(*Participation.of(ana, talk)).one()
    relationship = Relationship.between(ana, bo.id, now)
    changes = ThreadChanges.after(ana, talk, 0)
    thread = Thread.newest(part, conversation, relationship)
    return {
        "ana": ana,
        "bo": bo,
        "dee": dee,
        "now": now,
        "relationship": relationship,
        "invited": Relationship.between(ana, dee.id, now),
        "thread": thread,
        "notice": SimpleNamespace(id=9, seq=9, body="connected", created_at=now),
        "changes": changes,
        "receipt": Receipt(1, now),
        "inbox": Inbox(ana),
        "row": changes.view.row,
        "search": SearchRequest("ferry", inside=talk),
        "found": Hit(thread.entries[0].message, talk, bo, Markup("A <mark>ferry</mark>"), []),
        "results": Results(next_cursor="7", total=1, suggestion="ferries", progress=0.5),
        "hit": PeoplePage.page_of(people_matching(ana, "bo", now), 1).rows[0],
        "session": db.session.scalars(MemberSession.of(ana)).first(),
    }
