"""Faults in the HTML of a page that browsers mend in silence, each in its own way."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser


def _names(text: str) -> set[str]:
    return set(text.split())


VOID = _names("area base br col embed hr img input link meta source wbr")
# What may contain no block, that is phrasing content only (HTML, 4.3 to 4.15).
PHRASING_ONLY = _names("b bdi button em h1 h2 h3 h4 kbd label mark p small span strong time")
BLOCKS = _names(
    "address article aside blockquote details dialog div dl fieldset figure footer form "
    "h1 h2 h3 h4 header hr main nav ol p pre section table ul"
)
INTERACTIVE = _names("a audio button details iframe label select textarea video")
PARENTS = {
    "li": {"ul", "ol", "template"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "legend": {"fieldset"},
    "summary": {"details"},
    "figcaption": {"figure"},
}
CHILDREN = {"ul": {"li", "template"}, "ol": {"li", "template"}, "dl": {"dt", "dd", "div"}}


@dataclass
class PageContents:
    """What is seen of a page while it is read."""

    open: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    headings: list[int] = field(default_factory=list)
    focused: list[str] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def markup_faults(html: str, *, fragment: bool = False) -> list[str]:
    """Return what is wrong with the nesting, ids, headings and focus of a page.

    A fragment needs no heading, and may name elements of the page that it goes into.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.page
    faults = [*page.faults, *(f"<{tag}> is never closed" for tag in page.open)]
    faults += [
        f"{count} elements have the id {id_}" for id_, count in page.ids.items() if count > 1
    ]
    if len(page.focused) > 1:
        faults.append(f"{len(page.focused)} elements have autofocus: {page.focused}")
    if fragment:
        return faults
    faults += [f"no element has the id {id_}" for id_ in sorted(page.references - page.ids.keys())]
    return faults + _heading_faults(page.headings)


def _heading_faults(levels: list[int]) -> list[str]:
    """Return whether a page has one h1, as its first heading, and skips no level."""
    faults = [] if levels.count(1) == 1 else [f"there are {levels.count(1)} h1"]
    if levels and levels[0] != 1:
        faults.append(f"the first heading is an h{levels[0]}")
    steps = itertools.pairwise(levels)
    return faults + [
        f"an h{below} follows an h{above}" for above, below in steps if below > above + 1
    ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = PageContents()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page = self.page
        if "svg" not in page.open:
            page.faults += _nesting_faults(tag, page.open)
        names = [name for name, _ in attrs]
        page.faults += [f"<{tag}> has {name} twice" for name in names if names.count(name) > 1]
        if "template" not in page.open:
            self._note(tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            page.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        page = self.page
        while tag != "option" and page.open[-1:] == ["option"]:
            page.open.pop()  # its end tag is optional
        if not page.open or page.open.pop() != tag:
            page.faults.append(f"</{tag}> closes another element")
            page.open = page.open[: page.open.index(tag)] if tag in page.open else page.open

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        """Note what must be unique, or in order, in the whole page."""
        page = self.page
        if "id" in attributes:
            page.ids[attributes["id"]] += 1
            if not attributes["id"] or " " in attributes["id"]:
                page.faults.append(f"<{tag}> has an invalid id")
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            page.headings.append(int(tag[1]))
        if "autofocus" in attributes:
            page.focused.append(tag)
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
            page.references |= set(attributes.get(name, "").split())


def _nesting_faults(tag: str, open_: list[str]) -> list[str]:
    """Return why an element may not be where it is."""
    parent = open_[-1] if open_ else ""
    faults = []
    # A link may contain what its parent may.
    around = next((each for each in reversed(open_) if each != "a"), "")
    if tag in BLOCKS and around in PHRASING_ONLY:
        faults.append(f"<{tag}> is inside <{around}>")
    if tag in PARENTS and parent and parent not in PARENTS[tag]:
        faults.append(f"<{tag}> is inside <{parent}>")
    if parent in CHILDREN and tag not in CHILDREN[parent]:
        faults.append(f"<{tag}> is directly inside <{parent}>")
    outer = INTERACTIVE & set(open_) - {"details"}
    if tag in INTERACTIVE and outer and "template" not in open_:
        faults.append(f"<{tag}> is inside <{min(outer)}>")
    return faults
