"""Fixtures: a place where every address of the table of routes leads somewhere, a clock."""

import pytest
from sqlalchemy import update

from linkmsg.actions import invitations, invite_links, messages
from linkmsg.db import db
from linkmsg.models import Member
from linkmsg.storage import stored_files
from tests import people
from tests.support.monotonic_clock import MonotonicClock

PHOTO = "p" * 32


@pytest.fixture
def place(app, ana, dee, admin, talk):
    """Create what the addresses of the table refer to; return the ids."""
    eli = people.join(app, "Eli Berg")
    notes = people.talk(ana, ana, "Buy bread")
    with app.app_context():
        received = invitations.invite(dee.member(), ana.member(), "Hello").id
        sent = invitations.invite(ana.member(), eli.member(), "Hello").id
        link = invite_links.make(admin.member(), max_uses=None, days=7).id
        with stored_files.blob_store().create(f"{PHOTO}-96") as photo:
            photo.write(b"a photo")
        db.session.execute(update(Member).where(Member.id == ana.id).values(photo=PHOTO))
        db.session.commit()
    file, unsent = people.attach(ana), people.attach(ana)
    with app.app_context():
        messages.send(ana.member(), talk, "With a file", people.nonce(), [file])
    keys = {"file": file, "unsent": unsent, "photo": PHOTO}
    return keys | {
        "talk": talk,
        "notes": notes,
        "received": received,
        "sent": sent,
        "link": link,
        "eli": eli.id,
    }


@pytest.fixture
def clock(monkeypatch):
    """Stop the clock of the rate limits until a test moves it."""
    stopped = MonotonicClock()
    monkeypatch.setattr("linkmsg.clock.seconds", stopped)
    return stopped
