"""The worker updates the index, and a command rebuilds it."""

import json
import os
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
from tests.support.search import bodies, search


@pytest.fixture
def worker(app):
    made = Worker(app)
    made.start()
    yield made
    made.stop(30)


def wait_until(is_true):
    """Wait for what another thread or process does."""
    for _ in range(6000):
        if is_true():
            return
        time.sleep(0.02)
    raise AssertionError("the condition is never true")


def test_worker_updates_the_index_and_ends_its_writer(worker, index, ana, bo):
    people.talk(ana, bo, "alpha word")
    wait_until(lambda: index.state().checkpoint == 1)
    people.talk(ana, bo, "bravo word")
    wait_until(lambda: index.state().checkpoint == 2)
    assert worker.indexer.child.pid is not None
    worker.stop(60)
    assert worker.indexer.child.pid is None


def test_writer_process_does_not_import_the_app(tmp_path):
    code = f"""
import runpy, sys
sys.argv = ["launch.py", {str(tmp_path)!r}, "en"]
sys.stdin.close(); sys.stdin = open("/dev/null")
runpy.run_path({str(WRITER_SCRIPT)!r}, run_name="__main__")
print(sorted(each for each in ("flask", "sqlalchemy") if each in sys.modules))
"""
    ran = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True)
    assert ran.stdout.decode().strip() == "[]"


def test_writer_ends_quietly_after_its_server_was_killed(tmp_path):
    unread, answers = os.pipe()
    os.close(unread)
    command = [sys.executable, "-P", str(WRITER_SCRIPT), str(tmp_path), "en"]
    line = b'{"do": "status"}\n'
    ended = subprocess.run(command, input=line, stdout=answers, stderr=subprocess.PIPE, check=False)
    os.close(answers)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_many_messages_are_indexed_in_batches(index_all, indexer, ana, bo, monkeypatch):
    monkeypatch.setattr(batching, "MAX_MESSAGES", 3)
    people.talk(ana, bo, *(f"word {number}" for number in range(40)))
    index_all()
    assert len(indexer.index.state().segments) < 8
    assert search(ana, "word").total == 40
    assert bodies(ana, '"word 17"') == ["word 17"]


def test_batches_leave_no_files(index_all, indexer, ana, bo):
    people.talk(ana, bo, "alpha word")
    index_all()
    assert list(indexer.index.folder.glob("batch*")) == []
    assert json.dumps("alpha") not in str(list(indexer.index.folder.iterdir()))


@pytest.mark.skipif(
    bool(POSTGRES), reason="the command opens the SQLite database of its data folder"
)
def test_command_rebuilds_the_index(index_all, indexer, settings, ana, bo):
    people.talk(ana, bo, "alpha word", "bravo word")
    index_all()
    indexer.close()
    before = indexer.index.state().segments[0][0].segid
    environment = {"LINKMSG_DATA_DIR": str(settings.data_dir)}
    ran = CliRunner().invoke(main, ["search", "rebuild"], env=environment)
    assert ran.exit_code == 0, ran.output
    assert ran.output.endswith("All 2 message changes are indexed.\n")
    assert indexer.index.state().segments[0][0].segid != before
    assert bodies(ana, "word") == ["bravo word", "alpha word"]


def test_another_process_sees_the_index_grow(index_all, indexer, ana, bo):
    people.talk(ana, bo, "alpha word")
    other = SearchIndex(indexer.index.folder, indexer.index.language)
    assert other.state().checkpoint == 0
    index_all()
    assert other.state().checkpoint == 1
    people.talk(ana, bo, "bravo word")
    index_all()
    assert other.state().checkpoint == 2
