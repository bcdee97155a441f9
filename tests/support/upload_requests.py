"""How tests send files: in a form as browsers build it, or one at a time as the page does."""

from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Attachment, Message
from tests.people import nonce


def multipart(fields, *files):
    """A form with files (RFC 7578), fields first, as browsers build it."""
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
    """Upload one file as the page's script does; the answer."""
    form = multipart({"csrf_token": person.token, **fields}, (name, data))
    return person.client.post("/files", **form)


def key_in(answer):
    assert answer.status_code == 201, answer.text
    return answer.text.split('value="')[1].split('"')[0]


def send(person, talk, body="", *files, **fields):
    """Send as a page without JavaScript does: text and files in one form."""
    form = {"csrf_token": person.token, "nonce": nonce(), "body": body, **fields}
    return person.client.post(f"/messaging/{talk}", **multipart(form, *files))


def fetch(person, path, **headers):
    """Ask for a file, all of what is answered, and let it go."""
    with person.client.get(path, headers=headers) as answer:
        _ = answer.data
        return answer


def attached(app, talk):
    """What the last message of a conversation carries."""
    with app.app_context():
        last = select(Message).where(Message.conversation_id == talk).order_by(Message.seq.desc())
        message = db.session.scalars(last.limit(1)).one()
        return message, list(db.session.scalars(Attachment.of_message(message.id)))


def address(each):
    return f"/files/{each.key}/{each.name}"
