"""Fixtures for all tests: a new database and app for each test, and members with an account."""

import logging
import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, make_url, text

from linkmsg import create_app
from linkmsg.actions import passwords
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.migrations import upgrade
from linkmsg.search import hits, unindexed
from linkmsg.search.index import view
from tests import people
from tests.people import Person
from tests.support.app_shutdown import stop_app
from tests.support.compiled_routes import keep_compiled_routes
from tests.support.compiled_templates import compiled_templates
from tests.support.hypothesis_profiles import load_hypothesis_profile
from tests.support.unsynced import stop_syncing

for name in [name for name in os.environ if name.startswith("LINKMSG_")]:
    del os.environ[name]

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")

keep_compiled_routes()
stop_syncing()
load_hypothesis_profile()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options --s3, --every, and --race and --again for more repetitions than usual."""
    parser.addoption("--every", action="store_true", help="run all tests on PostgreSQL too")
    parser.addoption("--s3", action="store_true", help="store files in an S3 bucket")
    parser.addoption("--race", type=int, default=15, help="examples of tests/browser/test_race.py")
    parser.addoption("--again", type=int, default=1, help="number of runs of each proof")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat each test with the mark `proof` as often as --again says."""
    runs = metafunc.config.getoption("--again")
    if runs > 1 and metafunc.definition.get_closest_marker("proof"):
        metafunc.fixturenames.append("run")
        metafunc.parametrize("run", range(1, runs + 1))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With TEST_POSTGRES_URL, run only the tests whose result depends on the database."""
    if not POSTGRES or config.getoption("--every"):
        return
    fixtures = {"database_url", "postgres"}
    others = [
        item
        for item in items
        if item.get_closest_marker("any_database")
        or fixtures.isdisjoint(getattr(item, "fixturenames", fixtures))
    ]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session", autouse=True)
def cheap_password_hashes() -> None:
    """Use cheap password hashes, because tests sign in many times."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def generous_search_timeouts() -> None:
    """Raise the time limits of searches, which would cut results short on a busy machine."""
    unindexed.SECONDS, hits.SNIPPET_SECONDS, view.WAIT = 60, 60, 600


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the URL of a database with all tables but no members, which tests copy or share."""
    if not POSTGRES:
        address = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'linkmsg.sqlite'}"
        upgrade(make_url(address))
        yield address
        return
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"linkmsg_test_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        # Tests need no durability.
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    address = make_url(POSTGRES).set(database=name)
    try:
        upgrade(address)
        yield address.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture(scope="session")
def engine(empty_database: str) -> Iterator[Engine]:
    """Yield a SQLAlchemy engine for the database of `empty_database`."""
    engine = create_engine(empty_database)
    yield engine
    engine.dispose()


def delete_rows(engine: Engine) -> None:
    """Delete all rows but those that a migration wrote, and let ids begin at 1 again.

    TRUNCATE is slower: it recreates every file.
    """
    names = [table.name for table in reversed(db.metadata.sorted_tables)]
    tables = [f"DELETE FROM {name}" for name in names if name != "snapshot_counter"]
    numbers = "SELECT setval(seqrelid, 1, false) FROM pg_sequence"
    with engine.begin() as connection:
        connection.execute(text("; ".join([*tables, numbers])))


@pytest.fixture
def database_url(empty_database: str, engine: Engine, tmp_path: Path) -> str:
    """Return the URL of this test's database, which has all tables and no members."""
    if POSTGRES:
        delete_rows(engine)
        return empty_database
    file = tmp_path / "linkmsg.sqlite"
    shutil.copyfile(make_url(empty_database).database or "", file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Yield the URL of a local server that imitates S3 (moto)."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  (most runs need none)

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def shared_bucket(s3_server: str) -> str:
    """Return the storage URL of a new S3 bucket, with %s for the prefix of each test's files."""
    urllib.request.urlopen(urllib.request.Request(f"{s3_server}/shared", method="PUT")).close()
    return (
        f"s3://shared/%s?endpoint={s3_server}&region=eu-north-1&access_key_id=a&secret_access_key=b"
    )


@pytest.fixture
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the app stores files: an S3 URL with --s3 or the mark s3; "" for a folder."""
    if not (request.config.getoption("--s3") or request.node.get_closest_marker("s3")):
        return ""
    url: str = request.getfixturevalue("shared_bucket")
    return url % f"{os.getpid()}-{tmp_path.name}"


@pytest.fixture
def settings(database_url: str, storage_url: str, tmp_path: Path) -> Settings:
    """Return the settings of this test's app; a test module may override the fixture."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        storage_url=storage_url,
        secret_key="of the tests",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Yield an app with a database of its own, and stop its threads at the end."""
    app = create_app(settings, prepared=True)
    app.testing = True
    app.jinja_env.bytecode_cache = compiled_templates
    yield app
    stop_app(app)


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """Yield the app inside an app context without a request, for tests of models and actions."""
    with app.app_context():
        yield app


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    """Return a browser (test client) that is not signed in."""
    return app.test_client()


@pytest.fixture
def ana(app: Flask) -> Person:
    """Return Ana, the member from whose side most tests look."""
    return people.join(app, "Ana Ruiz")


@pytest.fixture
def bo(app: Flask, ana: Person) -> Person:
    """Return Bo, who is connected to Ana."""
    bo = people.join(app, "Bo Lindqvist")
    people.connect(ana, bo)
    return bo


@pytest.fixture
def cy(app: Flask) -> Person:
    """Return Cy, a member without connections."""
    return people.join(app, "Cy Stranger")


@pytest.fixture
def dee(app: Flask, bo: Person) -> Person:
    """Return Dee, who is connected to Bo only: a 2nd-degree connection of Ana."""
    dee = people.join(app, "Dee Duarte")
    people.connect(bo, dee)
    return dee


@pytest.fixture
def admin(app: Flask) -> Person:
    """Return Ada, an admin without connections."""
    return people.join(app, "Ada Keeper", admin=True)


@pytest.fixture
def talk(ana: Person, bo: Person) -> int:
    """Return the id of the conversation of Ana and Bo, with a message from each."""
    people.talk(ana, bo, "Hello Bo")
    return people.talk(bo, ana, "Hello Ana")


@pytest.fixture
def ferry(ana, bo):
    """Return the id of Ana and Bo's conversation; two of its three messages have the word ferry."""
    people.talk(ana, bo, "The ferry goes at nine", "Bring the red lantern")
    return people.talk(bo, ana, "No ferry on Sundays")
