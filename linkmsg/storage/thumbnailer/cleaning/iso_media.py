"""Removes metadata from films and sound in MP4, QuickTime and 3GP, and from HEIF and AVIF images.

Sources: ISO/IEC 14496-12 and 23008-12, and Apple's QuickTime File Format. Everything stays at its
place: what is removed becomes unused space of the same size.
"""

from cleaning import camcorder, heif_items, iso_tracks
from cleaning.iso_boxes import Box, boxes, remove, split_in_fours
from cleaning.iso_fragments import fragment_ranges
from cleaning.pieces import Data, Unclean, blank_gaps

TOP = set(split_in_fours(b"ftypstypmoovmoofmdatsidxssixmframeta"))
# Brands that name no maker of cameras; others are replaced by the first of a list.
FILM_BRANDS = split_in_fours(
    b"isomiso2iso3iso4iso5iso6iso7iso8iso9isoaisobisocmp41mp42mp71avc1avc3hvc1av01M4V M4VHM4VP"
    b"M4A M4B qt  dashmsdhmsixcmfccmf23gp43gp53gp63gp73gr63gg63g2a3g2b3gs6MSNV"
)
IMAGE_BRANDS = split_in_fours(
    b"mif1mif2msf1miafMiHBMiHAMiHEMiPrheicheixheimheishevchevxavifavisavioMA1AMA1Btmap"
)
# JPEG 2000 (ISO/IEC 15444-1, I) and JPEG XL (ISO/IEC 18181-2), which have boxes, too.
STILL_TOP = set(split_in_fours(b"jP  JXL ftypjp2hjp2cjxlljxlcjxlpjxli"))


def clean_iso_media(data: Data) -> list[list[str]]:
    """Overwrite the metadata of a film, a sound, or an image in HEIF or AVIF.

    Return the tracks that players show, each as its handler ("vide", "soun") and its codec.
    """
    top = list(boxes(data, 0, len(data), lenient=True))
    tracks = iso_tracks.Tracks(data)
    kept: list[tuple[int, int]] = []
    for box in top:
        if box.is_cut_off and box.kind in {b"moov", b"moof", b"meta", b"ftyp"}:
            raise Unclean
        kept += _clean_box(data, box, tracks)
    if not tracks.shown and not kept:
        raise Unclean
    _blank_unused(data, top, sorted(kept + tracks.ranges))
    return tracks.shown


def _clean_box(data: Data, box: Box, tracks: iso_tracks.Tracks) -> list[tuple[int, int]]:
    """Clean a box of the file; return where there are pictures and sound that it tells of."""
    if box.kind == b"meta":
        return heif_items.clean_items(data, box)
    if box.kind == b"moof":
        return fragment_ranges(data, box, tracks.default_sizes)
    if box.kind == b"moov":
        tracks.clean(box)
    elif box.kind in {b"ftyp", b"styp"}:
        _replace_brands(data, box)
    elif box.kind not in TOP:
        remove(data, box)
    return []


def clean_boxed_still(data: Data) -> None:
    """Overwrite the metadata of an image in JPEG 2000 or JPEG XL."""
    for box in boxes(data, 0, len(data), lenient=True):
        if box.kind not in STILL_TOP:
            remove(data, box)


def _replace_brands(data: Data, box: Box) -> None:
    brand = data[box.body : box.body + 4]
    known = IMAGE_BRANDS if brand in IMAGE_BRANDS else FILM_BRANDS
    for at in (box.body, *range(box.body + 8, box.end - 3, 4)):
        if data[at : at + 4] not in IMAGE_BRANDS + FILM_BRANDS:
            data[at : at + 4] = known[0]


def _blank_unused(data: Data, top: list[Box], kept: list[tuple[int, int]]) -> None:
    for box in top:
        if box.kind == b"mdat":
            blank_gaps(data, box.body, box.end, kept)
            camcorder.blank_recording_data(data, box.body, box.end)
