"""Detects the types of files from the first bytes of their content, never from the name.

Browsers may show the types below in a page; everything else is a download of unknown type.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

# The number of first bytes that detection looks at.
HEAD_SIZE = 64 * 1024

Group = Literal["image", "audio", "video", "pdf", "other"]


@dataclass(frozen=True)
class FileType:
    """A media type such as `image/png`, its group, and whether browsers may show it in a page."""

    media_type: str
    group: Group
    inline: bool = True


JPEG = FileType("image/jpeg", "image")
PNG = FileType("image/png", "image")
GIF = FileType("image/gif", "image")
WEBP = FileType("image/webp", "image")
AVIF = FileType("image/avif", "image")
MP3 = FileType("audio/mpeg", "audio")
M4A = FileType("audio/mp4", "audio")
OGG = FileType("audio/ogg", "audio")
WAV = FileType("audio/wav", "audio")
FLAC = FileType("audio/flac", "audio")
WEBM_AUDIO = FileType("audio/webm", "audio")
MP4 = FileType("video/mp4", "video")
WEBM = FileType("video/webm", "video")
PDF = FileType("application/pdf", "pdf")
OTHER = FileType("application/octet-stream", "other", inline=False)

MAGIC = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"fLaC", FLAC),
    (b"%PDF-", PDF),
)
# Brands of ISO/IEC 14496-12 as registered at mp4ra.org.
AVIF_BRANDS = {b"avif", b"avis"}
IMAGE_BRANDS = {b"mif1", b"msf1", b"miaf"}
M4A_BRANDS = {b"M4A ", b"M4B "}
MP4_BRANDS = {b"isom", b"avc1", b"mp41", b"mp42", b"mp71", b"M4V ", b"M4VH", b"M4VP", b"MSNV"} | {
    *(b"iso%d" % number for number in range(2, 10)),
    *(b"dash", b"msdh", b"cmfc", b"hvc1", b"av01"),
}
# How streams in Ogg begin (RFC 3533, 7845, 5334); a skeleton stream only describes the others.
OGG_AUDIO = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
OGG_SKELETON = b"fishead\0"
EBML, DOCTYPE = 0x1A45DFA3, 0x4282
# kbit/s of Layer III by the index in a frame (ISO/IEC 11172-3 and 13818-3), for MPEG 1 and 2.
BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def detect_file_type(head: bytes) -> FileType:
    """Return the type of a file from its first `HEAD_SIZE` bytes; `OTHER` if it is unknown.

    The rest is ignored: a GIF followed by HTML is a GIF, and is served as one. The bytes that
    tell a type count only at the start: a PDF with others before them is of unknown type.
    """
    magic = (file_type for start, file_type in MAGIC if head.startswith(start))
    return next(magic, None) or next(filter(None, (detect(head) for detect in DETECTORS)), OTHER)


def _detect_riff(head: bytes) -> FileType | None:
    if not head.startswith(b"RIFF"):
        return None
    if head[8:12] == b"WEBP":
        return WEBP if head[12:16] in {b"VP8 ", b"VP8L", b"VP8X"} else None
    return WAV if head[8:12] == b"WAVE" else None


def _detect_iso_media(head: bytes) -> FileType | None:
    name, content = next(_iso_boxes(head), (b"", b""))
    if name != b"ftyp":
        return None
    brand, others = content[:4], _split_in_fours(content[8:])
    if brand in AVIF_BRANDS or (brand in IMAGE_BRANDS and AVIF_BRANDS & others):
        return AVIF
    if brand in M4A_BRANDS:
        return M4A
    if brand in MP4_BRANDS:
        return M4A if _has_only_audio(dict(_iso_boxes(head)).get(b"moov", b"")) else MP4
    return None


def _split_in_fours(data: bytes) -> set[bytes]:
    return {data[at : at + 4] for at in range(0, len(data), 4)}


def _iso_boxes(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the type and content of each box (part of an MP4 or AVIF file) at the start of a file.

    It ends before a box that is cut off.
    """
    at = 0
    while at + 8 <= len(head):
        size, name = struct.unpack_from(">I4s", head, at)
        if size < 8 or at + size > len(head):
            return
        yield name, head[at + 8 : at + size]
        at += size


def _has_only_audio(moov: bytes) -> bool:
    handlers = set(re.findall(rb"hdlr.{8}(soun|vide)", moov, re.DOTALL))
    return handlers == {b"soun"}


def _detect_ogg(head: bytes) -> FileType | None:
    streams = [each for each in _ogg_stream_heads(head) if not each.startswith(OGG_SKELETON)]
    return OGG if streams and all(each.startswith(OGG_AUDIO) for each in streams) else None


def _ogg_stream_heads(head: bytes) -> Iterator[bytes]:
    """Yield the first 8 bytes of each stream in an Ogg file, which tell its codec.

    The first pages of all streams are at the start of the file (RFC 3533, 4).
    """
    at = 0
    while head[at : at + 5] == b"OggS\0" and at + 27 <= len(head) and head[at + 5] & 2:
        lacing = head[at + 27 : at + 27 + head[at + 26]]
        start = at + 27 + len(lacing)
        yield head[start : start + 8]
        at = start + sum(lacing)


def _detect_webm(head: bytes) -> FileType | None:
    name, content = next(_ebml_elements(head), (0, b""))
    if name != EBML or dict(_ebml_elements(content)).get(DOCTYPE, b"").rstrip(b"\0") != b"webm":
        return None
    sounds = re.search(rb"A_(?:OPUS|VORBIS)", head)
    return WEBM_AUDIO if sounds and not re.search(rb"V_(?:VP[89]|AV1)", head) else WEBM


def _ebml_elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the id and content of each EBML element (RFC 8794), of which WebM files consist.

    The last element may be cut off.
    """
    at = 0
    while at < len(data):
        start = at + 9 - data[at].bit_length()
        name = int.from_bytes(data[at:start])
        width = 9 - int.from_bytes(data[start : start + 1]).bit_length()
        size = int.from_bytes(data[start : start + width]) & ((1 << 7 * width) - 1)
        at = start + width + size
        yield name, data[start + width : at]


def _detect_mp3(head: bytes) -> FileType | None:
    tagged = re.match(rb"ID3[\x02-\x04][^\xff][\x00-\xff][\x00-\x7f]{4}", head)
    first = _mp3_frame_size(head)
    return MP3 if tagged or (first and _mp3_frame_size(head[first:])) else None


def _mp3_frame_size(data: bytes) -> int:
    """Return the size in bytes of the MP3 frame at the start of `data`; 0 if there is none."""
    sync, flags = int.from_bytes(data[:2]), int.from_bytes(data[2:4])
    version, bitrate, rate = sync >> 3 & 3, flags >> 12, flags >> 10 & 3
    if sync & 0xFFE6 != 0xFFE2 or version not in SAMPLE_RATES or bitrate in {0, 15} or rate == 3:
        return 0
    speed = (BITRATES_1 if version == 3 else BITRATES_2)[bitrate] * 1000
    return (144 if version == 3 else 72) * speed // SAMPLE_RATES[version][rate] + (flags >> 9 & 1)


DETECTORS: tuple[Callable[[bytes], FileType | None], ...] = (
    _detect_riff,
    _detect_iso_media,
    _detect_ogg,
    _detect_webm,
    _detect_mp3,
)
