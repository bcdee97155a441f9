"""Compare what senders know to be sent with what is stored, served and found."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Row, select, update

from bench.crash_senders import COMMON_WORD, NONCE_PREFIX, Sender
from linkmsg import clock, search
from linkmsg.background import sweeps
from linkmsg.db import db, writing
from linkmsg.models import Attachment, Conversation, Member, Message, Participation
from linkmsg.search.feed import change_feed
from linkmsg.search.index import SearchIndex
from linkmsg.storage import stored_files
from linkmsg.storage.stored_images import WORK_FOLDER

INDEX_TIMEOUT = 300  # seconds
TEMPORARY = ("*.part", "*.draft", "tmp*", f"{WORK_FOLDER}/*")


@dataclass
class Findings:
    """What was counted, as lines to print; `faults` is empty if nothing is wrong."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)


def check_messages(senders: Sequence[Sender], found: Findings) -> None:
    """Check that each acknowledged message is stored once, in the order in which it was sent."""
    rows = db.session.execute(
        select(Message.conversation_id, Message.author_id, Message.nonce, Message.body)
        .add_columns(Message.seq, Message.id, Message.created_at)
        .order_by(Message.conversation_id, Message.seq)
    ).all()
    proofs = [row for row in rows if (row.nonce or "").startswith(NONCE_PREFIX)]
    sent = {each.nonce: each for sender in senders for each in sender.sent}
    stored = Counter(row.body for row in proofs)
    acknowledged = [each for each in sent.values() if each.is_acknowledged]
    lost = [each.body for each in acknowledged if each.body not in stored]
    doubled = [body for body, times in stored.items() if times > 1]
    unknown = [row.body for row in proofs if row.nonce not in sent]
    late = [
        each
        for row in proofs
        if (each := sent.get(row.nonce)) and row.created_at.timestamp() < each.last_try_at
    ]
    retries = sum(each.tries - 1 for each in sent.values() if each.tries)
    found.lines.append(
        f"{len(acknowledged):,} sends acknowledged, {retries:,} retries; {len(late):,} messages "
        "were there before their last try"
    )
    found.lines.append(f"lost {len(lost)}, doubled {len(doubled)}, unknown {len(unknown)}")
    for name, which in (("lost", lost), ("doubled", doubled), ("unknown", unknown)):
        found.expect(not which, f"{name}: {which[:5]}")
    undelivered = [each.body for each in sent.values() if not each.is_acknowledged]
    found.expect(not undelivered, f"never acknowledged: {undelivered[:5]}")
    for sender in senders:
        own = [(row.nonce, row.body) for row in proofs if row.author_id == sender.member_id]
        is_in_order = own == [(each.nonce, each.body) for each in sender.sent]
        found.expect(is_in_order, f"the messages of sender {sender.member_id} are not as sent")
    found.lines.append(_check_numbers(rows, found))


def _check_numbers(rows: Sequence[Row[*tuple[object, ...]]], found: Findings) -> str:
    for conversation in db.session.scalars(select(Conversation)):
        own = [row for row in rows if row.conversation_id == conversation.id]
        has_gaps = [row.seq for row in own] != list(range(1, conversation.last_seq + 1))
        found.expect(not has_gaps, f"conversation {conversation.id} has gaps")
        lasts = db.session.scalars(
            select(Participation.last_message_id).where(
                Participation.conversation_id == conversation.id
            )
        )
        is_newest = {*lasts} == {own[-1].id}
        found.expect(is_newest, f"the inbox does not show the newest of {conversation.id}")
    return f"{len({row.conversation_id for row in rows})} conversations, numbered without gaps"


