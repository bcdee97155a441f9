"""The attacks of `python -m bench abuse`, each by its name, with its length in seconds."""

import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle

from bench.attackers import FORM, Caller, Outcomes, SlowClients, Target, at_once, head, told
from bench.counted_actions import guess_passwords, mark_unread, sign_up
from bench.hostile_images import gif_of_two_frames, jpeg_with_scans, photo
from bench.instances import PARTIAL_HEADERS
from bench.server_process import HOST
from linkmsg.models.attachment import MAX_SIZE

# Which of the attackers' sessions an attack uses; each is of another member.
READER, PROFILE, UPLOADER, DOWNLOADER, PHOTOGRAPHER, TABS = range(6)
PAINTERS, FLOODERS, SESSIONS = {"scans": 6, "frames": 7}, range(8, 12), 12
MULTIPART = "Content-Type: multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
FILE = PART % b'files"; filename="%s'
BODY = "Content-Length: 200000"
HALF_FORMS = {
    "POST with a length": ("POST /sign-in", BODY, b"a=b"),
    "chunked POST": ("POST /sign-in", "Transfer-Encoding: chunked", b"ff\r\na=b"),
    "GET with a body": ("GET /sign-in", BODY, b"a=b"),
    "POST with Upgrade": (
        "POST /sign-in",
        f"Connection: Upgrade\r\nUpgrade: x\r\n{BODY}",
        b"a=b",
    ),
}
MOST_FIELDS = b"a&" * 524_283
# A ping and a text of one byte, with a mask of zeros.
SMALL_FRAMES = bytes([0x89, 0x80, 0, 0, 0, 0, 0x81, 0x81, 0, 0, 0, 0, 0x41]) * 2000


@dataclass(frozen=True)
class Attack:
    """Something that attackers do to a server; it returns what the server did, in words."""

    name: str
    run: Callable[[Target], str]
    seconds: float = 5


def attacks() -> Iterator[Attack]:
    for kind, (line, header, start) in HALF_FORMS.items():
        opening = head(line, "Content-Type: application/x-www-form-urlencoded", header) + start
        yield Attack(f"16 × {kind}, 3 of 200,000 bytes", slow(16, opening))
        seconds = 23 if kind.endswith("length") else 5
        yield Attack(f"200 × {kind}, 3 of 200,000 bytes", slow(200, opening), seconds)
    for number in (30, 200):
        yield Attack(f"{number} slow multipart forms, signed in", partial(slow_profiles, number))
        yield Attack(f"{number} slow multipart forms, signed out", partial(slow_messages, number))
    half = head("GET /sign-in")[:-2]
    yield Attack("1,100 connections with half a head", slow(1100, half), 12)
    yield Attack("1,100 connections with one byte", slow(1100, half[:1]))
    yield Attack("1,100 slow uploads of 25 MB", slow_uploads)
    yield Attack("1,100 downloads that nobody reads", unread_downloads)
    yield Attack("300 half forms of 1 MB", half_large_forms)
    yield Attack("4 × post 524,283 fields", many_fields)
    for number in (1, 4):
        name = f"{number} × open 60 messages of 8,000 characters of addresses"
        yield Attack(name, partial(costly_pages, number))
        yield Attack(f"{number} × ask what changed in them", partial(costly_changes, number))
    yield Attack("4 × JPEG of 2,000 scans", partial(images, "scans"), 8)
    yield Attack("4 × GIF of 5000 × 5000 and 2 frames", partial(images, "frames"), 8)
    yield Attack("32 sockets flood frames and pings", flood)
    yield Attack("40 sockets of one member", many_tabs)
    yield Attack("45 accounts guessed in 10 s", guess_passwords, 10)
    yield Attack("24 sign-ups by one link", sign_up)
    yield Attack("321 × mark as unread", mark_unread)


def slow(number: int, opening: bytes) -> Callable[[Target], str]:
    return partial(slow_clients, number=number, opening=opening)


def slow_clients(target: Target, number: int, opening: bytes, drip: bytes = b"") -> str:
    return told(SlowClients(target, number, opening, drip).run())


def slow_profiles(number: int, target: Target) -> str:
    cookie, token = target.members[PROFILE]
    opening = head("POST /settings/profile", MULTIPART, "Content-Length: 5000000", cookie=cookie)
    start = PART % b"csrf_token" + token.encode() + b"\r\n" + FILE % b"a.png"
    return slow_clients(target, number, opening + start, b"a")


