"""Kill the server again and again while members send, and count what is lost or doubled."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from bench.crash_checks import Findings, check_files, check_messages, check_search, check_sweep
from bench.crash_senders import Sender
from bench.load_generator import sign_in_directly
from bench.rows import PASSWORD, insert_rows, session_row
from bench.server_process import HOST, free_port, stop
from linkmsg import create_app, serving
from linkmsg.actions import accounts, connections, messages
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import MemberSession

KILLS = 50
SENDERS, FILE_SENDERS = 20, 5
SHORTEST_LIFE, LONGEST_LIFE = 0.2, 1.5  # seconds from the first answer to the kill
START_TIMEOUT, DELIVERY_TIMEOUT = 60, 120  # seconds
LIMITS = dict.fromkeys(("MESSAGES_MINUTELY", "UPLOADS", "ACTIONS_MINUTELY"), "100000")


def figures(kills: int = KILLS, database_url: str = "") -> Iterator[str]:
    """Run the proof on SQLite, or in a new database of the PostgreSQL server of a URL."""
    folder, found = Path(tempfile.mkdtemp(prefix="linkmsg-crashes-")), Findings()
    with own_database(database_url) as address:
        settings = Settings(data_dir=folder, database_url=address, quota=1_000_000)
        app = create_app(settings, prepared=True)
        serving.prepare_instance(app)
        server = KilledServer(folder, address)
        senders = create_senders(app, server.port)
        try:
            crash(server, senders, kills, found)
            with app.app_context():
                check(app, server, senders, found)
                db.session.remove()
                db.engine.dispose()
        finally:
            server.kill()
        yield f"{kills} kills on {make_url(settings.database_address).get_backend_name()}"
    yield from found.lines
    if found.faults:
        yield from found.faults
        sys.exit(f"The proof failed. Its data folder is {folder}.")
    shutil.rmtree(folder)
    server.log.unlink()


@contextmanager
def own_database(server_url: str) -> Iterator[str]:
    """Yield the URL of a new PostgreSQL database, which is dropped at the end; "" for SQLite."""
    if not server_url:
        yield ""
        return
    name = f"linkmsg_crashes_{os.getpid()}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


class KilledServer:
    """A `linkmsg run` that is killed with its process group, and started again at once."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.port, self.log = free_port(), folder.with_suffix(".log")
        settings = LIMITS | {"DATA_DIR": str(folder), "PORT": str(self.port), "QUOTA": "1000000"}
        if database_url:
            settings["DATABASE_URL"] = database_url
        others = {key: value for key, value in os.environ.items() if "LINKMSG_" not in key}
        self.environment = others | {f"LINKMSG_{key}": value for key, value in settings.items()}
        self.refused, self.start_times = 0, list[float]()

    def start(self) -> None:
        """Start it until it answers; count how often it ends by itself before that."""
        began = time.monotonic()
        while not self._start_once():
            self.refused += 1
            if time.monotonic() - began > START_TIMEOUT:
                sys.exit(f"linkmsg run does not start. See {self.log}.")
            time.sleep(0.02)
        self.start_times.append(time.monotonic() - began)

    def _start_once(self) -> bool:
        command = [sys.executable, "-m", "linkmsg", "run"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                process_group=0,
            )
        while self.process.poll() is None:
            try:
                connection = HTTPConnection(HOST, self.port, timeout=START_TIMEOUT)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                connection.close()
            except (OSError, HTTPException):
                time.sleep(0.005)
            else:
                return True
        return False

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def doctor(self) -> tuple[int, str]:
        command = [sys.executable, "-m", "linkmsg", "doctor"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.strip()

    def logged(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()


def create_senders(app: Flask, port: int) -> list[Sender]:
    """Create members in pairs; the two of a pair write to each other in one conversation."""
    senders = []
    with app.app_context():
        ids = [
            accounts.add_member(f"member-{n}@example.com", f"Member {n}", PASSWORD, False).id
            for n in range(1, SENDERS + 1)
        ]
        with db.engine.begin() as database:
            insert_rows(database, MemberSession, (session_row(id) for id in ids))
        for pair in zip(ids[::2], ids[1::2], strict=True):
            one, other = (db.session.get_one(accounts.Member, id) for id in pair)
            connections.connect(one, other)
            first = messages.start(one, other, "Hello", f"hello-{one.id:012}").message
            senders += [(id, first.conversation_id) for id in pair]
        db.session.remove()
        db.engine.dispose()
    with_files = {id for id, _ in senders[:: SENDERS // FILE_SENDERS]}
    return [
        Sender(port, id, conversation_id, sign_in_directly(app, id), has_files=id in with_files)
        for id, conversation_id in senders
    ]


def crash(server: KilledServer, senders: Sequence[Sender], kills: int, found: Findings) -> None:
    """Let the senders send, kill the server at random moments, and restart it a last time."""
    over, chance = Event(), random.Random()
    threads = [Thread(target=each.run, args=[over], daemon=True) for each in senders]
    server.start()
    for each in threads:
        each.start()
    for _ in range(kills):
        time.sleep(chance.uniform(SHORTEST_LIFE, LONGEST_LIFE))
        server.kill()
        server.start()
    over.set()
    until = time.monotonic() + DELIVERY_TIMEOUT
    for each in threads:
        each.join(max(0.0, until - time.monotonic()))
    found.expect(not any(each.is_alive() for each in threads), "senders still wait for an answer")


def check(app: Flask, server: KilledServer, senders: Sequence[Sender], found: Findings) -> None:
    slowest = max(server.start_times)
    found.lines.append(f"restarts refused: {server.refused}; the slowest took {slowest:.1f} s")
    found.expect(server.refused == 0, f"restarts refused: {server.refused}, see {server.log}")
    errors = sum((each.errors for each in senders), Counter[str]())
    refusals = [refusal for each in senders for refusal in each.refusals]
    reasons = ", ".join(f"{name} {number:,}" for name, number in errors.most_common())
    found.lines.append(f"retries by reason: {reasons}")
    found.expect(not refusals, f"{len(refusals)} refusals: {refusals[:3]}")
    check_messages(senders, found)
    check_files(senders, found)
    check_search(senders, app.extensions["linkmsg.search"], found)
    found.expect((said := server.doctor()) == (0, "No files are missing."), f"doctor: {said}")
    found.lines.append(f"doctor: {said[1]}")
    stop(server.process)
    check_sweep(Path(app.extensions["linkmsg"].data_dir), found)
    found.expect((said := server.doctor())[0] == 0, f"doctor after the sweep: {said}")
    lines = server.logged()
    found.lines.append(f"lines in the server's log: {len(lines)}")
