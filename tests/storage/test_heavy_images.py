"""An image that costs too much is tried once, and holds up nobody else's."""

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linkmsg.storage import heavy_images
from linkmsg.storage.heavy_images import HeavyImages
from linkmsg.storage.thumbnails import ImageRejection, ProcessedImage, Thumbnailer
from tests.support.concurrency import wait_until
from tests.support.costly_images import LOOP, looping_command, tried
from tests.support.image_samples import coloured_image, encoded

ANA, BO = 1, 2
# Seconds. No answer takes that long, not even on a very busy machine.
LONG = 300


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def loop(tmp_path: Path) -> Path:
    """Return an image over which the child never ends."""
    file = tmp_path / "loop"
    file.write_bytes(LOOP)
    return file


def thumbnailer(log: Path, turn_seconds: float = LONG) -> Thumbnailer:
    return Thumbnailer(log.with_name("heavy"), LONG, looping_command(log), turn_seconds)


def test_killed_image_is_not_tried_again_after_a_restart(tmp_path, log, loop):
    made = thumbnailer(log)
    with ThreadPoolExecutor(5) as pool:
        anas = [pool.submit(made.make_copies, loop, tmp_path, ANA) for _ in range(5)]
        wait_until(lambda: tried(log) and made.turns.count_waiting(ANA) == 4)
        os.kill(made.processes[-1].pid, signal.SIGKILL)
        assert {each.result(LONG) for each in anas} == {ImageRejection.HEAVY}
    made.close()
    restarted, again = thumbnailer(log), shutil.copy(loop, tmp_path / "again")
    assert restarted.make_copies(again, tmp_path, BO) is ImageRejection.HEAVY
    assert tried(log) == [len(LOOP)]


def test_slow_images_of_one_member_hold_up_nobody(tmp_path, log):
    made, other = thumbnailer(log), tmp_path / "other"
    other.write_bytes(b"Bo's photo")
    loops = [tmp_path / f"loop{number}" for number in range(20)]
    for each in loops:
        each.write_bytes(os.urandom(len(LOOP)))
    with ThreadPoolExecutor(20) as pool:
        anas = [pool.submit(made.make_copies, each, tmp_path, ANA) for each in loops]
        wait_until(lambda: tried(log) and made.turns.count_waiting(ANA) == 19)
        for _ in range(3):
            assert made.make_copies(other, tmp_path, BO) is ImageRejection.BROKEN
        assert not any(each.done() for each in anas)
        assert tried(log) == [len(LOOP), 10, 10, 10]
        for number in range(20):
            wait_until(lambda n=number: tried(log).count(len(LOOP)) > n)
            os.kill(made.processes[-1].pid, signal.SIGKILL)
            wait_until(lambda n=number: sum(each.done() for each in anas) > n)
        assert {each.result(LONG) for each in anas} == {ImageRejection.HEAVY}
    made.close()


def test_image_whose_turn_does_not_come_is_refused(tmp_path, log, loop):
    made = thumbnailer(log, turn_seconds=0)
    with made.turns.turn(ANA, LONG):
        assert made.make_copies(loop, tmp_path, ANA) is ImageRejection.BUSY
    assert tried(log) == []


def test_list_of_heavy_images_stays_short(tmp_path, monkeypatch):
    monkeypatch.setattr(heavy_images, "MAX_REMEMBERED", 10)
    images = [tmp_path / f"image{number}" for number in range(25)]
    for number, each in enumerate(images):
        each.write_bytes(bytes(number))
        HeavyImages(tmp_path / "heavy").add(each, "copies")
    kept = [HeavyImages(tmp_path / "heavy").is_known(each, "copies") for each in images]
    assert kept[-5:] == [True] * 5
    assert 5 <= sum(kept) <= 10
    assert not HeavyImages(tmp_path / "heavy").is_known(images[-1], "squares")


def test_heavy_image_is_remembered_without_a_disk(tmp_path, loop):
    heavy = HeavyImages(tmp_path / "missing folder" / "heavy")
    heavy.add(loop, "copies")
    assert heavy.is_known(loop, "copies")


def test_child_ends_after_a_large_image(tmp_path):
    made, file = Thumbnailer(tmp_path / "heavy"), tmp_path / "image.png"
    file.write_bytes(encoded(coloured_image(), "PNG"))
    assert isinstance(made.make_copies(file, tmp_path, ANA, pixels=1000), ProcessedImage)
    assert made.processes[-1].pid is not None
    assert isinstance(made.make_copies(file, tmp_path, ANA, pixels=17_000_000), ProcessedImage)
    assert [each.pid for each in made.processes] == [None, None]
