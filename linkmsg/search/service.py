"""Finding: what a member asks, among her own messages, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from flask import current_app
from markupsafe import Markup, escape
from sqlalchemy import Row
from sqlalchemy.orm.attributes import set_committed_value

from linkmsg import clock
from linkmsg.models import Attachment, Member, Message
from linkmsg.search import suggestions, visibility
from linkmsg.search.analysis.tokenizer import Words, words_in
from linkmsg.search.clause_builder import Scope
from linkmsg.search.expansion import is_short
from linkmsg.search.feed import change_feed
from linkmsg.search.highlight.matches import Marks, Span
from linkmsg.search.highlight.snippet import marked, snippet
from linkmsg.search.index import reading
from linkmsg.search.index.fields import FILE, within
from linkmsg.search.index.reading import Found, Question
from linkmsg.search.index.search_index import NOTHING, SearchIndex, State
from linkmsg.search.index.terms import Damaged
from linkmsg.search.index.view import Budget, View
from linkmsg.search.query_builder import named, question
from linkmsg.search.query_parser import Asked, parse

LATE = "That would have taken long, so this is only a part of what there is."
UNREAD = "The latest messages are still being read, so this is only a part of what there is."
# Seconds that the snippets of a page may take.
SNIPPETS = 0.1
# It is asked again so often where the index finds what is not hers any more.
ROUNDS = 2


@dataclass(frozen=True)
class Hit:
    """A message that was found, with whom it was exchanged, and why it was found.

    `files` are those whose names match, marked as the snippet is, or that were asked for by kind.
    """

    message: Message
    conversation_id: int
    other: Member
    snippet: Markup
    files: list[tuple[Attachment, Markup]]


@dataclass(frozen=True)
class Results:
    """A page of what was found.

    `more` is the cursor of the next page; `total` how many there are, or at least so many where
    it is not `exact`; `progress` how far an index has come that is being built, from 0 to 1.
    `is_short` is whether nothing was found for want of more letters.
    """

    hits: list[Hit] = field(default_factory=list)
    more: str = ""
    total: int = 0
    exact: bool = True
    asked: Asked = field(default_factory=Asked)
    suggestion: str = ""
    progress: float | None = None
    is_short: bool = False


def understood(member: Member, text: str, *, begun: bool = False) -> Asked:
    """How a text is understood for a member, today where she is.

    Its last word may be the beginning of a name where that is `begun`.
    """
    today = clock.now().astimezone(ZoneInfo(member.zone)).date()
    return named(member, parse(text, today=today), begun=begun)


def find(
    member: Member,
    text: str,
    *,
    best: bool = False,
    inside: int | None = None,
    after: str = "",
    size: int = 20,
) -> Results:
    """What a member finds of her own messages, the newest first or the best.

    Where nothing is found the last word may be the beginning of a name: `from:bo lind`.
    `inside` is a conversation's id, `after` the cursor of the last page: '' for the first, and
    so for any that is none. Never raises for any text.
    """
    page = _Page(after, size, best)
    asked = understood(member, text)
    found = _Finding(member, text, asked, inside).results(page)
    if found.total or not any(each.behind for each in asked.filters):
        return found
    longer = understood(member, text, begun=True)
    return found if longer == asked else _Finding(member, text, longer, inside).results(page)


def spans_in(member: Member, text: str, body: str) -> list[Span]:
    """From where to where in a message something stands that a search for a text asks for."""
    words = words_in(cast(SearchIndex, current_app.extensions["linkmsg.search"]).language)
    return Marks.of(understood(member, text), words).spans(body, words)


class _Page(NamedTuple):
    """Which part of what is found: behind a cursor, so many, and in which order."""

    after: str
    size: int
    best: bool


class _Finding:
    """One search."""

    def __init__(self, member: Member, text: str, asked: Asked, inside: int | None) -> None:
        self.member, self.text, self.asked, self.inside = member, text, asked, inside
        self.index = cast(SearchIndex, current_app.extensions["linkmsg.search"])
        self.words: Words = words_in(self.index.language)
        self.scope = Scope(member.id, self.words)

    def results(self, page: _Page) -> Results:
        """What is answered, whatever the index is like."""
        state = self.index.state()
        try:
            return self._of(state, page)
        except Damaged:
            self.index.give_up(state)
        except OSError as fault:
            current_app.logger.error("the index of search can't be read: %s", fault.strerror)
        return self._of(NOTHING, page)

    def _of(self, state: State, page: _Page) -> Results:
        """All that is answered out of one state of the index, and what that does not know."""
        self.state, self.last = state, change_feed.upper()
        self.pending = self.index.drafts.of(self.member, state.mark, self.last, self.words)
        asked = replace(self.asked, notes=list(self.asked.notes))
        wanted = question(self.member, asked, self.scope, self.inside)
        if wanted is None:
            return Results(asked=asked, progress=self._progress())
        views, found = self._found(wanted, page)
        hits, progress = self._hits(found.ids), self._progress()
        if found.late:
            asked.notes.append(LATE)
        if not self.pending.whole and progress is None:
            asked.notes.append(UNREAD)
        none = not found.total and not found.late and self.pending.whole
        suggestion = self._suggestion(asked, views) if none else ""
        exact = found.exact and self.pending.whole
        bare = not (hits or asked.filters)
        short = bare and any(is_short(each, self.words) for each in asked.words)
        return Results(hits, found.more, found.total, exact, asked, suggestion, progress, short)

    def _views(self) -> list[View]:
        """The segments of the index, and the messages that it does not know yet as one more."""
        return [self.pending.view(), *self.state.views(self.pending.ids)]

    def _found(self, wanted: Question, page: _Page) -> tuple[list[View], Found]:
        """A page and a number, of such messages alone as the database says are hers."""
        views = self._views()
        found, gone = self._once(wanted, views, page)
        for _ in range(ROUNDS):
            if not gone:
                return views, found
            if not wanted.within:
                facts = (within(each) for each in visibility.conversations(self.member))
                wanted.within.append(replace(self.scope.facts(*facts), cost=4))
            views = [each._replace(elsewhere=each.elsewhere | gone) for each in views]
            found, gone = self._once(wanted, views, page)
        return views, found.without(gone) if gone else found

    def _once(self, wanted: Question, views: Sequence[View], page: _Page) -> tuple[Found, set[int]]:
        """What the index finds, and what of it is not hers any more."""
        order = reading.best if page.best else reading.newest
        found = order(wanted, views, page.after, page.size, Budget())
        asked = {*found.ids, *found.counted}
        return found, asked - visibility.confirmed(self.member, asked)

    def _suggestion(self, asked: Asked, views: Sequence[View]) -> str:
        words = suggestions.Spelling(self.scope, views, self._is_hers, self._spelt)
        return words.suggestion(self.text, asked)

    def _spelt(self, text: str, surface: str) -> str:
        """How a word is written in the newest that a text finds; '' where it finds nothing."""
        wanted = question(self.member, understood(self.member, text), self.scope, self.inside)
        ids = self._found(wanted, _Page("", 1, best=False))[1].ids if wanted else []
        for message, _ in visibility.messages(self.member, ids):
            said = message.body
            words = (word for word in self.words.of(said) if word.surface == surface)
            written = next((said[word.start : word.end] for word in words), surface)
            return surface if written.lower() == surface else written
        return ""

    def _is_hers(self, ids: Sequence[int]) -> bool:
        return bool(visibility.confirmed(self.member, ids))

    def _progress(self) -> float | None:
        mark, goal = self.state.mark, self.state.goal
        if self.last - mark <= change_feed.HERS or (goal and mark >= goal):
            return None
        return mark / (goal or self.last)

    def _hits(self, ids: list[int]) -> list[Hit]:
        """The messages, each only if she takes part where it was said."""
        found = {row[0].id: row for row in visibility.messages(self.member, ids)}
        Attachment.load_for(row[0] for row in found.values())
        marks, budget = Marks.of(self.asked, self.words), Budget(SNIPPETS)
        return [self._hit(found[each], marks, budget) for each in ids if each in found]

    def _hit(self, found: Row[Message, Member], marks: Marks, budget: Budget) -> Hit:
        message, other = found
        author = self.member if message.author_id == self.member.id else other
        set_committed_value(message, "author", author)
        marks = Marks() if budget.is_over() else marks
        text = snippet(message.body, marks, self.words)
        return Hit(message, message.conversation_id, other, text, self._files(message, marks))

    def _files(self, message: Message, marks: Marks) -> list[tuple[Attachment, Markup]]:
        """Those whose names match; where none does, those of the kinds that are asked for."""
        named = [(each, marked(each.name, marks, self.words)) for each in message.attachments]
        kinds = {
            each.value for each in self.asked.filters if each.name == "has" and not each.negated
        }
        wanted = [each for each in message.attachments if kinds & {FILE, each.kind}]
        matching = [(each, name) for each, name in named if name is not None]
        return matching or [(each, escape(each.name)) for each in wanted]
