"""The people of the tests, and what they do as members: sign in, connect, send.

Ana and Bo are connected. Cy is connected to nobody. Dee is connected to Bo only, so Ana's 2nd
degree. Each has a browser of their own.
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
from linkmsg.storage import stored_files

PASSWORD = "correct horse battery"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
_nonces = iter(range(10**6))


def nonce() -> str:
    """Return a nonce, the id that a page gives to a new message; each is used only once."""
    return f"nonce-{next(_nonces):012}"


@dataclass
class Person:
    """A member in a test, with the browser (a Flask test client) in which they are signed in."""

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
        """Return the person's Member, read from the database; call it inside an app context."""
        return db.session.scalars(Member.by_id(self.id)).one()

    @property
    def client(self) -> FlaskClient:
        """Return the person's browser (a Flask test client); the first use signs it in."""
        if self._client is None:
            self._client = self.app.test_client()
            sign_in(self._client, self.email)
        return self._client

    @cached_property
    def token(self) -> str:
        """Return the CSRF token with which this person's browser can submit forms."""
        return token_in(self.client.get("/settings/appearance").text)

    def get(self, path: str, *, partial: bool = False, **values: Any) -> TestResponse:
        """Request a page, or with `partial` the HTML fragment that htmx requests."""
        return self.client.get(path, headers=PARTIAL if partial else None, **values)

    def post(self, path: str, *, partial: bool = False, **form: Any) -> TestResponse:
        """Submit a form with these fields and the CSRF token; with `partial` as htmx does."""
        data = {"csrf_token": self.token, **form}
        return self.client.post(path, data=data, headers=PARTIAL if partial else None)

    def send(self, conversation_id: int, body: str, **form: Any) -> TestResponse:
        """Send a message with the form of a conversation; `form` has further fields."""
        form.setdefault("nonce", nonce())
        return self.post(f"/messaging/{conversation_id}", body=body, **form)


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **form: Any) -> TestResponse:
    """Sign in by submitting the sign-in form; `form` has further fields."""
    token = token_in(client.get("/sign-in").text)
    data = {"csrf_token": token, "email": email, "password": password, **form}
    return client.post("/sign-in", data=data)


def sign_up(client: FlaskClient, email: str, invite: str = "") -> TestResponse:
    """Sign up by submitting the sign-up form, with the token of an invite link if there is one."""
    query = {"invite": invite} if invite else None
    page = client.get("/sign-up", query_string=query, follow_redirects=True)
    form = {"email": email, "name": "Eli Berg", "password": PASSWORD}
    return client.post("/sign-up", data={"csrf_token": token_in(page.text), **form})


def token_in(page: str) -> str:
    """Return the CSRF token in the HTML of a page; fail if there is none."""
    match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert match, "the page has no CSRF token"
    return match[1]


def join(app: Flask, name: str, *, admin: bool = False) -> Person:
    """Create an account and return its person; ana@example.com for Ana Ruiz, and so on."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
    with app.app_context():
        member = accounts.add_member(email, name, PASSWORD, admin)
        return Person(app, member.id, member.name, member.email, member.handle)


def connect(one: Person, other: Person) -> None:
    """Connect two people directly, without an invitation."""
    with one.app.app_context():
        connections.connect(one.member(), other.member())


def talk(one: Person, other: Person, *bodies: str) -> int:
    """Send texts from one person to another, without HTTP; return the id of their conversation."""
    with one.app.app_context():
        for body in bodies:
            sent = messages.start(one.member(), other.member(), body, nonce()).message
        return sent.conversation_id


def relationship(one: Person, other: Person) -> Relationship:
    """Return how one person stands to the other, such as connected; call inside an app context."""
    return Relationship.between(one.member(), other.id, clock.now())


def attach(person: Person, data: bytes = b"Hello", name: str = "plan.txt") -> str:
    """Store an upload that belongs to no message yet, and return its key."""
    with person.app.app_context():
        with stored_files.new_file(name, person.id) as draft:
            draft.write(data)
        return attachments.add(person.member(), Attachment(**draft.fields)).key
