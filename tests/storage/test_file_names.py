"""File names are safe in folders, headers and on screen."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from linkmsg.storage.file_names import content_disposition, safe_name

HOSTILE_TEXT = st.text(
    st.sampled_from("ab./\\ \0\r\n\t\"';%:~…é\u202e\u2066\u200f\u2028\ud800😀") | st.characters()
)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\offer.docx", "offer.docx"),
        ("folder/", "folder"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
        (" . . ", "file"),
        ("\u2800\u3164", "file"),
        ("Z" + "\u0335" * 30 + ".txt", "Z" + "\u0335" * 8 + ".txt"),
        ("photo.jpg\0.exe", "photo.jpg.exe"),
        ("line\r\nbreak.txt", "line break.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u2066b\u2069\u200f\u061c.txt", "ab.txt"),
        ("notes.txt. . .", "notes.txt"),
        ("invoice.pdf            .exe", "invoice.pdf .exe"),
        ("nul", "_nul"),
        ("NUL.txt", "_NUL.txt"),
        ("com1 .tar.gz", "_com1 .tar.gz"),
        ("LPT³.doc", "_LPT³.doc"),
        ("console.log", "console.log"),
        (".env", "env"),
        ("\ud800lone.txt", "lone.txt"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("👩\u200d💻.png", "👩\u200d💻.png"),
        ("cafe\u0301.txt", "café.txt"),
        ("𝐀na’s plan (2).xlsx", "𝐀na’s plan (2).xlsx"),
    ],
)
def test_unsafe_name_is_cleaned(raw, name):
    assert safe_name(raw) == name


def test_long_name_keeps_its_extension():
    assert safe_name("x" * 300 + ".tar.gz") == "x" * 147 + ".gz"
    assert safe_name("é" * 149 + ".jpeg") == "é" * 145 + ".jpeg"


def test_long_extension_is_shortened():
    assert safe_name("a." + "b" * 300) == "a." + "b" * 148


def test_shortened_name_has_no_trailing_space():
    assert safe_name("x" * 140 + " " + "." * 50 + ".pdf") == "x" * 140 + ".pdf"


@settings(deadline=None)
@given(HOSTILE_TEXT)
@example("." * 151 + "a")
@example("nul" + " " * 148 + ".a")
@example("aux." + "b" * 146)
def test_any_text_becomes_a_safe_name(raw):
    name = safe_name(raw)
    assert 1 <= len(name) <= 150
    assert not re.search(r"[/\\\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", name)
    assert name == name.strip(" .")
    assert name.encode()


@settings(deadline=None)
@given(HOSTILE_TEXT)
@example("\0.env")
@example("a/ .b")
@example("e\u200f\u0301")
def test_safe_name_is_idempotent(raw):
    assert safe_name(safe_name(raw)) == safe_name(raw)


@settings(deadline=None)
@given(HOSTILE_TEXT, st.booleans())
@example("50%25.pdf", False)
@example('"; filename="x.exe', True)
def test_header_has_the_name_and_nothing_else(raw, inline):
    name = safe_name(raw)
    value = content_disposition(name, inline=inline)
    assert re.fullmatch(r"[\x20-\x7e]+", value)
    plain, encoded = re.fullmatch(
        r"(?:inline|attachment); filename=\"([^\"\\%]+)\"; filename\*=UTF-8''(\S+)", value
    ).groups()
    assert unquote(encoded, errors="strict") == name
    assert not plain.startswith(".")
    assert parse_options_header(value)[0] == ("inline" if inline else "attachment")


def test_header_has_an_ascii_fallback():
    assert content_disposition("Résumé – 50%.pdf", inline=False) == (
        'attachment; filename="Resume  50_.pdf"; '
        "filename*=UTF-8''R%C3%A9sum%C3%A9%20%E2%80%93%2050%25.pdf"
    )
    assert 'filename="file.pdf"' in content_disposition("报告.pdf", inline=True)
