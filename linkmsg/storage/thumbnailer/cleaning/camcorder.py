"""Removes what camcorders write into each frame of a film in H.264: the time, perhaps the place."""

from cleaning.pieces import Data, blank

# The name of this data (Modified Digital Video Pack Metadata) in a message of type 5 (ITU-T H.264,
# D.1.6). The size of the message, this name included, is the byte before.
NAME = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66")


def blank_recording_data(data: Data, start: int, end: int) -> None:
    """Overwrite such data between two places; not with zeros, which would begin a new unit."""
    at = data.find(NAME, start, end)
    while at > start:
        blank(data, at + len(NAME), min(end, at + data[at - 1]), b"\xff")
        at = data.find(NAME, at + len(NAME), end)
