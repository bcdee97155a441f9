"""Members who send messages, and repeat each until the server has said that it is there."""

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from itertools import count
from math import log2
from random import Random
from threading import Event

from PIL import Image

from bench.instances import BROWSER_HEADERS, PARTIAL_HEADERS
from bench.server_process import HOST

NONCE_PREFIX = "crash-"
COMMON_WORD = "crashproof"
MAX_FILE_SIZE = 2_000_000  # bytes
RETRY_PAUSE, ANSWER_TIMEOUT = 0.1, 60  # seconds
BOUNDARY = "linkmsg-crash-boundary"
OVERLOADED = 503  # the answer that asks to try again


class UnexpectedAnswer(Exception):
    """Raised if the server refuses a request that is valid; the message is its answer."""


@dataclass
class SentMessage:
    """A message of a sender, and what has become of it; `digests` are those of its files."""

    number: int
    nonce: str
    body: str
    files: list[bytes]
    has_scripts: bool
    digests: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    tries: int = 0
    last_try_at: float = 0
    is_acknowledged: bool = False


class Sender:
    """A member who sends one message after another, half of them as a page without scripts does.

    `credentials` are their session cookie and CSRF token.
    """

    def __init__(
        self,
        port: int,
        member_id: int,
        conversation_id: int,
        credentials: tuple[str, str],
        *,
        has_files: bool,
    ) -> None:
        self.port, self.member_id, self.conversation_id = port, member_id, conversation_id
        self.cookie, self.token = credentials
        self.has_files, self.chance = has_files, Random(member_id)
        self.path = f"/messaging/{conversation_id}"
        self.sent: list[SentMessage] = []
        self.errors: Counter[str] = Counter()
        self.refusals: list[str] = []
        self._connection: HTTPConnection | None = None

    def run(self, over: Event) -> None:
        """Send messages until the event; the last one is still repeated until it is there."""
        for number in count(1):
            if over.is_set():
                return
            message = self._new_message(number)
            self.sent.append(message)
            try:
                self._deliver(message)
            except UnexpectedAnswer as error:
                self.refusals.append(f"{message.body}: {error}")
            message.files = []

    def get(self, path: str) -> tuple[int, bytes]:
        self._disconnect()  # it may have been idle for too long
        status, _, data = self._request("GET", path, {}, None)
        return status, data

    def _new_message(self, number: int) -> SentMessage:
        id = f"{self.member_id:02}x{number:05}"
        files = []
        if self.has_files:
            files = [self._new_file(number) for _ in range(self.chance.choice((1, 1, 2, 3)))]
        body = f"{COMMON_WORD} word{id} of sender {self.member_id}"
        nonce = f"{NONCE_PREFIX}{id}-{self.chance.getrandbits(64):016x}"
        digests = [hashlib.sha256(each).hexdigest() for each in files]
        has_scripts = self.chance.random() < 0.5
        return SentMessage(number, nonce, body, files, has_scripts, digests)

    def _new_file(self, number: int) -> bytes:
        """Return random bytes, small sizes as often as large ones; or an image, for thumbnails."""
        if number % 5 == 0:
            file = BytesIO()
            Image.effect_noise((self.chance.randint(50, 700), 400), 64).save(file, "PNG")
            return file.getvalue()
        if number <= 2:
            return self.chance.randbytes((1, MAX_FILE_SIZE)[number - 1])
        return self.chance.randbytes(round(2 ** self.chance.uniform(0, log2(MAX_FILE_SIZE))))

    def _deliver(self, message: SentMessage) -> None:
        while not message.is_acknowledged:
            message.tries += 1
            message.last_try_at = time.time()
            try:
                message.is_acknowledged = (
                    self._send_as_script(message)
                    if message.has_scripts
                    else self._send_as_form(message)
                )
            except (OSError, HTTPException) as error:
                self.errors[type(error).__name__] += 1
                self._disconnect()
            if not message.is_acknowledged:
                time.sleep(RETRY_PAUSE)

    def _send_as_script(self, message: SentMessage) -> bool:
        """Upload the files one by one, then send the message with their keys."""
        for file in message.files[len(message.keys) :]:
            form = multipart([("csrf_token", self.token)], [file])
            status, _, data = self._post("/files", form, PARTIAL_HEADERS)
            if not self._is(201, status, data):
                return False
            message.keys.append(data.decode().split('value="')[1].split('"')[0])
        fields = [*self._fields(message), *(("attachment", key) for key in message.keys)]
        status, _, data = self._post(self.path, multipart(fields, []), PARTIAL_HEADERS)
        if not self._is(200, status, data):
            return False
        if message.body.encode() not in data:
            raise UnexpectedAnswer("200 without the message")
        return True

    def _send_as_form(self, message: SentMessage) -> bool:
        """Send the message with its files in one form."""
        form = multipart(self._fields(message), message.files)
        status, location, data = self._post(self.path, form, {})
        if not self._is(303, status, data):
            return False
        if location != self.path:
            raise UnexpectedAnswer(f"303 to {location}")
        return True

    def _fields(self, message: SentMessage) -> list[tuple[str, str]]:
        page = [("csrf_token", self.token), ("revision", str(10**9))]
        return [*page, ("nonce", message.nonce), ("body", message.body)]

    def _is(self, expected: int, status: int, data: bytes) -> bool:
        """Return whether the request succeeded, or False if it is to be repeated."""
        if status not in {expected, OVERLOADED}:
            raise UnexpectedAnswer(f"{status} {data.decode(errors='replace')[:2000]}")
        if status == OVERLOADED:
            self.errors[str(status)] += 1
        return status == expected

    def _post(self, path: str, form: bytes, more: dict[str, str]) -> tuple[int, str, bytes]:
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self._request("POST", path, kind | more, form)

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, str, bytes]:
        if self._connection is None:
            self._connection = HTTPConnection(HOST, self.port, timeout=ANSWER_TIMEOUT)
        own = BROWSER_HEADERS | {"Cookie": self.cookie, "Accept-Encoding": "identity"}
        self._connection.request(method, path, body, own | headers)
        answer = self._connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def multipart(fields: list[tuple[str, str]], files: list[bytes]) -> bytes:
    """Return a multipart form (RFC 7578): the fields, then the files."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{text}\r\n'.encode() for name, text in fields]
    for number, data in enumerate(files, 1):
        parts += [f'{head}"files"; filename="{number}.bin"\r\n\r\n'.encode(), data, b"\r\n"]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
