"""The server: prepares the data folder and the database, and receives and answers requests."""

from linkmsg.serving.server import main, serve
from linkmsg.serving.startup import (
    PreparationMiddleware,
    StartupError,
    prepare_instance,
    settings_of,
    update_setup_token,
)

__all__ = [
    "PreparationMiddleware",
    "StartupError",
    "main",
    "prepare_instance",
    "serve",
    "settings_of",
    "update_setup_token",
]
