"""Routes: check permission, parse the input, run one action, render one template."""

from flask import Flask

from linkmsg.blueprints import (
    accounts,
    admin,
    files,
    form_pages,
    health,
    live,
    messaging,
    network,
    people,
    photos,
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
    messaging.bp,
    network.bp,
    people.bp,
    photos.bp,
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
