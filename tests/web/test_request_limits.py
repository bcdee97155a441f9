"""The parts of a request are counted before they are parsed, and answers to it are bounded."""

import io
import re
from contextlib import nullcontext
from itertools import product
from urllib.parse import parse_qsl

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import Form

from linkmsg.forms import accounts, invite_links, messages, settings
from linkmsg.web import form_recovery, multipart
from linkmsg.web.form_recovery import LINE_FIELDS, LOST_FIELDS, MAX_TOTAL, TEXT_FIELDS
from linkmsg.web.request_limits import MAX_FIELDS, MAX_HEADERS_SIZE
from tests.people import nonce
from tests.support import source_tree
from tests.support.html_forms import form_to
from tests.support.upload_requests import multipart as multipart_form

URLENCODED = "application/x-www-form-urlencoded"
MANY = [
    b"a&" * 524_283,
    b"attachment=x&" * 10_000,
    b"&".join(b"%05d" % number + b"n" * 900 for number in range(1000)),
    b"%41=%42&" * MAX_FIELDS,
]


@pytest.fixture
def parsed(monkeypatch):
    """Return the sizes of all urlencoded texts that are parsed."""
    sizes = []

    def count_and_parse(text, **options):
        sizes.append(len(text))
        return parse_qsl(text, **options)

    for module in ("werkzeug.formparser", "werkzeug.sansio.request"):
        monkeypatch.setattr(f"{module}.parse_qsl", count_and_parse)
    return sizes


def is_too_large(answer):
    """Return whether an answer is the short page for HTTP 413."""
    return answer.status_code == 413 and "too large" in answer.text and len(answer.text) < 10_000


def test_form_of_many_fields_is_refused_unparsed(nobody, parsed):
    for path, body in product(("/messaging/1", "/sign-in", "/setup", "/nowhere"), MANY):
        answer = nobody.post(path, data=body, content_type=URLENCODED)
        assert is_too_large(answer) or (path == "/nowhere" and answer.status_code == 404)
        assert len(answer.text) < 10_000
    assert max(parsed, default=0) == 0


@pytest.mark.parametrize("path", ["/messaging/{}", "/sign-in"])
def test_multipart_form_of_many_fields_is_refused(ana, nobody, talk, path):
    fields = {f"field-{number}": "" for number in range(MAX_FIELDS + 1)}
    for client in (nobody, ana.client):
        assert is_too_large(client.post(path.format(talk), **multipart_form(fields)))


def test_query_of_many_fields_is_refused_unparsed(ana, nobody, parsed):
    ana.token  # noqa: B018 - signs Ana in
    parsed.clear()
    for path in ("/sign-in", "/messaging", "/search", "/nowhere", "/healthz", "/static/x/y.js"):
        assert is_too_large(ana.get(f"{path}?{'a&' * MAX_FIELDS}")), path
    assert parsed == []
    assert nobody.get(f"/healthz?{'a&' * (MAX_FIELDS - 1)}").status_code == 200


def test_hundred_fields_are_accepted(ana, talk):
    extra = {f"field-{number}": "" for number in range(MAX_FIELDS - 3)}
    assert ana.send(talk, "Not too many", **extra).status_code == 303


def test_too_large_headers_are_refused(app):
    browser = app.test_client(use_cookies=False)
    names = ("Cookie", "Accept-Encoding", "X-Forwarded-For", "Content-Type")
    sizes = ((MAX_HEADERS_SIZE, 431), (MAX_HEADERS_SIZE - 200, 200))
    for header, (size, status) in product(names, sizes):
        value = ("a=b;" * size)[:size]
        assert browser.get("/healthz", headers={header: value}).status_code == status


@pytest.mark.parametrize(
    ("start", "repeated"),
    [
        (b'Content-Disposition: form-data; name="a"', b";a=b"),
        (b'Content-Disposition: form-data; name="a"\r\n', b"X: y\r\n"),
        (b"", b"x" * 99),
    ],
)
def test_headers_of_parts_are_limited(start, repeated):
    filling = repeated * (3 * multipart.CHUNK // len(repeated))
    body = b"--b\r\n" + start + filling + b"\r\n\r\nx\r\n--b--\r\n"
    with pytest.raises(RequestEntityTooLarge):
        multipart.read(io.BytesIO(body), "b", MultiDict(), nullcontext)


def test_headers_of_all_parts_together_are_limited():
    head = b'--b\r\nContent-Disposition: form-data; name="a"; x=' + b"y" * 60_000
    body = (head + b"\r\n\r\nx\r\n") * 20 + b"--b--\r\n"
    fields = MultiDict()
    with pytest.raises(multipart.FormTooLarge):
        multipart.read(io.BytesIO(body), "b", fields, nullcontext)
    assert len(fields.getlist("a")) == multipart.MAX_FIELDS_SIZE // len(head)


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("prefix", ["", "recovered."])
def test_only_fields_of_our_forms_are_recovered(ana, nobody, talk, is_signed_in, prefix):
    client = ana.client if is_signed_in else nobody
    path = "/sign-in" if prefix else f"/messaging/{talk}"
    known = {"nonce": nonce(), "body": "A text to keep", "attachment": ["k" * 32] * 50}
    data = {f"{prefix}{name}": value for name, value in known.items()}
    data |= {"recovered_path": f"/messaging/{talk}"} if prefix else {}
    answer = client.post(path, data=data | {f"other-{number}": "x" for number in range(40)})
    assert answer.status_code in {400, 401}
    fields = form_to(answer.text, path if is_signed_in or prefix else "/sign-in")
    carried = prefix if prefix or is_signed_in else "recovered."
    assert fields[f"{carried}body"] == "A text to keep"
    assert answer.text.count(f'name="{carried}attachment"') == 10
    assert "other-" not in answer.text


@pytest.mark.parametrize(
    ("name", "filling"),
    [("body", '"'), ("body", "é"), ("nonce", "&"), ("n" * 1000, '"'), ("alt-" + "k" * 32, "<")],
)
def test_recovered_form_has_a_limited_size(nobody, name, filling):
    size = 150_000 if filling == "é" else 300_000
    form = {name: filling * size, "note": "kept" if name == "nonce" else filling * 20_000}
    answer = nobody.post("/messaging/1", data=form)
    assert answer.status_code == 401
    # The sign-in page shows a text and carries it on.
    assert len(answer.text) < 2 * 5 * MAX_TOTAL + 10_000
    assert name != "nonce" or 'name="recovered.note" value="kept"' in answer.text


def test_recovered_fields_are_those_of_our_forms(app):
    """Every named control of a form is known, so that no field is lost by being forgotten."""
    forms = (FlaskForm, Form)
    classes = [
        each
        for module in (accounts, invite_links, messages, settings)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, forms) and each not in forms
    ]
    with app.test_request_context():
        declared = {name for each in classes for name in each(formdata=None)._fields}
    written = {
        name
        for path in source_tree.templates()
        for form in re.findall(r"<form[^>]*post.*?(?:</form>|\Z)", path.read_text(), re.DOTALL)
        for name in re.findall(r'<(?:input|textarea|button)[^>]* name="([a-z_]+)"', form)
    }
    fragments = {"attachment", "upload"}  # of the composer, in files of their own
    known = TEXT_FIELDS | LINE_FIELDS | LOST_FIELDS | {form_recovery.ATTACHMENT}
    assert known == declared | written | fragments
