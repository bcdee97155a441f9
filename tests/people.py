"""The people of the tests: Ana and Bo are connected, Cy is a stranger to both.

Dee knows Bo only: Ana's 2nd degree. Each has a browser of her own.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from linkmsg import clock
from linkmsg.actions import accounts, attachments, connections, messages
from linkmsg.db import db
from linkmsg.models import Attachment, Member, Relationship
from linkmsg.storage import incoming

PASSWORD = "correct horse battery"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
_nonces = iter(range(10**6))


def nonce() -> str:
    """A nonce that no other send of this test has."""
    return f"nonce-{next(_nonces):012}"


@dataclass
class Person:
    """Somebody with an account, and the browser in which she is signed in."""

    app: Flask
    id: int
    name: str
    email: str
    handle: str
    _client: FlaskClient | None = field(default=None, repr=False)

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def member(self) -> Member:
        """Her row, fresh; within an app context."""
        return db.session.scalars(Member.by_id(self.id)).one()

    @property
    def client(self) -> FlaskClient:
        """Her browser, signed in when it is first used."""
        if self._client is None:
            self._client = self.app.test_client()
            sign_in(self._client, self.email)
        return self._client

    @cached_property
    def token(self) -> str:
        """The CSRF token of her session."""
        return token_in(self.client.get("/settings/appearance").text)

    def get(self, path: str, *, partial: bool = False, **values: Any) -> TestResponse:
        """Open a page, or ask for its fragment as htmx does."""
        return self.client.get(path, headers=PARTIAL if partial else None, **values)

    def post(self, path: str, *, partial: bool = False, **form: Any) -> TestResponse:
        """Send a form with the token of her session."""
        data = {"csrf_token": self.token, **form}
        return self.client.post(path, data=data, headers=PARTIAL if partial else None)

    def send(self, conversation_id: int, body: str, **form: Any) -> TestResponse:
        """Send a message into a conversation."""
        form.setdefault("nonce", nonce())
        return self.post(f"/messaging/{conversation_id}", body=body, **form)


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **form: Any) -> TestResponse:
    """Sign in through the door."""
    token = token_in(client.get("/sign-in").text)
    data = {"csrf_token": token, "email": email, "password": password, **form}
    return client.post("/sign-in", data=data)


def token_in(page: str) -> str:
    """The CSRF token that a page holds."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page holds no token"
    return found[1]


def join(app: Flask, name: str, *, admin: bool = False) -> Person:
    """Somebody new, whose address is her first name's."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    with app.app_context():
        member = accounts.add_member(email, name, PASSWORD, admin)
        return Person(app, member.id, member.name, member.email, member.handle)


def connect(one: Person, other: Person) -> None:
    """Make two people connected."""
    with one.app.app_context():
        connections.connect(one.member(), other.member())


def talk(one: Person, other: Person, *bodies: str) -> int:
    """Let one write to the other; the conversation's id."""
    with one.app.app_context():
        for body in bodies:
            sent = messages.start(one.member(), other.member(), body, nonce()).message
        return sent.conversation_id


def relationship(one: Person, other: Person) -> Relationship:
    """How one stands to the other now; within an app context."""
    return Relationship.between(one.member(), other.id, clock.now())


def attach(person: Person, data: bytes = b"Hello", name: str = "plan.txt") -> str:
    """Upload a file as she does, who has not sent it yet; its key."""
    with person.app.app_context():
        with incoming.draft(name) as draft:
            draft.write(data)
        return attachments.add(person.member(), Attachment(**draft.stored)).key
