"""Errors that actions raise; the message of each is a sentence to show to the member."""

from datetime import datetime

from linkmsg.models.relationship import Relationship


class ActionRefused(Exception):
    """Raised if an action is refused, and the base of all errors here; nothing was written."""


class AlreadyTaken(ActionRefused):
    """Raised if another member has the same e-mail address or handle; `field` is the form field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class WritingNotAllowed(ActionRefused):
    """Raised if two members may not write to or invite each other; see `relationship.status`."""

    def __init__(self, relationship: Relationship) -> None:
        super().__init__(
            f"You and {relationship.other.first_name} are not connected. Nothing was sent."
        )
        self.relationship = relationship


class NonceReused(ActionRefused):
    """Raised if a form's nonce (random id) was sent before with other text, files or recipient."""

    def __init__(self) -> None:
        super().__init__("This page already sent another message. Send this one again.")


class LimitReached(ActionRefused):
    """Raised if a member has to wait before they invite again; `retry_at` is until when."""

    def __init__(self, sentence: str, retry_at: datetime) -> None:
        super().__init__(sentence)
        self.retry_at = retry_at


class AttachmentsRefused(ActionRefused):
    """Raised if the files of a message can't be sent: missing, too many or too large."""
