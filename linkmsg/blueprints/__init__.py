"""Routes: check permission, parse the input, run one action, render one template."""

from flask import Flask

from linkmsg.blueprints import (
    accounts,
    admin,
    files,
    form_pages,
    health,
    live,
    members,
    messaging,
    network,
    password_reset,
    people,
    photos,
    place,
    search,
    settings,
    setup,
    well_known,
)

BLUEPRINTS = (
    accounts.bp,
    admin.bp,
    files.bp,
    health.bp,
    live.bp,
    members.bp,
    messaging.bp,
    network.bp,
    password_reset.bp,
    people.bp,
    photos.bp,
    place.bp,
    search.bp,
    settings.bp,
    setup.bp,
    well_known.bp,
)


def init_app(app: Flask) -> None:
    """Register every blueprint with `app`."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    form_pages.init_app(app)
