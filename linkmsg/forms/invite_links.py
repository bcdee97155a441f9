"""The form in which an admin creates an invite link, which lets people sign up."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from linkmsg.config import settings
from linkmsg.forms.choices import choices


class InviteLinkForm(FlaskForm):  # type: ignore[misc]
    """The form that creates an invite link.

    Whether the link connects people with its creator at once has a field for each kind of link,
    because each kind has another default: a link for one person goes to somebody they know.
    """

    uses = RadioField(
        "Who can use it", choices=choices({"one": "One person", "many": "Many people"})
    )
    connect_one = BooleanField("Connect us as soon as they join")
    connect_many = BooleanField("Connect me with everyone who joins")
    days = SelectField("Expires after", choices=[])

    @classmethod
    def new(cls) -> "InviteLinkForm":
        """Return the form as it was sent or, if it was not, with the usual choices."""
        life = settings.invite_link_life
        form = cls(uses="one", connect_one=True, connect_many=False, days=str(life))
        form.days.choices = link_lifetimes(life)
        return form

    @property
    def max_uses(self) -> int | None:
        """Return how many people can sign up with the link; None for any number."""
        return 1 if self.uses.data == "one" else None

    @property
    def connects(self) -> bool:
        """Return whether the link connects those who sign up by it with its creator at once."""
        return bool((self.connect_one if self.uses.data == "one" else self.connect_many).data)


def link_lifetimes(default: int) -> list[SelectChoice]:
    """Return the choices 1, 7, 30 and `default` days, sorted, for how long an invite link works."""
    days = sorted({1, 7, 30, default})
    return choices({str(day): f"{day} day{'' if day == 1 else 's'}" for day in days})
