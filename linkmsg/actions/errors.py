"""Why an action did not happen: each fault carries a sentence for the member who asked."""

from datetime import datetime

from linkmsg.models.relationship import Relationship


class ActionRefused(Exception):
    """The action can't be done; `str()` of it is a sentence. Nothing was written."""


class AlreadyTaken(ActionRefused):
    """Somebody else has this already; `field` names the form's field that holds it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class WritingNotAllowed(ActionRefused):
    """How the two stand to each other allows no message ("Who may write to whom")."""

    def __init__(self, relation: Relationship) -> None:
        super().__init__(
            f"You and {relation.other.first_name} are not connected. Nothing was sent."
        )
        self.relation = relation


class NonceReused(ActionRefused):
    """The same act of sending came again with another text."""

    def __init__(self) -> None:
        super().__init__("This page had already sent another message. Send this one again.")


class LimitReached(ActionRefused):
    """A limit is reached; `again_at` says when there is room."""

    def __init__(self, sentence: str, again_at: datetime) -> None:
        super().__init__(sentence)
        self.again_at = again_at


class AttachmentsRefused(ActionRefused):
    """The files of a message can't be sent as they are."""
