"""Detects the types of files from the first bytes of their content, never from the name.

Browsers may show the inline types in a page; everything else is a download of unknown type.
"""

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from linkmsg.storage.audio_frames import adts_frame_size, mp3_frame_size

# The number of first bytes that detection looks at.
HEAD_SIZE = 64 * 1024

Group = Literal["image", "audio", "video", "pdf", "other"]


@dataclass(frozen=True)
class FileType:
    """A media type such as `image/png`, its group, and whether browsers may show it in a page.

    `form` is the name of the format for the removal of metadata: see `thumbnailer/cleaning`. It is
    empty for documents, which stay as they are, and `RAW` or `UNKNOWN` for media that can't be
    cleaned.
    """

    media_type: str
    group: Group
    inline: bool = True
    form: str = ""


def download(form: str = "") -> FileType:
    """Return the type of files that are only downloads, with the name of their format."""
    return FileType("application/octet-stream", "other", inline=False, form=form)


RAW, UNKNOWN = "raw", "unknown"
JPEG = FileType("image/jpeg", "image", form="jpeg")
PNG = FileType("image/png", "image", form="png")
GIF = FileType("image/gif", "image", form="gif")
WEBP = FileType("image/webp", "image", form="webp")
AVIF = FileType("image/avif", "image", form="iso")
HEIF = FileType("image/heic", "image", form="iso")
MP3 = FileType("audio/mpeg", "audio", form="mp3")
AAC = FileType("audio/aac", "audio", form="aac")
M4A = FileType("audio/mp4", "audio", form="iso")
OGG = FileType("audio/ogg", "audio", form="ogg")
WAV = FileType("audio/wav", "audio", form="wav")
FLAC = FileType("audio/flac", "audio", form="flac")
WEBM_AUDIO = FileType("audio/webm", "audio", form="matroska")
MP4 = FileType("video/mp4", "video", form="iso")
WEBM = FileType("video/webm", "video", form="matroska")
PDF = FileType("application/pdf", "pdf")
OTHER, ISO_FILE = download(), download("iso")
TIFF, BOXED_IMAGE, AVI = download("tiff"), download("still"), download("avi")
MATROSKA, OGG_FILM, AIFF, CAF = (download(form) for form in ("matroska", "ogg", "aiff", "caf"))
RAW_PHOTO, UNKNOWN_MEDIA = download(RAW), download(UNKNOWN)

