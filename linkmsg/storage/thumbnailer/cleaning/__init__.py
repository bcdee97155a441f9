"""Removes from a file what says where, when, by whom and with which device it was made.

Pictures and sound are not decoded: each format is cleaned by its structure, in limited time and
memory. What is not known to be needed by players and viewers is removed.
"""

import mmap
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cleaning import audio, gif, iso_media, jpeg, matroska, ogg, png, riff, tiff, webm_index
from cleaning.pieces import Data, Pieces, RawPhoto, Unclean, write_pieces

__all__ = ["CleaningResult", "RawPhoto", "Unclean", "clean"]

# The tracks of a film that players show, each as its handler and its codec.
CleaningResult = list[list[str]]
# Formats that are written anew, and those in which everything stays at its place.
REBUILT: dict[str, Callable[[Data], Pieces]] = {
    "jpeg": jpeg.clean_jpeg,
    "png": png.clean_png,
    "gif": gif.clean_gif,
    "webp": riff.clean_webp,
    "wav": riff.clean_wav,
    "mp3": audio.clean_mp3,
    "aac": audio.clean_aac,
    "flac": audio.clean_flac,
    "aiff": audio.clean_aiff,
    "caf": audio.clean_caf,
}
IN_PLACE: dict[str, Callable[[Data], CleaningResult | None]] = {
    "iso": iso_media.clean_iso_media,
    "still": iso_media.clean_boxed_still,
    "matroska": matroska.clean_matroska,
    "ogg": ogg.clean_ogg,
    "avi": riff.clean_avi,
    "tiff": tiff.clean_tiff,
}
# What reading a damaged file raises.
READ_ERRORS = (IndexError, KeyError, RuntimeError, StopIteration, ValueError, struct.error)


def clean(source: Path, target: Path, form: str) -> CleaningResult:
    """Write a file of one of the formats above without its metadata to `target`.

    Return the tracks of a film or a sound in MP4; an empty list for other formats.

    Raises:
        Unclean: the metadata can't be removed.
        RawPhoto: the same, of a photo as the sensor of a camera saw it.
    """
    try:
        if form in REBUILT:
            with source.open("rb") as file, mapped(file.fileno(), mmap.ACCESS_READ) as data:
                write_pieces(REBUILT[form](data), data, target)
            return []
        shutil.copyfile(source, target)
        with target.open("r+b") as copy, mapped(copy.fileno(), mmap.ACCESS_WRITE) as data:
            return IN_PLACE[form](data) or []
    except READ_ERRORS as error:
        raise Unclean from error


def add_index(source: Path) -> Path:
    """Write a recording in WebM that lacks its length again, with its length and an index.

    Return the new file, which is beside the old one; the old one if nothing had to be written, or
    the recording can't be read.
    """
    target = source.with_name("indexed")
    with (
        suppress(*READ_ERRORS, Unclean),
        source.open("rb") as file,
        mapped(file.fileno(), mmap.ACCESS_READ) as data,
    ):
        if webm_index.needs_index(data):
            write_pieces(webm_index.with_index(data), data, target)
            return target
    return source


def mapped(number: int, access: int) -> mmap.mmap:
    """Return the content of an open file; an empty file raises ValueError."""
    return mmap.mmap(number, 0, access=access)
