"""Build a small video in which a browser can seek: the data of a WebP image is a VP8 frame."""

import struct
from itertools import accumulate

from PIL import Image

from tests.support.file_samples import element
from tests.support.image_samples import encoded

SIZE = (320, 180)


def webm_video(seconds: int) -> bytes:
    """Return a WebM (RFC 9559) with one frame per second and an index of them for seeking."""
    clusters = [_cluster(second) for second in range(seconds)]
    start = len(_head(seconds) + _cues([0] * seconds))
    places = [start, *accumulate(map(len, clusters), initial=start)][1:-1]
    content = _head(seconds) + _cues(places) + b"".join(clusters)
    versions = b"".join(element(name, b"\1") for name in ("4286", "42f7"))
    lengths = element("42f2", b"\4") + element("42f3", b"\x08")
    doctype = element("4282", b"webm") + element("4287", b"\4") + element("4285", b"\2")
    return element("1a45dfa3", versions + lengths + doctype) + element("18538067", content)


def _head(seconds: int) -> bytes:
    scale = element("2ad7b1", struct.pack(">I", 1_000_000))
    duration = element("4489", struct.pack(">d", seconds * 1000.0))
    apps = element("4d80", b"tests") + element("5741", b"tests")
    width, height = (struct.pack(">H", side) for side in SIZE)
    shape = element("e0", element("b0", width) + element("ba", height))
    track = element("d7", b"\1") + element("73c5", b"\1") + element("83", b"\1")
    track += element("9c", b"\0") + element("86", b"V_VP8") + shape
    return element("1549a966", scale + duration + apps) + element("1654ae6b", element("ae", track))


def _cues(places: list[int]) -> bytes:
    points = b""
    for second, place in enumerate(places):
        where = element("f7", b"\1") + element("f1", struct.pack(">Q", place))
        points += element("bb", element("b3", _time(second)) + element("b7", where))
    return element("1c53bb6b", points)


def _cluster(second: int) -> bytes:
    noise = Image.effect_noise(SIZE, 90).convert("RGB")
    frame = encoded(noise, "WEBP", quality=95, method=0)[20:]
    block = b"\x81" + struct.pack(">hB", 0, 0x80) + frame
    return element("1f43b675", element("e7", _time(second)) + element("a3", block))


def _time(second: int) -> bytes:
    return struct.pack(">I", second * 1000)
