"""Measure uploads and downloads of 25 MiB: memory, CPU time, and the delay of messages sent."""

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

from bench.instances import conversation_sizes, instance_with
from bench.live import busy_seconds, memory
from bench.sends import CLIENT_CORE, SERVER_CORE, pinned_to
from bench.server_process import (
    HOST,
    HttpClient,
    RunningServer,
    free_port,
    running,
    serving,
    taskset,
)
from linkmsg.models.attachment import MAX_SIZE

CLIENTS = 20
REPEATS = 12
SENDING_SECONDS = 6  # seconds
SETTINGS = {"UPLOADS": "100000", "QUOTA": "1000000"}
nonces = count()


def figures() -> Iterator[str]:
    with (
        instance_with(conversation_sizes(CLIENTS)) as instance,
        serving(instance.folder, SERVER_CORE, SETTINGS) as served,
        pinned_to(CLIENT_CORE),
    ):
        ids = instance.conversation_ids
        clients = [HttpClient(served.port, id + 1) for id in ids[: CLIENTS + 1]]
        upload(clients[0], 1024)
        key = upload(clients[0], MAX_SIZE)
        whole = f"/files/{key}/bench.bin"
        for name, act in (("upload", upload_largest), ("download", lambda c: download(c, whole))):
            one = memory_growth(served, lambda act=act: act(clients[0]))
            each = [clients[0]] * CLIENTS if name == "download" else clients[:CLIENTS]
            many = memory_growth(served, lambda each=each, act=act: run_concurrently(each, act))
            yield (
                f"{name} of 25 MiB: memory grows by {one:.1f} MiB, "
                f"by {many:.1f} with {CLIENTS} at once"
            )
        yield from compare_cpu(served, instance.folder, clients[0], whole)
        yield from compare_sends_during_uploads(clients, ids)


def upload_largest(client: HttpClient) -> None:
    upload(client, MAX_SIZE)


def upload(client: HttpClient, size: int) -> str:
    """Upload a file of `size` random bytes as the page does; return its key, part of its URL."""
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


def download(client: HttpClient, path: str, port: int = 0) -> None:
    """Download a file with the client's cookies, and discard it; fail if it is too small."""
    cookies = "; ".join(f"{name}={text}" for name, text in client.cookies.items())
    lines = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
    buffer = memoryview(bytearray(1 << 20))
    received = 0
    with socket.create_connection((HOST, port or client.port), timeout=120) as connection:
        connection.sendall(lines.encode())
        while size := connection.recv_into(buffer):
            received += size
    assert received > MAX_SIZE, f"{path}: {received} bytes received"


def run_concurrently(clients: list[HttpClient], act: Callable[[HttpClient], None]) -> None:
    with ThreadPoolExecutor(len(clients)) as crowd:
        list(crowd.map(act, clients))


def memory_growth(served: RunningServer, act: Callable[[], None]) -> float:
    """Call `act`, and return by how many MiB the server's memory grew at most meanwhile."""
    before, peak, over = memory(served), [0], Event()

    def watch() -> None:
        while not over.is_set():
            peak[0] = max(peak[0], memory(served))
            time.sleep(0.01)

    watcher = Thread(target=watch)
    watcher.start()
    act()
    over.set()
    watcher.join()
    return (peak[0] - before) / 1024


def compare_cpu(
    served: RunningServer, served_folder: Path, client: HttpClient, path: str
) -> Iterator[str]:
    """Report the CPU time of a download, and that of a server with Flask's `send_file` alone."""
    linkmsg = cpu_per_call(served, lambda: download(client, path))
    plain = max(served_folder.glob("blobs/??/*"), key=lambda each: each.stat().st_size)
    port = free_port()
    command = [
        *taskset(SERVER_CORE),
        sys.executable,
        "-m",
        "bench.send_file_server",
        str(port),
        str(plain),
    ]
    with running(command, port) as bare:
        baseline = cpu_per_call(bare, lambda: download(client, "/file", port))
    yield (
        f"a download takes {linkmsg * 1000:.1f} ms of CPU time, `send_file` alone "
        f"{baseline * 1000:.1f}: {linkmsg / baseline:.2f} times"
    )


def cpu_per_call(served: RunningServer, act: Callable[[], None]) -> float:
    act()
    before = busy_seconds(served)
    for _ in range(REPEATS):
        act()
    return (busy_seconds(served) - before) / REPEATS


def compare_sends_during_uploads(clients: list[HttpClient], ids: list[int]) -> Iterator[str]:
    """Report how long sending a message takes on an idle server and during uploads."""
    idle = measure_sends(clients[-1], ids[-1])
    over = Event()

    def upload_on(client: HttpClient) -> None:
        while not over.is_set():
            upload(client, MAX_SIZE)

    with ThreadPoolExecutor(CLIENTS) as crowd:
        busy = [crowd.submit(upload_on, client) for client in clients[:CLIENTS]]
        time.sleep(1)
        loaded = measure_sends(clients[-1], ids[-1])
        over.set()
        for each in busy:
            each.result()
    parts = [quantiles(times, n=20)[18] * 1000 for times in (idle, loaded)]
    yield (
        f"a send takes p95 {parts[0]:.1f} ms, during {CLIENTS} uploads {parts[1]:.1f}: "
        f"{parts[1] / parts[0]:.1f} times (p50 {median(idle) * 1000:.1f} and "
        f"{median(loaded) * 1000:.1f})"
    )


def measure_sends(client: HttpClient, id: int) -> list[float]:
    times: list[float] = []
    until = time.perf_counter() + SENDING_SECONDS
    while (began := time.perf_counter()) < until:
        assert client.send(id, "Hello", f"bench-file-{next(nonces):08}") == 200
        times.append(time.perf_counter() - began)
        time.sleep(0.05)
    return times
