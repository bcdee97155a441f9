"""Attack a server in many ways, while a member asks for the inbox; nothing is asserted.

The attackers run in a process of low priority, because they share a core with that member. Each
attack comes from an address of its own, and from members of its own.
"""

import multiprocessing
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import insert, update

from bench.attackers import Target, yield_to_others
from bench.attacks import SESSIONS, Attack, attacks
from bench.inbox_reader import InboxReader, InboxTimes, reading_inbox
from bench.instances import BenchInstance, filled_instance
from bench.load_generator import sign_in_directly
from bench.rows import RowWriter
from bench.sends import CLIENT_CORE, SERVER_CORE, pinned_to
from bench.server_process import RunningServer, serving, taskset
from linkmsg.models import InviteLink, Message
from linkmsg.web.invite_links import invite_url

# Aims: the p95 of the inbox compared with the quiet server, and memory in MB.
MOST_TIMES, MOST_MEMORY = 3.0, 400
WARM_UP, QUIET, PAUSE = 3.0, 6.0, 2.0  # seconds without attacks
LOG = "bench-log"
PEERS, PAGE, COSTLY = 50, 60, "www.http://com/com "
FIRST_ATTACKER = PEERS + 2  # after member 1, whose inbox it is, and their peers
ATTACKERS = FIRST_ATTACKER + SESSIONS
SETTINGS = {"MESSAGES_MINUTELY": "60"}  # the default


def figures() -> Iterator[str]:
    context = multiprocessing.get_context("spawn")
    with (
        filled_instance(add_rows) as instance,
        serving(instance.folder, SERVER_CORE, SETTINGS, instance.folder / LOG) as served,
        pinned_to(CLIENT_CORE),
        ProcessPoolExecutor(1, context, initializer=yield_to_others) as crowd,
        reading_inbox(served.port, sign_in_directly(instance.app, 1)[0]) as reader,
    ):
        measure_quiet(reader, WARM_UP)
        quiet, missed = measure_quiet(reader, QUIET), []
        yield f"quiet: {quiet}; memory {memory_with_children(served):.0f} MB"
        target = all_known(instance, served.port)
        for number, attack in enumerate(attacks()):
            quiet.add(measure_quiet(reader, PAUSE))
            with watching_memory(served) as peak:
                reader.start()
                outcome = crowd.submit(run_attack, number, target).result()
                times = reader.stop()
            faults = missed_aims(times, quiet, peak[0])
            missed += [f"{attack.name} ({each})" for each in faults]
            yield describe(attack, times, quiet, peak[0], outcome, faults)
        yield f"quiet at the end: {measure_quiet(reader, QUIET)}; all quiet times: {quiet}"
        yield f"errors in the server's log: {(instance.folder / LOG).read_text().count('[ERROR]')}"
    yield f"AIMS MISSED: {'; '.join(missed)}" if missed else "all aims held"
    where = f"core {SERVER_CORE}" if taskset(SERVER_CORE) else "all cores (taskset is missing)"
    yield f"server and its children on {where}, clients elsewhere; load {os.getloadavg()[0]:.1f}"


def add_rows(rows: RowWriter) -> list[int]:
    """Insert a member with an inbox, and attackers with conversations that are costly to show."""
    rows.members(ATTACKERS)
    rows.sessions(ATTACKERS - 1)
    rows.conversations(1, dict.fromkeys(range(2, PEERS + 2), 3))
    others = range(FIRST_ATTACKER + 1, FIRST_ATTACKER + 11)
    ids = rows.conversations(FIRST_ATTACKER, dict.fromkeys(others, PAGE))
    length = 8000 // len(COSTLY) - 1
    rows.database.execute(
        update(Message)
        .where(Message.conversation_id.in_(ids))
        .values(body=COSTLY * length + Message.nonce)  # no two are the same
    )
    now = datetime.now(UTC)
    dates = {"created_at": now, "expires_at": now + timedelta(days=1)}
    rows.database.execute(insert(InviteLink).values(id=1, creator_id=1, uses=0, **dates))
    return ids


def all_known(instance: BenchInstance, port: int) -> Target:
    """Return what the attackers know, all of them together."""
    members = [sign_in_directly(instance.app, FIRST_ATTACKER + each) for each in range(SESSIONS)]
    ended = sign_in_directly(instance.app, ATTACKERS)[0]  # has no session
    with instance.app.test_request_context():
        invite = invite_url(InviteLink(id=1)).rpartition("=")[2]
    return Target(port, "", members, ended, instance.conversation_ids, invite, 0)


def run_attack(number: int, target: Target) -> str:
    """Run an attack, from an address of its own; return what the server did."""
    attack = list(attacks())[number]
    own = {"address": f"127.0.1.{number + 1}", "seconds": attack.seconds}
    return attack.run(Target(**{**vars(target), **own}))


def measure_quiet(reader: InboxReader, seconds: float) -> InboxTimes:
    reader.start()
    time.sleep(seconds)
    return reader.stop()


def describe(
    attack: Attack,
    times: InboxTimes,
    quiet: InboxTimes,
    peak: float,
    outcome: str,
    faults: list[str],
) -> str:
    quiet_p50, quiet_p95 = quiet.milliseconds[:2]
    health = "answered" if all(times.health) else f"FAILED {times.health.count(False)} times"
    return (
        f"{attack.name}: {times} (quiet {quiet_p50}, {quiet_p95}; p95 "
        f"{times.p95 / quiet.p95:.1f} times); /healthz {health}; memory {peak:.0f} MB; {outcome}"
        + "".join(f"; MISSED: {each}" for each in faults)
    )


def missed_aims(times: InboxTimes, quiet: InboxTimes, peak: float) -> list[str]:
    """Return which aims an attack has broken."""
    faults = {
        f"inbox p95 {times.p95 / quiet.p95:.1f} times": times.p95 > MOST_TIMES * quiet.p95,
        f"{times.failures} requests failed": bool(times.failures),
        "/healthz": not all(times.health),
        f"memory {peak:.0f} MB": peak > MOST_MEMORY,
    }
    return [fault for fault, is_missed in faults.items() if is_missed]


@contextmanager
def watching_memory(served: RunningServer) -> Iterator[list[float]]:
    """Yield a list whose item is the highest memory during the block, in MB."""
    peak, over = [memory_with_children(served)], Event()

    def watch() -> None:
        while not over.wait(0.1):
            peak[0] = max(peak[0], memory_with_children(served))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def memory_with_children(served: RunningServer) -> float:
    """Return the memory (RSS) of the process that answers requests and its children, in MB."""
    worker = served.worker
    return sum(map(resident, (worker, *children_of(worker.name)))) / 1000


def children_of(parent: str) -> Iterator[Path]:
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "stat").read_text().rpartition(")")[2].split()[1] == parent:
                yield each


def resident(process: Path) -> int:
    """Return the memory (RSS) of a process, in kB; 0 if it has ended."""
    with suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+) kB", (process / "status").read_text())
        return int(found[1]) * 1024 // 1000 if found else 0
    return 0
