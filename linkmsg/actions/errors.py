"""Errors of actions; each carries a sentence for the member."""

from datetime import datetime

from linkmsg.models.relationship import Relationship


class ActionRefused(Exception):
    """An action that was refused; nothing was written. Its message is a sentence for the member."""


class AlreadyTaken(ActionRefused):
    """A value that belongs to another member; `field` is the name of the form field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class WritingNotAllowed(ActionRefused):
    """A message that the relationship of the two members does not allow."""

    def __init__(self, relationship: Relationship) -> None:
        super().__init__(
            f"You and {relationship.other.first_name} are not connected. Nothing was sent."
        )
        self.relationship = relationship


class NonceReused(ActionRefused):
    """A nonce that was already used for other content."""

    def __init__(self) -> None:
        super().__init__("This page had already sent another message. Send this one again.")


class LimitReached(ActionRefused):
    """A limit that was reached; `retry_at` is when the member may try again."""

    def __init__(self, sentence: str, retry_at: datetime) -> None:
        super().__init__(sentence)
        self.retry_at = retry_at


class AttachmentsRefused(ActionRefused):
    """Attachments that can't be sent: missing, too many or too large."""
