"""Read the results and links in the HTML of search pages."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit


def hit_addresses(page):
    """Return the addresses of the found messages that a search page links to, without the query."""
    return re.findall(r'href="(/messaging/\d+\?at=\d+)(?:&amp;q=[^"]*)?"', page)


# The headers of htmx for a search while typing, which selects from a full page.
TYPING = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Source": "input#q"}


def search_while_typing(person, path):
    """Request a search page as htmx does while a person types a query."""
    return person.client.get(path, headers=TYPING)


def filter_links(page):
    """Return the search queries of the filter links of a page (such as "has:file"), by label."""
    links = r'<a class="(?:pill|option)[^"]*"[^>]*?\s+href="([^"]+)"[^>]*>(.*?)</a>'
    found = re.findall(links, page, re.DOTALL)
    return {
        " ".join(re.sub("<[^>]*>", " ", label).split()): parse_qs(
            urlsplit(unescape(address)).query
        ).get("q", [""])[0]
        for address, label in found
    }
