"""Doors: access, parse, act, answer. No rules here."""

from flask import Flask

from linkmsg.blueprints import (
    access,
    accounts,
    admin,
    answers,
    compose,
    errors,
    files,
    filters,
    guard,
    health,
    invite,
    limits,
    live,
    messaging,
    network,
    numbers,
    people,
    photos,
    search,
    settings,
    statics,
)


def init_app(app: Flask) -> None:
    """Hang every door into `app`, and what serves them."""
    for servant in (numbers, access, guard, answers, errors, filters, limits, statics, live):
        servant.init_app(app)
    for door in (accounts, admin, health, live, messaging, network, people, search, settings):
        app.register_blueprint(door.door)
    for door in (files, photos):
        app.register_blueprint(door.door)


__all__ = ["compose", "init_app", "invite"]
