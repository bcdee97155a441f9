"""Routes: check permission, parse the input, run one action, render one template."""

from flask import Flask

from linkmsg.blueprints import (
    accounts,
    admin,
    app_icons,
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
    well_known,
)

BLUEPRINTS = (
    accounts.bp,
    admin.bp,
    app_icons.bp,
    files.bp,
    health.bp,
    live.bp,
    messaging.bp,
    network.bp,
    people.bp,
    photos.bp,
    search.bp,
    settings.bp,
    well_known.bp,
)


def init_app(app: Flask) -> None:
    """Register every blueprint with `app`."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    form_pages.init_app(app)
