"""The number of database queries of a request does not grow with the data."""

from contextlib import contextmanager

from sqlalchemy import event

from linkmsg.actions import messages
from linkmsg.db import db
from tests import people
from tests.people import nonce

MOST = 12
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@contextmanager
def counted(app):
    """Record the statements sent to the database."""
    statements = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(FRAMES):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(ana, bo, talk, count):
    """Add conversations of Ana, and as many messages to the first."""
    with ana.app.app_context():
        for number in range(count):
            author = ana if number % 3 else bo
            messages.send(author.member(), talk, f"Message {number}", nonce())
    for number in range(count):
        other = people.join(ana.app, f"F{count}x{number} Berg")
        people.connect(ana, other)
        people.talk(other, ana, "Hello")


REQUESTS = {
    "inbox": lambda ana, talk: ana.get("/messaging"),
    "inbox fragment": lambda ana, talk: ana.get("/messaging", partial=True),
    "unread inbox": lambda ana, talk: ana.get("/messaging?filter=unread"),
    "thread": lambda ana, talk: ana.get(f"/messaging/{talk}"),
    "thread fragment": lambda ana, talk: ana.get(f"/messaging/{talk}", partial=True),
    "thread at a message": lambda ana, talk: ana.get(f"/messaging/{talk}?at=2"),
    "older": lambda ana, talk: ana.get(f"/messaging/{talk}/before?seq=3", partial=True),
    "send": lambda ana, talk: ana.send(talk, "Hello"),
    "send fragment": lambda ana, talk: ana.send(talk, "Hello", partial=True),
    "first message": lambda ana, talk: ana.post(
        "/messaging/new", to="bo-lindqvist", body="Hello", nonce=nonce()
    ),
    "catching up": lambda ana, talk: ana.get(f"/messaging/{talk}/after?revision=1", partial=True),
    "read": lambda ana, talk: ana.post(f"/messaging/{talk}/read", partial=True, seq="99999"),
    "people": lambda ana, talk: ana.get("/people"),
    "connections": lambda ana, talk: ana.get("/network"),
    "compose": lambda ana, talk: ana.get("/messaging/new"),
    "profile": lambda ana, talk: ana.get("/in/bo-lindqvist"),
}


def costs(app, ana, talk):
    """Return the number of statements of each request."""
    found = {}
    for name, ask in REQUESTS.items():
        with counted(app) as statements:
            assert ask(ana, talk).status_code in {200, 303}, name
        found[name] = len(statements)
    return found


def test_number_of_queries_is_small_and_constant(app, ana, bo, talk):
    ana.token  # noqa: B018 - signs Ana in
    fill(ana, bo, talk, 3)
    few = costs(app, ana, talk)
    fill(ana, bo, talk, 57)
    many = costs(app, ana, talk)
    assert few == many
    assert min(few.values()) > 1
    assert {name: count for name, count in few.items() if count > MOST} == {}
