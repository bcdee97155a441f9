"""Pages of what was found."""

import re


def places(page):
    """Where the hits lead."""
    return re.findall(r'href="(/messaging/\d+\?at=\d+)"', page)
