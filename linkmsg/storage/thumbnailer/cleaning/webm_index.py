"""Writes recordings in WebM again with their length, and an index of places to play from.

Browsers that record write neither, since they don't know them at the start; so no player shows
how long a recording is, and nobody can move in it (RFC 9559, 5.1.2 and 5.1.5).
"""

import struct

from cleaning import ebml
from cleaning.pieces import Data, Pieces, Unclean
from cleaning.webm_recording import Frame, Recording

CUE_POINT, CUE_TIME, CUE_PLACE, CUE_TRACK, CUE_POSITION = 0xBB, 0xB3, 0xB7, 0xF7, 0xF1
MUXING_APP, WRITING_APP = 0x4D80, 0x5741
# Milliseconds of a cluster: players move to the start of one. Times in it have 15 bits.
CLUSTER_TIME, MAX_CLUSTER_TIME = 5000, 30_000


def needs_index(data: Data) -> bool:
    """Return whether a film or a sound in WebM lacks its length."""
    return Recording(data).needs_index


def with_index(data: Data) -> Pieces:
    """Yield a recording in WebM with its length and an index; the frames stay as they are."""
    recording = Recording(data)
    if not recording.frames or not recording.tracks:
        raise Unclean
    clusters = list(_clusters(recording))
    head = _info(recording) + data[recording.tracks.start : recording.tracks.end]
    sizes = [len(_cluster_head(each)) + _size(each) for each in clusters]
    cues = _cues(recording, clusters, [0] * len(clusters))
    places, at = [], len(head) + len(cues)
    for size in sizes:
        places.append(at)
        at += size
    yield recording.head
    yield element_head(ebml.SEGMENT, at) + head + _cues(recording, clusters, places)
    for cluster in clusters:
        yield _cluster_head(cluster)
        for frame in cluster:
            yield slice(frame.element.start, frame.time_place)
            yield struct.pack(">h", frame.time - cluster[0].time)
            yield slice(frame.time_place + 2, frame.element.end)


def element(name: int, content: bytes) -> bytes:
    """Return an element with this id and content."""
    return element_head(name, len(content)) + content


def element_head(name: int, size: int) -> bytes:
    """Return the start of an element: its id, and the size of its content in eight bytes."""
    return name.to_bytes((name.bit_length() + 7) // 8) + (size | 1 << 56).to_bytes(8)


def _clusters(recording: Recording) -> list[list[Frame]]:
    """Divide the frames into clusters, each of which can be played from its start."""
    unit = 1_000_000 / recording.scale
    usual, longest = min(CLUSTER_TIME * unit, MAX_CLUSTER_TIME), min(30_000 * unit, 30_000)
    clusters: list[list[Frame]] = []
    for frame in recording.frames:
        age = frame.time - clusters[-1][0].time if clusters else longest
        is_start = frame.is_key and frame.track == recording.main_track
        if age >= longest or (is_start and age >= usual):
            clusters.append([])
        clusters[-1].append(frame)
    return clusters


def _size(cluster: list[Frame]) -> int:
    return sum(frame.element.end - frame.element.start for frame in cluster)


def _cluster_head(cluster: list[Frame]) -> bytes:
    time = element(ebml.TIMESTAMP, struct.pack(">Q", cluster[0].time))
    return element_head(ebml.CLUSTER, len(time) + _size(cluster)) + time


def _info(recording: Recording) -> bytes:
    scale = element(ebml.TIMESTAMP_SCALE, struct.pack(">Q", recording.scale))
    duration = element(ebml.DURATION, struct.pack(">d", recording.duration))
    apps = element(MUXING_APP, b"linkmsg") + element(WRITING_APP, b"linkmsg")
    return element(ebml.INFO, scale + duration + apps)


def _cues(recording: Recording, clusters: list[list[Frame]], places: list[int]) -> bytes:
    points = b""
    for cluster, place in zip(clusters, places, strict=True):
        track = element(CUE_TRACK, struct.pack(">Q", recording.main_track))
        where = element(CUE_PLACE, track + element(CUE_POSITION, struct.pack(">Q", place)))
        time = element(CUE_TIME, struct.pack(">Q", cluster[0].time))
        points += element(CUE_POINT, time + where)
    return element(ebml.CUES, points)