def slow_messages(number: int, target: Target) -> str:
    path = f"POST /messaging/{target.conversation_ids[0]}"
    opening = head(path, MULTIPART, "Content-Length: 5000000", cookie=target.ended)
    return slow_clients(target, number, opening + PART % b"body" + b"Hello", b"a")


def slow_uploads(target: Target) -> str:
    cookie, token = target.members[UPLOADER]
    headers = (MULTIPART, f"X-CSRFToken: {token}", "Content-Length: 25000000")
    opening = head("POST /files", *headers, cookie=cookie) + FILE % b"a.bin"
    return slow_clients(target, 1100, opening, bytes(64))


def unread_downloads(target: Target) -> str:
    caller = Caller(target, *target.members[DOWNLOADER])
    answer = upload(caller, "a.bin", bytes(MAX_SIZE - 1000))
    caller.connection.close()
    key = answer.split('value="')[1].split('"')[0]
    opening = head(f"GET /files/{key}/a.bin", cookie=caller.cookie)
    return told(SlowClients(target, 1100, opening, reads=False).run())


def upload(caller: Caller, name: str, data: bytes) -> str:
    """Upload a file as the page does; return the page fragment that the server answers."""
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Accept-Encoding": "identity"}
    return caller.call("POST", "/files", FILE % name.encode() + data + b"\r\n--b--\r\n", headers)


def half_large_forms(target: Target) -> str:
    headers = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000000")
    return slow_clients(target, 300, head("POST /sign-in", *headers) + b"a" * 500_000)


def many_fields(target: Target) -> str:
    callers = [Caller(target) for _ in range(4)]
    return told(
        at_once(
            callers,
            lambda each: each.call("POST", "/messaging/1", MOST_FIELDS, FORM),
            target.seconds,
        )
    )


def costly_pages(number: int, target: Target) -> str:
    return read_conversations(number, target, "/messaging/{}", {})


def costly_changes(number: int, target: Target) -> str:
    return read_conversations(number, target, "/messaging/{}/after?revision=0", PARTIAL_HEADERS)


def read_conversations(number: int, target: Target, path: str, headers: dict[str, str]) -> str:
    """Let clients open ten conversations in turn, so that a cache of their links is too small."""
    ids = cycle(target.conversation_ids)
    callers = [Caller(target, *target.members[READER]) for _ in range(number)]
    return told(
        at_once(
            callers,
            lambda each: each.call("GET", path.format(next(ids)), headers=headers),
            target.seconds,
        )
    )


def images(kind: str, target: Target) -> str:
    """Upload 4 hostile images at a time, while another member uploads a photo."""
    hostile = jpeg_with_scans(2000) if kind == "scans" else gif_of_two_frames((5000, 5000))
    numbers = count()
    callers = [Caller(target, *target.members[PAINTERS[kind]]) for _ in range(4)]
    other = Caller(target, *target.members[PHOTOGRAPHER])

    def attack(caller: Caller) -> None:
        upload(caller, f"a.{kind}", hostile + struct.pack("<I", next(numbers)))

    with ThreadPoolExecutor(1) as crowd:
        under_attack = crowd.submit(at_once, callers, attack, target.seconds)
        time.sleep(1)
        began = time.monotonic()
        answer = upload(other, "photo.jpg", photo())
        took = time.monotonic() - began
        has_copies = "size=thumb" in answer
        outcomes = told(under_attack.result())
    result = "with its copies" if has_copies else f"without its copies: {told(other.outcomes)}"
    return f"{outcomes}; another member's photo took {took:.1f} s, {result}"


def flood(target: Target) -> str:
    """Let 32 sockets of four members send as much as they can, and connect again when closed."""
    cookies = [target.members[each][0] for each in FLOODERS]
    outcomes = Outcomes()
    until = time.monotonic() + target.seconds

    def send(cookie: str) -> None:
        while time.monotonic() < until:
            status = "closed"
            try:
                with target.connect() as connection:
                    connection.sendall(socket_request(cookie))
                    status = connection.recv(65536)[9:12].decode() or "closed"
                    while status == "101" and time.monotonic() < until:
                        connection.sendall(SMALL_FRAMES)
            except OSError:
                pass
            outcomes["connected, closed for flooding" if status == "101" else status] += 1
            time.sleep(0.1)

    with ThreadPoolExecutor(32) as crowd:
        list(crowd.map(send, cookies * 8))
    return told(outcomes)


def many_tabs(target: Target) -> str:
    return slow_clients(target, 40, socket_request(target.members[TABS][0]))


def socket_request(cookie: str) -> bytes:
    return head(
        "GET /live?snapshot=x&tab=bench&looking=1",
        f"Origin: http://{HOST}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        cookie=cookie,
    )
