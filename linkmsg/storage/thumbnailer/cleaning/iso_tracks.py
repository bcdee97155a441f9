"""Removes metadata from the description of a film (the box `moov`), and finds its samples.

Source: ISO/IEC 14496-12, 8, and Apple's QuickTime File Format.
"""

from cleaning import sample_entries
from cleaning.iso_boxes import Box, boxes, child, reader, remove, split_in_fours
from cleaning.iso_samples import sample_ranges
from cleaning.pieces import Data, blank

# What is kept in each box: others in it are removed. A box that is not listed is kept whole.
TREE = {
    b"moov": b"mvhdtrakmvex",
    b"mvex": b"mehdtrexleva",
    b"trak": b"tkhdedtstreftaptmdia",
    b"edts": b"elst",
    b"tapt": b"clefprofenof",
    b"mdia": b"mdhdhdlrminf",
    b"minf": b"vmhdsmhdnmhdgmhdhdlrdinfstbl",
    b"gmhd": b"gmin",
    b"dinf": b"dref",
    b"stbl": b"stsdsttscttscslgstssstpsstszstz2stscstcoco64sdtpsbgpsgpd",
}
KEPT = {parent: set(split_in_fours(names)) for parent, names in TREE.items()}
# Tracks with pictures and sound. Others have places, times or the state of a camera.
SHOWN = {b"vide", b"soun", b"auxv", b"pict"}
HEADERS = {b"mvhd", b"tkhd", b"mdhd"}


class Tracks:
    """The tracks of a film.

    After `clean`, `shown` has the handler ("vide", "soun") and the codec of each track that is
    kept, `ranges` the starts and ends of their samples, and `default_sizes` the usual size in bytes
    of a sample in a film that is stored in fragments, by the number of the track.
    """

    def __init__(self, data: Data) -> None:
        self.data = data
        self.shown: list[list[str]] = []
        self.ranges: list[tuple[int, int]] = []
        self.default_sizes: dict[int, int] = {}

    def clean(self, moov: Box) -> None:
        """Overwrite what is not needed in a description of a film."""
        self._clean(moov)
        for box in boxes(self.data, moov.body, moov.end):
            if box.kind == b"mvex":
                self._read_defaults(box)

    def _clean(self, parent: Box) -> None:
        for box in boxes(self.data, parent.body, parent.end):
            if box.kind not in KEPT[parent.kind] or box.is_cut_off:
                remove(self.data, box)
            elif box.kind == b"trak":
                self._clean_track(box)
            elif box.kind in HEADERS:
                _blank_times(self.data, box)
            elif box.kind == b"hdlr":
                blank(self.data, box.body + 12, box.end)  # the maker and the name of the track
            elif box.kind == b"dref":
                _clean_references(self.data, box)
            elif box.kind in KEPT:
                self._clean(box)

    def _clean_track(self, track: Box) -> None:
        mdia = child(self.data, track, b"mdia")
        header, handler = child(self.data, track, b"tkhd"), mdia and child(self.data, mdia, b"hdlr")
        kind = self.data[handler.body + 8 : handler.body + 12] if handler else b""
        table = self._sample_table(mdia) if mdia else None
        if not header or not table or kind not in SHOWN:
            remove(self.data, track)
            return
        self._clean(track)
        entries = child(self.data, table, b"stsd")
        codec = sample_entries.clean_entries(self.data, entries, kind) if entries else b""
        self.shown.append([kind.decode(), codec.decode("latin-1")])
        self.ranges += sample_ranges(self.data, table, kind)
        version = self.data[header.body]
        number = reader(self.data, header).numbers(6 if version else 4)[5 if version else 3]
        self.default_sizes[number] = 0

    def _sample_table(self, mdia: Box) -> Box | None:
        minf = child(self.data, mdia, b"minf")
        return child(self.data, minf, b"stbl") if minf else None

    def _read_defaults(self, mvex: Box) -> None:
        for box in boxes(self.data, mvex.body, mvex.end):
            if box.kind == b"trex":
                _, number, _, _, size, _ = reader(self.data, box).numbers(6)
                if number in self.default_sizes:
                    self.default_sizes[number] = size


def _blank_times(data: Data, box: Box) -> None:
    """Overwrite when a film or a track was created and changed."""
    blank(data, box.body + 4, box.body + (20 if data[box.body] else 12))


def _clean_references(data: Data, box: Box) -> None:
    """Overwrite the names of the files in which a film was stored."""
    for each in boxes(data, box.body + 8, box.end):
        blank(data, each.body + 4, each.end)