def check_files(senders: Sequence[Sender], found: Findings) -> None:
    """Download each file as the other member of its conversation, and compare SHA-256."""
    equal = expected = size = 0
    for sender in senders:
        peer = next(
            each
            for each in senders
            if each.conversation_id == sender.conversation_id and each is not sender
        )
        for message in sender.sent:
            rows = _files_of(sender.member_id, message.nonce)
            expected += len(message.digests)
            is_complete = [row.digest for row in rows] == message.digests
            found.expect(is_complete, f"files of {message.body} are not those that were sent")
            for row in rows:
                status, data = peer.get(f"/files/{row.key}/{row.name}")
                is_equal = status == 200 and hashlib.sha256(data).hexdigest() == row.digest
                found.expect(is_equal, f"{row.key} of {message.body} has other bytes ({status})")
                equal += is_equal
                size += len(data)
    found.expect(equal == expected, f"{expected - equal} files are missing")
    found.lines.append(f"{equal:,} of {expected:,} files equal by SHA-256, {size / 1e6:.0f} MB")


def _files_of(author_id: int, nonce: str) -> Sequence[Attachment]:
    statement = (
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .where(Message.author_id == author_id, Message.nonce == nonce)
        .order_by(Attachment.place)
    )
    return db.session.scalars(statement).all()


def check_search(senders: Sequence[Sender], index: SearchIndex, found: Findings) -> None:
    """Wait for the index; then each member finds their last message, and all of them."""
    began = time.monotonic()
    while index.state().checkpoint != change_feed.last_change():
        db.session.rollback()
        if time.monotonic() - began > INDEX_TIMEOUT:
            found.faults.append("the search index does not catch up")
            return
        time.sleep(0.05)
    waited = time.monotonic() - began
    for sender in senders:
        last = sender.sent[-1]
        word = last.body.split()[1]
        row = db.session.scalars(select(Message).where(Message.nonce == last.nonce)).one()
        status, page = sender.get(f"/search?q={word}")
        is_found = status == 200 and f"at={row.seq}".encode() in page
        found.expect(is_found, f"search does not find {word} ({status})")
        member = db.session.scalars(Member.by_id(sender.member_id)).one()
        total = len({*_all_found(member)})
        pair = [each for each in senders if each.conversation_id == sender.conversation_id]
        number = sum(len(each.sent) for each in pair)
        found.expect(total == number, f"search finds {total} of {number} of {member.name}")
    found.lines.append(
        f"search finds the last message of each sender and all others, {waited:.1f} s later"
    )


def _all_found(member: Member) -> Iterator[int]:
    """Yield the id of each message of a member that search finds, page by page."""
    cursor = ""
    while True:
        results = search.find(member, COMMON_WORD, cursor=cursor, size=200)
        yield from (each.message.id for each in results.hits)
        cursor = results.next_cursor
        if not cursor:
            return


def check_sweep(folder: Path, found: Findings) -> None:
    """Sweep as if two days had passed; no temporary file and no unused blob may be left."""
    before = Counter(each.suffix or each.parent.name for each in _temporary_files(folder))
    _age_files(folder, timedelta(days=2))
    sweeps.sweep_files()
    left = sorted(each.name for each in _temporary_files(folder))
    blobs = stored_files.blob_store()
    names = {name for name, _ in blobs.entries()}
    used = {key for each in db.session.scalars(select(Attachment)) for key in each.blobs}
    found.expect(not left, f"temporary files: {left[:5]}")
    found.expect(names == used, f"unused: {len(names - used)}, missing: {len(used - names)}")
    unsent = db.session.scalars(select(Attachment.id).where(Attachment.message_id.is_(None))).all()
    found.expect(not unsent, f"{len(unsent)} unsent uploads after the sweep")
    parts = ", ".join(f"{number} {kind}" for kind, number in before.items()) or "none"
    found.lines.append(f"temporary files before the sweep: {parts}; after it: {len(left)}")


def _temporary_files(folder: Path) -> Iterator[Path]:
    for pattern in TEMPORARY:
        yield from folder.rglob(pattern)


def _age_files(folder: Path, age: timedelta) -> None:
    """Let all files, and all uploads that were not sent, be older than they are."""
    moment = (clock.now() - age).timestamp()
    for each in [*folder.glob("blobs/??/*"), *folder.glob(f"{WORK_FOLDER}/*")]:
        os.utime(each, (moment, moment))
    unsent = update(Attachment).where(Attachment.message_id.is_(None))
    db.session.rollback()
    with writing():
        db.session.execute(unsent.values(created_at=clock.now() - age))
