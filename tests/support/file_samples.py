"""Minimal files of many media formats, built byte by byte."""

import struct
import zlib


def box(name: bytes, content: bytes = b"") -> bytes:
    """Return a box, the unit of MP4 files: its size, its name of four bytes, and content."""
    return struct.pack(">I4s", len(content) + 8, name) + content


def ftyp(brand: bytes, *others: bytes) -> bytes:
    return box(b"ftyp", brand + bytes(4) + b"".join(others)) + box(b"free", b"x")


def ogg(*packets: bytes) -> bytes:
    """Return an Ogg file with one stream for each of these first packets."""
    pages = (
        struct.pack("<4sBBqIIIB", b"OggS", 0, 2, 0, number, 0, 0, 1) + bytes([len(each)]) + each
        for number, each in enumerate(packets)
    )
    return b"".join(pages) + struct.pack("<4sBBqIIIB", b"OggS", 0, 0, 0, 1, 0, 0, 0)


def element(name: str, content: bytes) -> bytes:
    """Return an EBML element, the unit of WebM files (RFC 8794, 4.4); `name` is its id in hex."""
    size = len(content)
    field = bytes([0x80 | size]) if size < 127 else struct.pack(">Q", 1 << 56 | size)
    return bytes.fromhex(name) + field + content


def ebml(doctype: bytes, *codecs: bytes) -> bytes:
    """Return a Matroska or WebM file, by `doctype`, with one track for each codec id."""
    header = element("4286", b"\1") + element("ec", b"") + element("4282", doctype)
    tracks = b"".join(element("ae", element("86", each)) for each in codecs)
    return element("1a45dfa3", header) + element("18538067", element("1654ae6b", tracks))


def mp3(frames: int = 2, first: bytes = b"\xff\xfb\x90\x00", length: int = 417) -> bytes:
    return (first + bytes(length - 4)) * frames


def adts(frames: int) -> bytes:
    """Return AAC in ADTS: so many frames of 16 bytes each."""
    return (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)) * frames


def riff(name: bytes, rest: bytes = b"") -> bytes:
    return b"RIFF" + struct.pack("<I", len(rest) + 4) + name + rest


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk, the unit of PNG files, with its size and checksum."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I4s", len(content), name) + content + struct.pack(">I", checksum)


def png(width: int, height: int, *more: bytes) -> bytes:
    """Return a PNG without pixels whose header has this size, with further chunks after it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IEND", b"")
