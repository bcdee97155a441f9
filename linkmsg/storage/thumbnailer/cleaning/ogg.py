"""Removes tags from Ogg (RFC 3533) with Vorbis, Opus, FLAC, Speex or Theora, in place."""

from cleaning.pieces import Data, Unclean, blank

# How streams begin, by their codec.
SPEEX, FLAC = b"Speex   ", b"\x7fFLAC"
KNOWN = (b"OpusHead", b"\x01vorbis", b"\x80theora", SPEEX, FLAC, b"fishead\0")
# How a packet with tags begins: then comments follow, and in Vorbis a 1.
NO_TAGS = bytes(8)
TAGS = {b"OpusTags": NO_TAGS, b"\x03vorbis": NO_TAGS + b"\x01", b"\x81theora": NO_TAGS}
# Blocks of FLAC in Ogg: unused space, a table of places, comments, and the mark of the last block.
FLAC_UNUSED, FLAC_PLACES, FLAC_TAGS, FLAC_LAST = 1, 3, 4, 0x80
FIRST_PAGE = 0x02
# Bytes of a page before the table of its segments; the place of its checksum.
PAGE_HEADER, CHECKSUM = 27, 22
MAX_PAGES, MAX_HEADERS = 500_000, 20
CRC_POLYNOMIAL = 0x04C11DB7


class Stream:
    """A stream: its codec, how many packets were read, and the parts of the one being read.

    A part is its start and end, and those of the page that it is in.
    """

    def __init__(self, codec: bytes) -> None:
        self.codec, self.packets, self.has_headers = codec, 0, True
        self.parts: list[tuple[int, int, int, int]] = []


class OggCleaner:
    """Overwrites the tags in the packets at the start of each stream."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.streams: dict[bytes, Stream] = {}
        self.changed: set[tuple[int, int]] = set()

    def clean(self) -> None:
        """Overwrite the tags of each stream, and what follows the last page."""
        at = 0
        for _ in range(MAX_PAGES):
            if at + PAGE_HEADER > len(self.data) or self.data[at : at + 4] != b"OggS":
                break
            at = self._read_page(at)
        else:
            raise Unclean
        if not self.streams:
            raise Unclean
        blank(self.data, at, len(self.data))
        for start, end in self.changed:
            self.data[start + CHECKSUM : start + CHECKSUM + 4] = bytes(4)
            checksum = crc(self.data[start:end])
            self.data[start + CHECKSUM : start + CHECKSUM + 4] = checksum.to_bytes(4, "little")

    def _read_page(self, at: int) -> int:
        """Read the packets of a page, and return its end."""
        table = self.data[at + PAGE_HEADER : at + PAGE_HEADER + self.data[at + 26]]
        start = at + PAGE_HEADER + len(table)
        end = min(len(self.data), start + sum(table))
        name = self.data[at + 14 : at + 18]
        if self.data[at + 5] & FIRST_PAGE:
            codec = next((each for each in KNOWN if self.data[start:end].startswith(each)), None)
            if codec is None:
                raise Unclean
            self.streams[name] = Stream(codec)
        stream = self.streams.get(name)
        if stream is None:
            raise Unclean
        if stream.has_headers:
            self._read_packets(stream, table, start, (at, end))
        return end

    def _read_packets(
        self, stream: Stream, table: bytes, start: int, page: tuple[int, int]
    ) -> None:
        for size in table:
            end = min(page[1], start + size)
            stream.parts.append((start, end, *page))
            start = end
            if size < 255:
                self._end_packet(stream)

    def _end_packet(self, stream: Stream) -> None:
        packet = b"".join(self.data[start:end] for start, end, _, _ in stream.parts)
        new = replacement(stream, packet)
        if new != packet:
            at = 0
            for start, end, page, page_end in stream.parts:
                self.data[start:end] = new[at : at + end - start]
                at += end - start
                self.changed.add((page, page_end))
        stream.parts, stream.packets = [], stream.packets + 1
        stream.has_headers = stream.has_headers and stream.packets < MAX_HEADERS


def clean_ogg(data: Data) -> None:
    """Overwrite the tags of an Ogg file."""
    OggCleaner(data).clean()


def replacement(stream: Stream, packet: bytes) -> bytes:
    """Return a packet without tags, of the same size."""
    if stream.packets == 0:
        return packet
    start, content = b"", b""
    if stream.codec == FLAC and packet:
        last, kind = packet[0] & FLAC_LAST, packet[0] & 0x7F
        stream.has_headers = not last
        if kind == FLAC_PLACES or packet[0] == 0xFF:
            return packet
        start = bytes([last | (kind if kind == FLAC_TAGS else FLAC_UNUSED)]) + packet[1:4]
        content = NO_TAGS if kind == FLAC_TAGS else b""
    elif stream.codec == SPEEX and stream.packets == 1:
        content = NO_TAGS
    else:
        start = next((each for each in TAGS if packet.startswith(each)), b"")
        if not start:
            return packet
        content = TAGS[start]
    return (start + content).ljust(len(packet), b"\0")[: len(packet)]


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 & 0xFFFFFFFF) ^ (CRC_POLYNOMIAL if value >> 31 else 0)
        table.append(value)
    return table


CRC_TABLE = _crc_table()


def crc(page: bytes) -> int:
    """Return the checksum of a page (RFC 3533, 6)."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ CRC_TABLE[value >> 24 ^ byte]
    return value
