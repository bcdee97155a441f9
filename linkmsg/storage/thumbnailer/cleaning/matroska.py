"""Removes metadata from Matroska and WebM (RFC 9559); everything stays at its place."""

from cleaning import ebml
from cleaning.ebml import Element, elements, number, top_elements, void
from cleaning.pieces import Data, Unclean, blank

# What is kept at each level, and what of it is only overwritten, since players need it.
SEGMENT_KEPT = {ebml.SEEK_HEAD, ebml.INFO, ebml.TRACKS, ebml.CUES, ebml.CLUSTER, ebml.VOID}
IN_CLUSTER = {ebml.TIMESTAMP, ebml.SIMPLE_BLOCK, ebml.BLOCK_GROUP}
MORE_IN_CLUSTER = {0xA7, 0xAB}  # where the cluster and the one before it are
MUXING_APP, WRITING_APP = 0x4D80, 0x5741
INFO_KEPT = {ebml.TIMESTAMP_SCALE, ebml.DURATION, MUXING_APP, WRITING_APP}
# Number, UID, type, flags, duration of a frame, language, codec with its data and delays, video,
# audio, and how frames are packed; no names, since they may be those of cameras.
TRACK_KEPT = {
    *(ebml.TRACK_NUMBER, 0x73C5, ebml.TRACK_TYPE, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8),
    *(0x23E383, 0x234E7A, 0x23314F, 0x55EE, 0x22B59C, 0x22B59D, ebml.CODEC, 0x63A2, 0xAA),
    *(0x56AA, 0x56BB, 0xE0, 0xE1, 0x6D80),
}
GROUP_KEPT = {ebml.BLOCK, ebml.BLOCK_DURATION, 0xFB, 0x75A2, 0xFA, 0xA4}
VIDEO, AUDIO = 1, 2


def clean_matroska(data: Data) -> None:
    """Overwrite everything but pictures, sound, and what players need to show them."""
    found = list(elements(data, 0, len(data)))
    segments = [each for each in found if each.id == ebml.SEGMENT]
    if not segments:
        raise Unclean
    for each in found:
        if each.id not in {ebml.EBML_HEAD, ebml.SEGMENT}:
            void(data, each)
    for each in segments:
        _clean_segment(data, each)


def _clean_segment(data: Data, segment: Element) -> None:
    shown: set[int] = set()
    for each in top_elements(data, segment):
        if each.id == ebml.INFO:
            _clean_info(data, each)
        elif each.id == ebml.TRACKS:
            shown |= _clean_tracks(data, each)
        elif each.id in {ebml.SIMPLE_BLOCK, ebml.BLOCK_GROUP}:
            _clean_block(data, each, shown)
        elif each.id not in SEGMENT_KEPT | IN_CLUSTER | MORE_IN_CLUSTER:
            void(data, each)
        elif each.id == ebml.VOID:
            blank(data, each.body, each.end)


def _clean_info(data: Data, info: Element) -> None:
    for each in elements(data, info.body, info.end):
        if each.id in {MUXING_APP, WRITING_APP}:
            blank(data, each.body, each.end)
        elif each.id not in INFO_KEPT:
            void(data, each)


def _clean_tracks(data: Data, tracks: Element) -> set[int]:
    """Return the numbers of the tracks with pictures or sound; the others are overwritten."""
    shown = set()
    for track in elements(data, tracks.body, tracks.end):
        fields = list(elements(data, track.body, track.end)) if track.id == ebml.TRACK else []
        values = {each.id: number(data, each) for each in fields if each.end - each.body <= 8}
        if values.get(ebml.TRACK_TYPE) not in {VIDEO, AUDIO}:
            void(data, track)
            continue
        shown.add(values.get(ebml.TRACK_NUMBER, 0))
        for each in fields:
            if each.id not in TRACK_KEPT:
                void(data, each)
    return shown


def _clean_block(data: Data, block: Element, shown: set[int]) -> None:
    inner = block
    if block.id == ebml.BLOCK_GROUP:
        for each in elements(data, block.body, block.end):
            if each.id == ebml.BLOCK:
                inner = each
            elif each.id not in GROUP_KEPT:
                void(data, each)
    if track_number(data, inner)[0] not in shown:
        void(data, block)


def track_number(data: Data, block: Element) -> tuple[int, int]:
    """Return the number of the track of a block, and the place behind it."""
    size = 9 - data[block.body].bit_length()
    end = block.body + size
    return int.from_bytes(data[block.body : end]) & ((1 << 7 * size) - 1), end
