"""The index is kept by the worker, and made anew by a command."""

import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from linkmsg.background.worker import Worker
from linkmsg.cli import main
from linkmsg.search.feed import batching
from linkmsg.search.index import WRITER_SCRIPT, SearchIndex
from tests import people
from tests.conftest import POSTGRES
from tests.search.conftest import bodies, found


@pytest.fixture
def index(app):
    return app.extensions["linkmsg.search"]


@pytest.fixture
def worker(app):
    made = Worker(app)
    made.start()
    yield made
    made.stop(30)


def wait_for(is_so):
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it does not happen")


def test_the_worker_tells_the_index_what_is_said(worker, index, ana, bo):
    people.talk(ana, bo, "alpha word")
    wait_for(lambda: index.state().checkpoint == 1)
    people.talk(ana, bo, "bravo word")
    wait_for(lambda: index.state().checkpoint == 2)


def test_the_writer_ends_with_the_worker(worker, index, ana, bo):
    people.talk(ana, bo, "alpha word")
    wait_for(lambda: worker.indexer.child.pid)
    worker.stop(30)
    assert worker.indexer.child.pid is None


def test_the_writer_knows_nothing_of_the_app(tmp_path):
    code = f"""
import runpy, sys
sys.argv = ["launch.py", {str(tmp_path)!r}, "en"]
sys.stdin.close(); sys.stdin = open("/dev/null")
runpy.run_path({str(WRITER_SCRIPT)!r}, run_name="__main__")
print(sorted(each for each in ("flask", "sqlalchemy") if each in sys.modules))
"""
    ran = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
    assert ran.stdout.decode().strip() == "[]"


def test_many_messages_are_told_in_batches_and_merged(
    inside, indexed, feeder, ana, bo, monkeypatch
):
    monkeypatch.setattr(batching, "MAX_MESSAGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(40)))
    indexed()
    assert len(feeder.index.state().segments) < 8
    assert found(ana, "word").total == 40
    assert bodies(ana, '"word 17"') == ["word 17"]


def test_what_is_told_is_not_left_lying_about(inside, indexed, feeder, ana, bo):
    people.talk(ana, bo, "alpha word")
    indexed()
    assert list(feeder.index.folder.glob("batch*")) == []
    assert json.dumps("alpha") not in str(list(feeder.index.folder.iterdir()))


@pytest.mark.skipif(bool(POSTGRES), reason="the command has a database of its own")
def test_a_command_makes_the_index_anew(inside, indexed, feeder, settings, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    indexed()
    feeder.close()
    before = feeder.index.state().segments[0][0].segid
    environment = {"LINKMSG_DATA_DIR": str(settings.data_dir)}
    ran = CliRunner().invoke(main, ["search", "rebuild"], env=environment)
    assert ran.exit_code == 0, ran.output
    assert ran.output.endswith("All 2 changes of messages are in the index.\n")
    assert feeder.index.state().segments[0][0].segid != before
    assert bodies(ana, "word") == ["bravo word", "alpha word"]


def test_an_index_that_another_process_follows_is_seen_to_go_on(indexed, feeder, ana, bo):
    people.talk(ana, bo, "alpha word")
    other = SearchIndex(feeder.index.folder, feeder.index.language)
    assert other.state().checkpoint == 0
    indexed()
    assert other.state().checkpoint == 1
    people.talk(ana, bo, "bravo word")
    indexed()
    assert other.state().checkpoint == 2
