"""The instance: its name, and who may sign up."""

from sqlalchemy.exc import IntegrityError

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import Instance


def change(name: str, registration: str = "") -> None:
    """Rename the instance, and unless it is empty set `registration`: open, invite or closed.

    An instance whose first account was made on the command line gets its row now.
    """
    while True:
        try:
            with writing():
                instance = db.session.get(Instance, 1, with_for_update=True)
                if instance is None:
                    instance = Instance(id=1, set_up_at=clock.now())
                    db.session.add(instance)
                instance.name = name
                instance.registration = registration or instance.registration or "invite"
        except IntegrityError:
            continue  # another admin named it at this moment
        return
