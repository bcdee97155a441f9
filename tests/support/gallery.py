"""Sample data to look at all pages: every relationship of members, all with very long words."""

from linkmsg.actions import accounts, invite_links, profile
from linkmsg.actions.accounts import NewAccount
from linkmsg.db import db
from linkmsg.models import Conversation
from tests.people import PASSWORD, Person, connect, join, talk
from tests.support.database_rows import upload_files
from tests.support.image_samples import coloured_image, encoded
from tests.support.relationships import (
    close_account,
    invite,
    newest_invitation,
    remove,
    reply,
    withdraw,
)

WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
TEXT = f"{WORD * 3}\nhttps://example.com/{WORD}?to={WORD} and some plain words"
NOTE = TEXT[:300]
RELATIONSHIPS = [
    "apart",
    "asking",
    "closed",
    "friend",
    "parted",
    "replied",
    "replying",
    "waiting",
    "withdrawn",
]


def fill_gallery(ana: Person, bo: Person) -> dict[str, str | int]:
    """Create a person in each relationship with Ana, and messages, files and invitations.

    Return the values for the addresses in tests/support/page_catalog.py, such as `to_bo`.
    """
    cast = {name: join(ana.app, f"{name.title()} Person") for name in RELATIONSHIPS}
    for person in (ana, bo, *cast.values()):
        describe(person)
    between_them = talk(bo, ana, TEXT, "Short", TEXT)
    talk(ana, bo, TEXT)
    for person in (ana, bo):
        send_files(person, between_them)
    talk(ana, ana, TEXT)
    invite(ana, cast["waiting"], NOTE)
    invite(cast["asking"], ana, NOTE)
    invite(cast["replied"], ana, NOTE)
    reply(ana, cast["replied"], TEXT)
    invite(ana, cast["replying"], NOTE)
    reply(cast["replying"], ana, TEXT)
    for name in ("friend", "parted", "closed"):
        connect(ana, cast[name])
    for name in ("parted", "closed"):
        talk(cast[name], ana, TEXT)
    remove(ana, cast["parted"])
    close_account(cast["closed"])
    invite(ana, cast["withdrawn"], "Never mind")
    withdraw(ana, cast["withdrawn"])
    for name in ("waiting", "apart", "asking", "withdrawn"):
        connect(bo, cast[name])
    found = _addresses(ana, {**cast, "ana": ana, "bo": bo})
    return found | {"link": invite_newcomers(ana, 5)}


def invite_newcomers(inviter: Person, count: int) -> int:
    """Make an invite link for many people, let some sign up by it, and return its id."""
    with inviter.app.app_context():
        link = invite_links.make(inviter.member(), max_uses=None, days=7)
        for number in range(count):
            name = f"Newcomer{number}{WORD}"[:80]
            accounts.sign_up(NewAccount(f"new{number}@example.com", name, PASSWORD), link.id)
        return link.id


def _addresses(ana: Person, cast: dict[str, Person]) -> dict[str, str | int]:
    """Return handles by name, and ids of conversations with Ana by `to_` and name.

    `asked` is the id of an invitation that Ana has received, `sent` of one that they sent, and
    `friend_id` that of a member.
    """
    found: dict[str, str | int] = {name: person.handle for name, person in cast.items()}
    found["friend_id"] = cast["friend"].id
    with ana.app.app_context():
        for name, person in cast.items():
            pair = Conversation.of_pair(ana.id, person.id)
            talked = db.session.scalars(pair).one_or_none()
            found[f"to_{name}"] = talked.id if talked else 0
        found["asked"] = newest_invitation(cast["asking"], ana)
        found["sent"] = newest_invitation(ana, cast["waiting"])
    return found


def send_files(person: Person, conversation_id: int) -> None:
    """Send three messages: with one photo, seven photos, and a PDF, a ZIP and a sound."""
    photos = [
        (f"{WORD}{number}.jpg", encoded(coloured_image((640, 400)), "JPEG")) for number in range(7)
    ]
    sound = b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)
    files = [(f"{WORD}.pdf", b"%PDF-1.7"), (f"{WORD}.zip", b"PK"), (f"{WORD}.wav", sound)]
    for some in (photos[:1], photos, files):
        person.send(conversation_id, "", attachment=upload_files(person, *some))


def describe(person: Person) -> None:
    """Fill all fields of a person's profile with very long words."""
    with person.app.app_context():
        profile.edit(
            person.member(),
            profile.Profile(
                name=f"{person.first_name}{WORD}"[:80],
                handle=person.handle,
                headline=(WORD * 2)[:120],
                company=WORD[:80],
                place=WORD[:80],
                about=TEXT,
            ),
        )
