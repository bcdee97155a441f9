"""The choices of radio and select fields."""

from wtforms.fields.choices import SelectChoice


def choices(labels: dict[str, str]) -> list[SelectChoice]:
    """Return the choices of a radio or select field, from a dict of each value and its label."""
    return [SelectChoice(value, label) for value, label in labels.items()]
