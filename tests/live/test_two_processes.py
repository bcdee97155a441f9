"""Two apps on one database, as two processes are: which pages have to catch up."""

import re

import pytest

from linkmsg import create_app
from linkmsg.actions import snapshots
from linkmsg.live.hub import CATCH_UP
from linkmsg.models.snapshot import Snapshot
from tests.live.conftest import Tab
from tests.people import Person
from tests.support.app_shutdown import stop_app
from tests.support.listeners import label_now
from tests.support.live_server import LiveServer
from tests.support.websockets import HOST, ORIGIN, cookie


@pytest.fixture
def other_app(app, settings):
    """A second app on the database of the first."""
    made = create_app(settings, prepared=True)
    made.testing = True
    yield made
    stop_app(made)


@pytest.fixture
def other_bo(other_app, bo):
    """Bo in a browser that the second app serves."""
    person = Person(other_app, bo.id, bo.name, bo.email, bo.handle)
    assert person.token
    return person


@pytest.fixture
def first_frame():
    """Connect a page to an app, and return the first frame it gets."""
    servers, tabs = [], []

    def connect(app, person, page):
        servers.append(LiveServer(app))
        servers[-1].start()
        tabs.append(
            Tab.connect(
                f"ws://{HOST}:{servers[-1].port}/live?snapshot={page}",
                headers={"Origin": ORIGIN, "Cookie": f"session={cookie(person)}"},
                receive_bytes=1,
            )
        )
        return tabs[-1].receive(timeout=0.5)

    yield connect
    for each in tabs:
        each.close()
    for each in servers:
        each.app.extensions["linkmsg.hub"].close()
        each.app.extensions["linkmsg.presence"].join(120)
        each.stop()


def label_in(page):
    """Return the label of the snapshot that a page shows."""
    return re.search(r'data-snapshot="([^"]+)"', page.text)[1]


def test_two_apps_agree_on_the_order_of_snapshots(app, other_app, ana, other_bo, talk):
    labels = []
    for turn in range(4):
        sender, reader = ((ana, other_bo), (other_bo, ana))[turn % 2]
        sender.send(talk, f"Message {turn}")
        labels.append(label_in(reader.get("/messaging")))
        assert labels[-1] == label_in(sender.get("/messaging"))
    found = [Snapshot.parse(each) for each in labels]
    assert len({each.epoch for each in found}) == 1
    assert [each.number for each in found] == sorted({each.number for each in found})


def test_page_that_missed_nothing_is_left_alone(app, ana, bo, talk, first_frame):
    assert bo.token
    ana.send(talk, "Lunch?")
    assert first_frame(app, bo, label_in(bo.get("/messaging"))) is None


def test_page_rendered_before_a_write_catches_up(app, ana, bo, talk, first_frame):
    page = label_in(bo.get("/messaging"))
    ana.send(talk, "Lunch?")
    assert first_frame(app, bo, page) == CATCH_UP


def test_page_catches_up_with_a_write_of_another_app(
    app, other_app, ana, other_bo, talk, first_frame
):
    page = label_in(other_bo.get("/messaging"))
    ana.send(talk, "Lunch?")
    assert first_frame(other_app, other_bo, page) == CATCH_UP


def test_page_of_another_app_that_missed_nothing_is_left_alone(
    app, other_app, ana, other_bo, talk, first_frame
):
    ana.send(talk, "Lunch?")
    page = label_in(other_bo.get("/messaging"))
    assert first_frame(other_app, other_bo, page) is None
    assert first_frame(app, other_bo, page) is None


def test_page_catches_up_with_another_app_after_own_writes(
    app, other_app, ana, cy, other_bo, talk, first_frame
):
    page = label_in(other_bo.get("/messaging"))
    ana.send(talk, "Lunch?")
    other_bo.post("/settings/appearance", theme="dark")
    assert first_frame(other_app, other_bo, page) == CATCH_UP


def test_page_from_before_a_restart_catches_up(app, other_app, ana, bo, talk, first_frame):
    assert bo.token
    page = label_in(bo.get("/messaging"))
    with other_app.app_context():
        snapshots.start_epoch()
    assert first_frame(other_app, bo, page) == CATCH_UP
    assert first_frame(other_app, bo, label_now(other_app)) is None


def test_page_from_before_writes_and_a_restart_catches_up(
    app, other_app, ana, bo, talk, first_frame
):
    page = label_in(bo.get("/messaging"))
    ana.send(talk, "Lunch?")
    assert first_frame(other_app, bo, page) == CATCH_UP
