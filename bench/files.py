"""Files of 25 MiB, in and out over loopback: what they cost, also those who write beside."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread

from bench.live import busy_seconds, memory
from bench.place import conversations, place
from bench.sends import CLIENT_CORE, SERVER_CORE, on_core
from bench.server import HOST, Client, Served, free_port, pinned, running, serving
from linkmsg.models.attachment import MAX_SIZE

MANY = 20
TIMES = 12
QUIET = 6  # seconds
SETTINGS = {"UPLOADS": "100000", "QUOTA": "1000000"}
names = count()


def figures() -> Iterator[str]:
    with (
        place(conversations(MANY)) as place_,
        serving(place_.folder, SERVER_CORE, SETTINGS) as served,
        on_core(CLIENT_CORE),
    ):
        clients = [Client(served.port, talk + 1) for talk in place_.talks[: MANY + 1]]
        upload(clients[0], 1024)
        key = upload(clients[0], MAX_SIZE)
        whole = f"/files/{key}/bench.bin"
        for what, act in (("upload", upload_one), ("download", lambda c: download(c, whole))):
            one = growth(served, lambda act=act: act(clients[0]))
            each = [clients[0]] * MANY if what == "download" else clients[:MANY]
            many = growth(served, lambda each=each, act=act: at_once(each, act))
            yield f"{what} of 25 MiB: memory grows by {one:.1f} MiB, {MANY} at once by {many:.1f}"
        yield from processor(served, place_.folder, clients[0], whole)
        yield from beside(clients, place_.talks)


def upload_one(client: Client) -> None:
    upload(client, MAX_SIZE)


def upload(client: Client, size: int) -> str:
    """Upload so many bytes as the page's script does; the key."""
    head = "--b\r\nContent-Disposition: form-data; name={}\r\n\r\n"
    start = head.format('"files"; filename="bench.bin"').encode()
    end = b"\r\n--b--\r\n"
    connection = socket.create_connection((HOST, client.port), timeout=120)
    cookies = "; ".join(f"{name}={text}" for name, text in client.cookies.items())
    lines = (
        f"POST /files HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"X-CSRFToken: {client.token}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {len(start) + size + len(end)}\r\n\r\n"
    )
    piece = os.urandom(64 * 1024)
    with connection:
        connection.sendall(lines.encode() + start)
        for at in range(0, size, len(piece)):
            connection.sendall(piece[: min(len(piece), size - at)])
        connection.sendall(end)
        answer = b""
        while data := connection.recv(65536):
            answer += data
    assert b" 201 " in answer[:20], answer[:400]
    return answer.split(b'value="')[1].split(b'"')[0].decode()


def download(client: Client, path: str, port: int = 0) -> None:
    """Read a file and throw it away."""
    cookies = "; ".join(f"{name}={text}" for name, text in client.cookies.items())
    lines = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
    room = memoryview(bytearray(1 << 20))
    got = 0
    with socket.create_connection((HOST, port or client.port), timeout=120) as connection:
        connection.sendall(lines.encode())
        while taken := connection.recv_into(room):
            got += taken
    assert got > MAX_SIZE, f"{path}: {got} bytes came"


def at_once(clients: list[Client], act: Callable[[Client], None]) -> None:
    with ThreadPoolExecutor(len(clients)) as crowd:
        list(crowd.map(act, clients))


def growth(served: Served, act: Callable[[], None]) -> float:
    """By how much the server's memory grows while something is done, at most, in MiB."""
    before, most, over = memory(served), [0], Event()

    def watch() -> None:
        while not over.is_set():
            most[0] = max(most[0], memory(served))
            time.sleep(0.01)

    watching = Thread(target=watch)
    watching.start()
    act()
    over.set()
    watching.join()
    return (most[0] - before) / 1024


def processor(served: Served, served_folder: Path, client: Client, path: str) -> Iterator[str]:
    """The processor time of a download, beside that of nothing but Flask's `send_file`."""
    ours = cost(served, lambda: download(client, path))
    plain = max(served_folder.glob("blobs/??/*"), key=lambda each: each.stat().st_size)
    port = free_port()
    command = [*pinned(SERVER_CORE), sys.executable, "-m", "bench.plain", str(port), str(plain)]
    with running(command, port) as bare:
        theirs = cost(bare, lambda: download(client, "/file", port))
    yield (
        f"a download costs {ours * 1000:.1f} ms of processor time, `send_file` alone "
        f"{theirs * 1000:.1f}: {ours / theirs:.2f} times"
    )


def cost(served: Served, act: Callable[[], None]) -> float:
    act()
    before = busy_seconds(served)
    for _ in range(TIMES):
        act()
    return (busy_seconds(served) - before) / TIMES


def beside(clients: list[Client], talks: list[int]) -> Iterator[str]:
    """How long a text takes while nothing else is done, and while twenty upload."""
    quiet = sending(clients[-1], talks[-1])
    over = Event()

    def upload_on(client: Client) -> None:
        while not over.is_set():
            upload(client, MAX_SIZE)

    with ThreadPoolExecutor(MANY) as crowd:
        busy = [crowd.submit(upload_on, client) for client in clients[:MANY]]
        time.sleep(1)
        loud = sending(clients[-1], talks[-1])
        over.set()
        for each in busy:
            each.result()
    parts = [quantiles(times, n=20)[18] * 1000 for times in (quiet, loud)]
    yield (
        f"a text takes p95 {parts[0]:.1f} ms, while {MANY} upload {parts[1]:.1f}: "
        f"{parts[1] / parts[0]:.1f} times (p50 {median(quiet) * 1000:.1f} and "
        f"{median(loud) * 1000:.1f})"
    )


def sending(client: Client, talk: int) -> list[float]:
    times: list[float] = []
    until = time.perf_counter() + QUIET
    while (began := time.perf_counter()) < until:
        assert client.send(talk, "Hello", f"bench-file-{next(names):08}") == 200
        times.append(time.perf_counter() - began)
        time.sleep(0.05)
    return times
