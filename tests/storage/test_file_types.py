"""File types are detected from the first bytes only."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkmsg.storage import file_types
from linkmsg.storage.file_labels import file_label
from linkmsg.storage.file_types import OTHER, detect_file_type, iso_media_type
from tests.support.file_samples import adts, box, ebml, ftyp, mp3, ogg, png, riff

KNOWN = {
    "a JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
    "a PNG": (png(1, 1), "image/png"),
    "a GIF of 1987": (b"GIF87a\1\0\1\0", "image/gif"),
    "a GIF of 1989": (b"GIF89a\1\0\1\0", "image/gif"),
    "a WebP": (riff(b"WEBP", b"VP8 "), "image/webp"),
    "a WebP without loss": (riff(b"WEBP", b"VP8L"), "image/webp"),
    "a WebP that moves": (riff(b"WEBP", b"VP8X"), "image/webp"),
    "an AVIF": (ftyp(b"avif", b"mif1", b"miaf"), "image/avif"),
    "an AVIF that moves": (ftyp(b"avis", b"avif", b"msf1"), "image/avif"),
    "an AVIF by its second brand": (ftyp(b"mif1", b"avif"), "image/avif"),
    "a HEIC": (ftyp(b"heic", b"mif1", b"heic"), "image/heic"),
    "a HEIC by its second brand": (ftyp(b"mif1", b"heic"), "image/heic"),
    "an MP3 with a tag": (b"ID3\4\0\0\0\0\0\x0a" + bytes(10), "audio/mpeg"),
    "an MP3 without": (mp3(), "audio/mpeg"),
    "an MP3 of MPEG 2": (mp3(2, b"\xff\xf3\x84\xc0", 192), "audio/mpeg"),
    "an MP3 of MPEG 2.5": (mp3(2, b"\xff\xe3\x18\xc0", 72), "audio/mpeg"),
    "an MP3 with padding": (mp3(2, b"\xff\xfb\x92\x00", 418), "audio/mpeg"),
    "AAC": (adts(3), "audio/aac"),
    "AAC with a tag": (b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + adts(3), "audio/aac"),
    "a FLAC with a tag": (b"ID3\3\0\0\0\0\0\x02ab" + b"fLaC\0\0\0\x22", "audio/flac"),
    "Vorbis": (ogg(b"\x01vorbis"), "audio/ogg"),
    "Opus": (ogg(b"OpusHead\1"), "audio/ogg"),
    "FLAC in Ogg": (ogg(b"\x7fFLAC\1"), "audio/ogg"),
    "Opus with a skeleton": (ogg(b"fishead\0\3", b"OpusHead\1"), "audio/ogg"),
    "a WAV": (riff(b"WAVE", b"fmt "), "audio/wav"),
    "a FLAC": (b"fLaC\0\0\0\x22", "audio/flac"),
    "an MP4": (ftyp(b"isom", b"iso2", b"avc1", b"mp41"), "video/mp4"),
    "an MP4 in parts": (ftyp(b"iso5", b"dash"), "video/mp4"),
    "a QuickTime film": (ftyp(b"qt  ", b"mp42"), "video/mp4"),
    "a film of a phone": (ftyp(b"3gp4", b"isom"), "video/mp4"),
    "a WebM": (ebml(b"webm", b"A_OPUS", b"V_VP9"), "video/webm"),
    "a WebM without its tracks": (ebml(b"webm\0"), "video/webm"),
    "a recording in WebM": (ebml(b"webm", b"A_OPUS"), "audio/webm"),
    "a PDF": (b"%PDF-1.7\n", "application/pdf"),
}
# Files that are only downloads, and the formats by which their metadata is removed.
DOWNLOADS = {
    "a TIFF": (b"II*\0", "tiff"),
    "a TIFF of a Mac": (b"MM\0*", "tiff"),
    "a JPEG XL": (b"\0\0\0\x0cJXL \r\n\x87\n", "still"),
    "a JPEG 2000": (b"\0\0\0\x0cjP  \r\n\x87\n", "still"),
    "an old QuickTime film": (box(b"wide") + box(b"mdat", b"x"), "iso"),
    "a QuickTime film that begins with its frames": (b"\0\x01\0\0mdat" + bytes(90), "iso"),
    "an AVI": (riff(b"AVI ", b"LIST"), "avi"),
    "an AIFF": (b"FORM\0\0\0\x04AIFF", "aiff"),
    "Core Audio": (b"caff\0\1\0\0desc", "caf"),
    "Theora": (ogg(b"\x80theora\3"), "ogg"),
    "Theora with Vorbis": (ogg(b"\x01vorbis", b"\x80theora\3"), "ogg"),
    "Matroska": (ebml(b"matroska", b"V_VP9"), "matroska"),
    "Matroska that speaks of webm": (ebml(b"matroska") + b"webm", "matroska"),
    "a raw photo that calls itself a film": (ftyp(b"crx ", b"isom"), "raw"),
    "a raw photo that becomes a film": (ftyp(b"crx ") + ftyp(b"isom"), "raw"),
    "a raw photo of Fujifilm": (b"FUJIFILMCCD-RAW 0201", "raw"),
    "an Ogg of unknown streams": (ogg(b"what"), "unknown"),
    "an Ogg with only a skeleton": (ogg(b"fishead\0"), "unknown"),
    "an Ogg that does not begin": (b"OggS\0\0" + bytes(60), "unknown"),
    "a film of a camcorder": ((b"G" + bytes(187)) * 5, "unknown"),
    "a film of a camcorder with times": (bytes(4) + (b"G" + bytes(191)) * 5, "unknown"),
    "Windows Media": (bytes.fromhex("3026b2758e66cf11a6d9"), "unknown"),
}
UNKNOWN = {
    "nothing": b"",
    "text": b"Hello\n",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "XML": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    "a page behind a mark": b"\xef\xbb\xbf<html>",
    "an archive": b"PK\3\4\x14\0",
    "a program": b"MZ\x90\0",
    "a text that begins like a film": b"The wide road",
    "frames that begin with no size": b"moov",
    "a BMP": b"BM\x36\0\0\0\0\0\0\0\x36",
    "an icon": b"\0\0\1\0\1\0",
    "a PDF behind a page": b"<html>%PDF-1.7",
    "a PDF behind a line": b"\n%PDF-1.7",
    "a GIF of no year": b"GIF88a",
    "a ftyp that goes on": ftyp(b"isom")[:12],
    "a WebP of no coding": riff(b"WEBP", b"EXIF"),
    "an EBML of no name": ebml(b"")[:20],
    "one frame of an MP3": mp3(1),
    "two frames too far apart": mp3(1) + b"\0" + mp3(1),
    "AAC": b"\xff\xf1\x50\x80\x02\x1f\xfc" * 90,
    "Layer II": mp3(2, b"\xff\xfd\x90\x00"),
    "an ID3 of no version": b"ID3 and its history",
    "UTF-16": b"\xff\xfe<\0h\0t\0m\0l\0",
    "a free bitrate": mp3(2, b"\xff\xfb\x00\x00"),
    "only ones": b"\xff" * 2000,
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_content_is_detected(name):
    data, media_type = KNOWN[name]
    kind = detect_file_type(data)
    assert kind.media_type == media_type
    assert kind.inline
    assert kind.group == ("pdf" if name == "a PDF" else media_type.split("/", maxsplit=1)[0])


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_content_is_a_download(name):
    assert detect_file_type(UNKNOWN[name]) == OTHER
    assert (OTHER.media_type, OTHER.group) == ("application/octet-stream", "other")
    assert not OTHER.inline


@pytest.mark.parametrize("name", DOWNLOADS)
def test_other_media_are_downloads_to_be_cleaned(name):
    data, form = DOWNLOADS[name]
    kind = detect_file_type(data)
    assert (kind.media_type, kind.group, kind.inline) == (OTHER.media_type, "other", False)
    assert kind.form == form


@pytest.mark.parametrize(
    ("tracks", "media_type"),
    [
        ([("vide", "avc1"), ("soun", "mp4a")], "video/mp4"),
        ([("soun", "samr"), ("vide", "hvc1")], "video/mp4"),
        ([("vide", "av01"), ("auxv", "hvc1")], "video/mp4"),
        ([("soun", "mp4a")], "audio/mp4"),
        ([("soun", "Opus"), ("soun", "sowt")], "audio/mp4"),
        ([("vide", "mp4v"), ("soun", "mp4a")], OTHER.media_type),
        ([("vide", "apcn")], OTHER.media_type),
        ([("soun", "samr")], OTHER.media_type),
        ([("pict", "av01")], OTHER.media_type),
        ([], OTHER.media_type),
    ],
)
def test_films_are_shown_if_browsers_play_their_codecs(tracks, media_type):
    assert iso_media_type(tracks).media_type == media_type


@pytest.mark.parametrize("name", KNOWN)
def test_trailing_html_does_not_change_the_type(name):
    data, media_type = KNOWN[name]
    assert detect_file_type(data + b"<html><script>alert(1)</script>").media_type == media_type


def test_only_listed_types_are_shown_inline():
    shown = {
        each
        for each in vars(file_types).values()
        if isinstance(each, file_types.FileType) and each.inline
    }
    listed = (
        "image/jpeg image/png image/gif image/webp image/avif image/heic audio/mpeg audio/aac "
        "audio/mp4 audio/ogg audio/wav audio/flac audio/webm video/mp4 video/webm application/pdf"
    )
    assert {each.media_type for each in shown} == set(listed.split())


TYPES = [each for each in vars(file_types).values() if isinstance(each, file_types.FileType)]
SAMPLES = [data for data, _ in (*KNOWN.values(), *DOWNLOADS.values())]
STARTS = st.sampled_from([*SAMPLES, *UNKNOWN.values()])


@settings(deadline=None)
@given(STARTS, st.data(), st.binary(max_size=40))
def test_truncated_or_mixed_content_raises_nothing(start, data, rest):
    cut = data.draw(st.integers(0, len(start)))
    assert detect_file_type(start[:cut] + rest) in TYPES


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_have_a_type(data):
    assert detect_file_type(data) in TYPES


@settings(deadline=None)
@given(st.text())
def test_text_is_a_download(text):
    kind = detect_file_type(f"<{text}".encode(errors="replace"))
    assert kind == OTHER


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Offer.DOCX", "Word document"),
        ("2026.xlsx", "Spreadsheet"),
        ("all.zip", "ZIP archive"),
        ("photo.heic", "Image"),
        ("model.blend", "BLEND file"),
        ("Makefile", "File"),
        ("what.is it", "File"),
        ("a.", "File"),
    ],
)
def test_file_label_by_extension(name, label):
    assert file_label(name) == label
