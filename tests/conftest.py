"""A database of its own for every test, and its people. Nobody's data is ever tested on."""

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
from hypothesis import settings as hypothesis_settings
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
from tests.support.compiled_routes import keep_compiled_routes
from tests.support.compiled_templates import compiled_templates
from tests.support.unsynced import stop_syncing

for name in [name for name in os.environ if name.startswith("LINKMSG_")]:
    del os.environ[name]

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")

keep_compiled_routes()
stop_syncing()

# The same examples in every run. For others: pytest --hypothesis-profile=explore
hypothesis_settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, max_examples=200
)
hypothesis_settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis_settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let more be tried than a run of the suite has time for."""
    parser.addoption("--s3", action="store_true", help="keep files in a bucket, not in a folder")
    parser.addoption("--race", type=int, default=15, help="examples of tests/browser/test_race.py")
    parser.addoption("--again", type=int, default=1, help="how often each proof runs")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each proof as often as was asked for."""
    runs = metafunc.config.getoption("--again")
    if runs > 1 and metafunc.definition.get_closest_marker("proof"):
        metafunc.fixturenames.append("run")
        metafunc.parametrize("run", range(1, runs + 1))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what never comes to it: only these two fixtures lead there."""
    if not POSTGRES:
        return
    ways = {"database_url", "postgres"}
    others = [item for item in items if ways.isdisjoint(getattr(item, "fixturenames", ways))]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session", autouse=True)
def light_hashes() -> None:
    """Hashes that cost nothing: what they cost is not what the tests are about."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def patient_searches() -> None:
    """Searches that leave nothing out where the machine has much else to do."""
    unindexed.SECONDS, hits.SNIPPET_SECONDS, view.WAIT = 60, 60, 600


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated database without rows: a file to copy, or one on PostgreSQL."""
    if not POSTGRES:
        address = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'linkmsg.sqlite'}"
        upgrade(make_url(address))
        yield address
        return
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"linkmsg_test_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        # Nothing of a test has to outlive a power cut.
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
    """The way to that database between two tests."""
    made = create_engine(empty_database)
    yield made
    made.dispose()


def empty(engine: Engine) -> None:
    """Take all rows, and number from 1 again. TRUNCATE would make every file anew, and wait."""
    tables = [f"DELETE FROM {table.name}" for table in reversed(db.metadata.sorted_tables)]
    numbers = "SELECT setval(seqrelid, 1, false) FROM pg_sequence"
    with engine.begin() as connection:
        connection.execute(text("; ".join([*tables, numbers])))


@pytest.fixture
def database_url(empty_database: str, engine: Engine, tmp_path: Path) -> str:
    """The address of this test's database, without rows."""
    if POSTGRES:
        empty(engine)
        return empty_database
    file = tmp_path / "linkmsg.sqlite"
    shutil.copyfile(make_url(empty_database).database or "", file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a server that speaks S3."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  (most runs need none)

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def shared_bucket(s3_server: str) -> str:
    """A bucket, as a setting says it, for all tests."""
    urllib.request.urlopen(urllib.request.Request(f"{s3_server}/shared", method="PUT")).close()
    return (
        f"s3://shared/%s?endpoint={s3_server}&region=eu-north-1&access_key_id=a&secret_access_key=b"
    )


@pytest.fixture
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where this test's files are kept: in its folder, or with --s3 or its mark in a bucket."""
    if not (request.config.getoption("--s3") or request.node.get_closest_marker("s3")):
        return ""
    url: str = request.getfixturevalue("shared_bucket")
    return url % f"{os.getpid()}-{tmp_path.name}"


@pytest.fixture
def settings(database_url: str, storage_url: str, tmp_path: Path) -> Settings:
    """The settings of this test's instance; a test may replace the fixture."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        storage_url=storage_url,
        secret_key="of the tests",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app, on its own database."""
    made = create_app(settings, prepared=True)
    made.testing = True
    made.jinja_env.bytecode_cache = compiled_templates
    yield made
    made.extensions["linkmsg.hub"].close()
    made.extensions["linkmsg.presence"].join(5)
    made.extensions["linkmsg.thumbnailer"].close()
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """For tests of nouns and verbs: inside the app, without a request."""
    with app.app_context():
        yield app


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def ana(app: Flask) -> Person:
    """Ana, the owner of what is looked at."""
    return people.join(app, "Ana Ruiz")


@pytest.fixture
def bo(app: Flask, ana: Person) -> Person:
    """Bo, connected to Ana."""
    bo = people.join(app, "Bo Lindqvist")
    people.connect(ana, bo)
    return bo


@pytest.fixture
def cy(app: Flask) -> Person:
    """Cy, a stranger to everybody."""
    return people.join(app, "Cy Stranger")


@pytest.fixture
def dee(app: Flask, bo: Person) -> Person:
    """Dee, connected to Bo only: 2nd degree to Ana."""
    dee = people.join(app, "Dee Duarte")
    people.connect(bo, dee)
    return dee


@pytest.fixture
def admin(app: Flask) -> Person:
    """Ada, who looks after the place."""
    return people.join(app, "Ada Keeper", admin=True)


@pytest.fixture
def talk(ana: Person, bo: Person) -> int:
    """The id of a conversation of Ana and Bo, in which each has said something."""
    people.talk(ana, bo, "Hello Bo")
    return people.talk(bo, ana, "Hello Ana")


@pytest.fixture
def ferry(ana, bo):
    """A conversation in which the ferry was spoken of, and other things."""
    people.talk(ana, bo, "The ferry goes at nine", "Bring the red lantern")
    return people.talk(bo, ana, "No ferry on Sundays")