MAGIC = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"fLaC", FLAC),
    (b"%PDF-", PDF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"caff", CAF),
    # Raw photos of Panasonic, Olympus, Fujifilm, Sigma, Minolta and Canon.
    *((start, RAW_PHOTO) for start in (b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FUJIFILMCCD-RAW")),
    *((start, RAW_PHOTO) for start in (b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")),
    # BigTIFF, OpenEXR, DPX; Windows Media, Flash, RealMedia, MXF.
    *((start, UNKNOWN_MEDIA) for start in (b"II+\0", b"MM\0+", b"v/1\x01", b"SDPX", b"XPDS")),
    *((start, UNKNOWN_MEDIA) for start in (b"0&\xb2u\x8ef\xcf\x11", b"FLV\1", b".RMF")),
    (b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02", UNKNOWN_MEDIA),
)
# Brands of ISO/IEC 14496-12 as registered at mp4ra.org.
AVIF_BRANDS = {b"avif", b"avis"}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
IMAGE_BRANDS = {b"mif1", b"mif2", b"msf1", b"miaf"}
# Boxes with which old QuickTime films begin, and images that have boxes without a brand.
QUICKTIME_STARTS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
BOXED_IMAGES = {b"JXL \r\n\x87\n", b"jP  \r\n\x87\n"}
# Codecs of tracks in MP4 that browsers play.
VIDEO_CODECS = {"avc1", "avc3", "hvc1", "hev1", "dvh1", "dvhe", "vp08", "vp09", "av01"}
AUDIO_CODECS = {"mp4a", ".mp3", "Opus", "fLaC", "ac-3", "ec-3"}
# The size of packets in MPEG transport streams, as they are and with the times of camcorders.
PACKETS = ((0, 188), (4, 192))
# How streams in Ogg begin (RFC 3533, 7845, 5334); a skeleton stream only describes the others.
OGG_AUDIO = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
OGG_VIDEO, OGG_SKELETON = (b"\x80theora",), b"fishead\0"
EBML, DOCTYPE = 0x1A45DFA3, 0x4282


def detect_file_type(head: bytes) -> FileType:
    """Return the type of a file from its first `HEAD_SIZE` bytes; `OTHER` if it is unknown.

    The rest is ignored: a GIF followed by HTML is a GIF, and is served as one. The bytes that
    tell a type count only at the start: a PDF with others before them is of unknown type.
    """
    magic = (file_type for start, file_type in MAGIC if head.startswith(start))
    return next(magic, None) or next(filter(None, (detect(head) for detect in DETECTORS)), OTHER)


def iso_media_type(tracks: Iterable[tuple[str, str]]) -> FileType:
    """Return the type of a film or a sound in MP4 or QuickTime by its handlers and codecs."""
    codecs: dict[str, set[str]] = {"vide": set(), "soun": set()}
    for handler, codec in tracks:
        codecs.setdefault(handler, set()).add(codec)
    if codecs["vide"]:
        return MP4 if codecs["vide"] & VIDEO_CODECS else ISO_FILE
    return M4A if codecs["soun"] & AUDIO_CODECS else ISO_FILE


def _detect_riff(head: bytes) -> FileType | None:
    if head.startswith(b"FORM") and head[8:12] in {b"AIFF", b"AIFC"}:
        return AIFF
    if not head.startswith(b"RIFF"):
        return None
    if head[8:12] == b"WEBP":
        return WEBP if head[12:16] in {b"VP8 ", b"VP8L", b"VP8X"} else None
    return {b"WAVE": WAV, b"AVI ": AVI}.get(head[8:12])


def _detect_iso_media(head: bytes) -> FileType | None:
    name, content = next(_iso_boxes(head), (head[4:8], b""))
    if name + content[:4] in BOXED_IMAGES:
        return BOXED_IMAGE
    if name in QUICKTIME_STARTS and head[0] == 0:  # the size; a text may begin with "The wide"
        return ISO_FILE
    return _type_by_brands(content) if name == b"ftyp" and content else None


def _type_by_brands(content: bytes) -> FileType:
    """Return the type of a file by the content of its box `ftyp`."""
    brand, others = content[:4], _split_in_fours(content[8:])
    if brand == b"crx ":
        return RAW_PHOTO
    if brand in AVIF_BRANDS or (brand in IMAGE_BRANDS and AVIF_BRANDS & others):
        return AVIF
    return HEIF if brand in HEIF_BRANDS | IMAGE_BRANDS else MP4


def _detect_transport_stream(head: bytes) -> FileType | None:
    """Detect MPEG transport streams, in which camcorders write the time into each frame."""
    for start, size in PACKETS:
        places = range(start, start + 5 * size, size)
        if all(head[at : at + 1] == b"G" for at in places):
            return UNKNOWN_MEDIA
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


def _detect_ogg(head: bytes) -> FileType | None:
    streams = [each for each in _ogg_stream_heads(head) if not each.startswith(OGG_SKELETON)]
    if not streams or not all(each.startswith(OGG_AUDIO + OGG_VIDEO) for each in streams):
        return UNKNOWN_MEDIA if head.startswith(b"OggS") else None
    return OGG if all(each.startswith(OGG_AUDIO) for each in streams) else OGG_FILM


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
    doctype = dict(_ebml_elements(content)).get(DOCTYPE, b"").rstrip(b"\0")
    if name != EBML or doctype != b"webm":
        return MATROSKA if name == EBML and doctype == b"matroska" else None
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


def _detect_tagged(head: bytes) -> FileType | None:
    """Detect sound behind an ID3 tag; if that is longer than the head, it counts as MP3."""
    tag = re.match(rb"ID3[\x02-\x04][^\xff][\x00-\xff]([\x00-\x7f]{4})", head)
    if not tag:
        return None
    size = sum(byte << 7 * place for place, byte in enumerate(reversed(tag[1])))
    rest = head[len(tag[0]) + size :]
    return FLAC if rest.startswith(b"fLaC") else _detect_aac(rest) or MP3


def _detect_mp3(head: bytes) -> FileType | None:
    first = mp3_frame_size(head)
    return MP3 if first and mp3_frame_size(head[first:]) else None


def _detect_aac(head: bytes) -> FileType | None:
    at = frames = 0
    while frames < 3 and (size := adts_frame_size(head[at : at + 7])):
        at, frames = at + size, frames + 1
    return AAC if frames == 3 else None


DETECTORS: tuple[Callable[[bytes], FileType | None], ...] = (
    _detect_riff,
    _detect_iso_media,
    _detect_ogg,
    _detect_webm,
    _detect_tagged,
    _detect_mp3,
    _detect_aac,
    _detect_transport_stream,
)
