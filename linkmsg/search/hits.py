"""Loads the messages on a page of search results, each with a snippet that shows the match."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy import Row
from sqlalchemy.orm.attributes import set_committed_value

from linkmsg.models import Attachment, Member, Message
from linkmsg.models.code_parts import without_ticks
from linkmsg.search import visibility
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import highlight_text, snippet
from linkmsg.search.index import FILE, Budget
from linkmsg.search.query_parser import ParsedQuery

# Seconds that the highlights of a page may take; after that snippets are the texts' beginnings.
SNIPPET_SECONDS = 0.1


@dataclass(frozen=True)
class Hit:
    """A message that was found, the other member of its conversation (`peer`), and why it matches.

    `snippet` is a part of the text with its matches highlighted. `attachments` are files whose
    names match, each with its highlighted name; if no name matches, the files of a kind that
    was searched for (`has:pdf`).
    """

    message: Message
    conversation_id: int
    peer: Member
    snippet: Markup
    attachments: list[tuple[Attachment, Markup]]


def load_hits(
    member: Member, ids: Sequence[int], query: ParsedQuery, tokenizer: Tokenizer
) -> list[Hit]:
    """Load the messages with these ids, in this order, with their snippets.

    Messages that the member may not see, or that are gone, are left out.
    """
    rows = {row[0].id: row for row in visibility.load_messages(member, ids)}
    Attachment.load_for(row[0] for row in rows.values())
    highlighter = _Highlighter(member, query, tokenizer)
    return [highlighter.hit(rows[each]) for each in ids if each in rows]


class _Highlighter:
    """Makes the hits of one page. After `SNIPPET_SECONDS` the rest are not highlighted."""

    def __init__(self, member: Member, query: ParsedQuery, tokenizer: Tokenizer) -> None:
        self.member, self.query, self.tokenizer = member, query, tokenizer
        self.matcher, self.budget = Matcher.for_query(query, tokenizer), Budget(SNIPPET_SECONDS)

    def hit(self, row: Row[Message, Member]) -> Hit:
        """Return the hit for a row of (message, other member of the conversation)."""
        message, peer = row
        author = self.member if message.author_id == self.member.id else peer
        set_committed_value(message, "author", author)
        matcher = Matcher() if self.budget.is_over() else self.matcher
        shown = snippet(without_ticks(message.body), matcher, self.tokenizer)
        attachments = self._attachments(message, matcher)
        return Hit(message, message.conversation_id, peer, shown, attachments)

    def _attachments(self, message: Message, matcher: Matcher) -> list[tuple[Attachment, Markup]]:
        """Return the attachments to show with a hit, each with its name as HTML.

        They are those whose names match; if none does, those of a kind that was searched for.
        """
        names = [
            (each, highlight_text(each.name, matcher, self.tokenizer))
            for each in message.attachments
        ]
        matching = [(each, name) for each, name in names if name is not None]
        kinds = {
            each.value for each in self.query.filters if each.name == "has" and not each.is_negated
        }
        of_kind = [each for each in message.attachments if kinds & {FILE, each.kind}]
        return matching or [(each, escape(each.name)) for each in of_kind]
