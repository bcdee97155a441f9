"""Reads the frames of a recording in WebM (RFC 9559), to write its length and index."""

import struct
from dataclasses import dataclass

from cleaning import ebml
from cleaning.ebml import Element, elements, number, top_elements
from cleaning.matroska import track_number
from cleaning.opus_packets import opus_milliseconds
from cleaning.pieces import Data

KEY_FRAME, REFERENCE = 0x80, 0xFB
DEFAULT_SCALE = 1_000_000
VIDEO = 1


@dataclass(frozen=True)
class Frame:
    """A sample: its element, the place of its time in the file, its end, track, and time.

    `is_key` says that players can begin with it.
    """

    element: Element
    time_place: int
    end: int
    track: int
    time: int
    is_key: bool


class Recording:
    """The parts of a recording; `needs_index` says that it lacks its length.

    Times are in units of `scale` nanoseconds. If it has its length, only the first frame is read.
    """

    def __init__(self, data: Data) -> None:
        self.data, self.scale, self.needs_index = data, DEFAULT_SCALE, False
        self.tracks: Element | None = None
        self.video: int | None = None
        self.frames: list[Frame] = []
        segment = next(each for each in elements(data, 0, len(data)) if each.id == ebml.SEGMENT)
        self.head, time = slice(0, segment.start), 0
        for each in top_elements(data, segment):
            if each.id == ebml.INFO:
                self._read_info(each)
            elif each.id == ebml.TRACKS:
                self._read_tracks(each)
            elif each.id == ebml.TIMESTAMP:
                time = number(data, each)
            elif each.id in {ebml.SIMPLE_BLOCK, ebml.BLOCK_GROUP}:
                self._read_frame(each, time)
                if not self.needs_index:
                    return

    @property
    def main_track(self) -> int:
        """Return the number of the track of pictures; without one, that of the sound."""
        return self.frames[0].track if self.video is None else self.video

    @property
    def duration(self) -> float:
        """Return the length, in units of `scale`."""
        last = max(self.frames, key=lambda frame: frame.time)
        if last.track == self.video:
            times = sorted(frame.time for frame in self.frames if frame.track == last.track)[-2:]
            return last.time + times[-1] - times[0]
        packet = self.data[last.time_place + 3 : last.end]
        return last.time + opus_milliseconds(packet) * 1_000_000 / self.scale

    def _read_info(self, info: Element) -> None:
        found = {each.id: each for each in elements(self.data, info.body, info.end)}
        self.needs_index = ebml.DURATION not in found
        if ebml.TIMESTAMP_SCALE in found:
            self.scale = number(self.data, found[ebml.TIMESTAMP_SCALE]) or DEFAULT_SCALE

    def _read_tracks(self, tracks: Element) -> None:
        self.tracks = tracks
        for track in elements(self.data, tracks.body, tracks.end):
            fields = {each.id: each for each in elements(self.data, track.body, track.end)}
            if number(self.data, fields[ebml.TRACK_TYPE]) == VIDEO:
                self.video = number(self.data, fields[ebml.TRACK_NUMBER])

    def _read_frame(self, element: Element, time: int) -> None:
        block, is_key = element, True
        if element.id == ebml.BLOCK_GROUP:
            inner = {each.id: each for each in elements(self.data, element.body, element.end)}
            block, is_key = inner[ebml.BLOCK], REFERENCE not in inner
        track, at = track_number(self.data, block)
        offset, flags = struct.unpack_from(">hB", self.data, at)
        if element.id == ebml.SIMPLE_BLOCK:
            is_key = bool(flags & KEY_FRAME)
        self.frames.append(Frame(element, at, block.end, track, time + offset, is_key))
