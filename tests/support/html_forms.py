"""Read the forms of a page as a browser would send them."""

from html.parser import HTMLParser


def form_to(page: str, path: str) -> dict[str, str]:
    """Return the fields and their values of the first form in a page that is sent to `path`."""
    found = [fields for action, fields in forms_of(page) if action == path]
    assert found, f"no form goes to {path}"
    return {name: value.replace("\n", "\r\n") for name, value in found[0].items()}


def forms_of(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return the address and the fields of each form in a page."""
    return _Forms(page).forms


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.area = ""
        self.feed(page.replace("\r\n", "\n"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((named.get("action", ""), {}))
        elif tag == "input" and named.get("name") and self.forms:
            self.forms[-1][1][named["name"]] = named.get("value", "")
        elif tag == "textarea" and named.get("name"):
            self.area = named["name"]
            self.forms[-1][1][self.area] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1][1][self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            fields = self.forms[-1][1]
            fields[self.area] = fields[self.area].removeprefix("\n")
            self.area = ""
