"""What a list shows when it is empty: a heading, a sentence, and links to what can be done."""

from dataclasses import dataclass

from flask import url_for

from linkmsg.search import Results
from linkmsg.web.search_request import SearchRequest

# Search operators with a value still to type: what the member is asked to choose.
CHOICES = {
    "from": "Who sent it?",
    "to": "Who received it?",
    "with": "Who is in the conversation?",
    "has": "Which kind of file?",
    "is": "Which messages?",
}


@dataclass(frozen=True)
class Link:
    """A link and its label."""

    label: str
    url: str


@dataclass(frozen=True)
class EmptyState:
    """What to show in place of an empty list; the links are in order of importance."""

    heading: str
    sentence: str
    links: tuple[Link, ...] = ()


def of_search(request: SearchRequest, results: Results, *, has_people: bool) -> EmptyState:
    """Return what to show for a search that found no messages.

    `has_people` tells that it found members, who are shown.
    """
    heading, sentence = _search_words(request, results, has_people)
    return EmptyState(heading, sentence, _search_links(request, results, has_people))


def _search_words(request: SearchRequest, results: Results, has_people: bool) -> tuple[str, str]:
    query = results.query
    place = "this conversation" if request.conversation_id else "your conversations"
    if operator := query.incomplete_operator:
        is_person = operator in {"from", "to", "with"}
        heading = CHOICES.get(operator, f"{operator.capitalize()} which day?")
        return heading, f"Choose {'someone' if is_person else 'one'} above, or keep typing."
    if query.is_empty:
        return "Enter a search term", "Type a word from a message, or its first letters."
    if results.is_short:
        return "Keep typing", f"No message in {place} has this word. Type at least three letters."
    heading = "No messages found" if has_people else "Nothing found"
    if not (has_people or results.is_exact):
        heading = "Search timed out"
    if query.words or query.phrases:
        return heading, (
            f"No message in {place} has all of these words. Try fewer or other words, "
            "or only the first letters of the last one."
        )
    return heading, f"No message in {place} matches. Remove a filter, or choose another one."


def _search_links(request: SearchRequest, results: Results, has_people: bool) -> tuple[Link, ...]:
    query = results.query
    links = []
    if request.conversation_id:
        everywhere = request.with_changes(wide=True, next="", shown=0)
        links.append(Link("Search everywhere", everywhere.address()))
    if query.filters and (query.words or query.phrases):
        unfiltered = request.address_with_text(request.text_without(query.filters, query))
        links.append(Link("Search without filters", unfiltered))
    if not (has_people or query.filters or query.incomplete_operator):
        links.append(Link("Find people", url_for("people.find", q=query.plain_text or None)))
    return tuple(links)
