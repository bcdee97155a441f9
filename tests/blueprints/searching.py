"""Pages of what was found."""

import re


def places(page):
    """Where the hits lead."""
    return re.findall(r'href="(/messaging/\d+\?at=\d+)"', page)


# As htmx asks for a page that it selects from, while one types in the field.
TYPING = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Source": "input#q"}


def typed(person, way):
    """What is answered while somebody types."""
    return person.client.get(way, headers=TYPING)
