"""Pages of what was found."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit


def places(page):
    """Where the hits lead."""
    return re.findall(r'href="(/messaging/\d+\?at=\d+)(?:&amp;q=[^"]*)?"', page)


# As htmx asks for a page that it selects from, while one types in the field.
TYPING = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Source": "input#q"}


def typed(person, way):
    """What is answered while somebody types."""
    return person.client.get(way, headers=TYPING)


def chips(page):
    """The ways to narrower and wider searches: what is searched for there, by their words."""
    found = re.findall(r'<a class="pill[^"]*" href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {
        " ".join(re.sub("<[^>]*>", " ", words).split()): parse_qs(
            urlsplit(unescape(address)).query
        ).get("q", [""])[0]
        for address, words in found
    }
