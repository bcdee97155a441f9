"""Attacks that a server counts, and refuses with HTTP 429 from some number on."""

from collections.abc import Callable
from functools import partial

from bench.attackers import Caller, Outcomes, Target, evenly, told
from bench.instances import PARTIAL_HEADERS


def guess_passwords(target: Target) -> str:
    caller = Caller(target)
    form = {"csrf_token": caller.read_token("/sign-in"), "password": "not the right one"}

    def guess(number: int) -> str:
        return caller.post_form("/sign-in", form | {"email": f"member-{number}@example.com"})

    return spread(45, target.seconds, guess)


def sign_up(target: Target) -> str:
    return spread(24, target.seconds, partial(join, target))


def join(target: Target, number: int) -> str:
    newcomer = Caller(target)
    newcomer.call("GET", f"/sign-up?invite={target.invite}")
    form = {
        "csrf_token": newcomer.read_token("/sign-up"),
        "invite": target.invite,
        "name": f"Newcomer {number}",
        "email": f"newcomer-{number}@example.com",
        "password": "seven quiet lanterns",
        "timezone": "Europe/Lisbon",
    }
    status = newcomer.post_form("/sign-up", form)
    newcomer.connection.close()
    return status


def mark_unread(target: Target) -> str:
    caller = Caller(target, *target.members[0])
    path = f"/messaging/{target.conversation_ids[0]}/unread"

    def mark(_: int) -> str:
        caller.call("POST", path, b"", PARTIAL_HEADERS)
        return caller.status

    return spread(321, target.seconds, mark)


def spread(number: int, seconds: float, act: Callable[[int], str]) -> str:
    """Act a number of times, spread over some seconds; tell the outcomes and the first 429."""
    outcomes, first = Outcomes(), 0
    for each in evenly(number, seconds):
        status = act(each)
        outcomes[status] += 1
        first = first or (each if status == "429" else 0)
    return f"{told(outcomes)}; " + (f"429 from number {first} on" if first else "no 429")
