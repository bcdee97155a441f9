"""Removes metadata from the description of a track's codec (the box `stsd`).

Sources: ISO/IEC 14496-12, 12, and Apple's QuickTime File Format.
"""

from cleaning.iso_boxes import Box, boxes, remove, split_in_fours
from cleaning.pieces import Data, blank

# What decoders need: their configuration, and how the picture is shown.
CONFIGURATION = set(
    split_in_fours(
        b"avcChvcClhvCav1CvpcCvvcCesdsdOpsdfLadac3dec3dac4alacpcmCchnlchandamrd263wave"
        b"sratpaspclapcolrbtrtfielchrmgamacllimdcvSmDmCoLLamvedvcCdvvCdvwCauxiccstst3dvexu"
    )
)
# Bytes of an entry before its boxes. An entry of sound has more in later versions of QuickTime.
VIDEO_SIZE, AUDIO_SIZE, AUDIO_MORE = 78, 28, {0: 0, 1: 16, 2: 36}
VENDOR, ENCODER = (12, 16), (42, 74)


def clean_entries(data: Data, stsd: Box, handler: bytes) -> bytes:
    """Overwrite the names of cameras and encoders; return the name of the first codec."""
    codec = b""
    for entry in boxes(data, stsd.body + 8, stsd.end):
        codec = codec or entry.kind
        blank(data, entry.body + VENDOR[0], min(entry.end, entry.body + VENDOR[1]))
        if handler == b"soun":
            start = AUDIO_SIZE + _more_of_audio(data, stsd, entry)
        else:
            start = VIDEO_SIZE
            blank(data, entry.body + ENCODER[0], min(entry.end, entry.body + ENCODER[1]))
        for box in boxes(data, entry.body + start, entry.end, lenient=True):
            if box.kind in {b"damr", b"d263"}:
                blank(data, box.body, min(box.end, box.body + 4))  # the maker of the encoder
            elif box.kind not in CONFIGURATION or box.is_cut_off:
                remove(data, box)
    return codec


def _more_of_audio(data: Data, stsd: Box, entry: Box) -> int:
    version = int.from_bytes(data[entry.body + 8 : entry.body + 10])
    return 0 if data[stsd.body] else AUDIO_MORE.get(version, 0)
