"""Upload files as the page's script does, or send them with a message as a form does."""

from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Attachment, Message
from tests.people import nonce


def multipart(fields, *files):
    """Return arguments of a test client's post for a multipart form (RFC 7578), fields first.

    Each file is its name and bytes.
    """
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, data in files:
        head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        parts += [head.encode(), data, b"\r\n"]
    body = b"".join([*parts, b"--b--\r\n"])
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


def upload(person, data=b"Hello", name="notes.txt", **fields):
    """Upload one file as the page's script does, before its message; return the response."""
    form = multipart({"csrf_token": person.token, **fields}, (name, data))
    return person.client.post("/files", **form)


def key_in(answer):
    assert answer.status_code == 201, answer.text
    return answer.text.split('value="')[1].split('"')[0]


def send(person, talk, body="", *files, **fields):
    """Send a message without JavaScript: text and files in one form."""
    form = {"csrf_token": person.token, "nonce": nonce(), "body": body, **fields}
    return person.client.post(f"/messaging/{talk}", **multipart(form, *files))


def fetch(person, path, **headers):
    """Return the response to a GET request with these headers, read to its end and closed."""
    with person.client.get(path, headers=headers) as answer:
        _ = answer.data
        return answer


def attached(app, talk):
    """Return the last message of a conversation and its attachments."""
    with app.app_context():
        last = select(Message).where(Message.conversation_id == talk).order_by(Message.seq.desc())
        message = db.session.scalars(last.limit(1)).one()
        return message, list(db.session.scalars(Attachment.of_message(message.id)))


def address(each):
    return f"/files/{each.key}/{each.name}"
