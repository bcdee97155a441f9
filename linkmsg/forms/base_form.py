"""What all forms have in common: the first error gets the focus, and hidden fields no id."""

from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form that may share its page with another one."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Renders the fields."""

        form: "BaseForm"

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """Return the HTML of a field.

            Two elements with `autofocus`, or two CSRF tokens with the same id, are invalid HTML.
            """
            if getattr(field.widget, "input_type", "") == "hidden":
                render_kw = {"id": False, **render_kw}
            if field is next((each for each in self.form if each.errors), None):
                render_kw = {"autofocus": True, **render_kw}
            html: Markup = super().render_field(field, render_kw)
            return html

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meta.form = self
