"""The fields of the index, and the keys of its terms.

Each term is scoped by a member: the key of *hello* for member 7 is `t7␟hello`. A message is
indexed once for each participant of its conversation, and a member's search looks up keys of
their own scope only. No query can reach another scope: its terms come from the tokenizer, which
never yields the separator.
"""

import re
from typing import NamedTuple

# The fields, by the first letter of their keys: stems with positions, words as written, facts
# for filters, and the message id, which has no scope.
TEXT, SURFACE, KEYWORD, MESSAGE = "t", "w", "o", "m"
SEPARATOR = "\x1f"
# The gap in positions before each file name: no phrase may match across it.
GAP = 100
# The maximum number of indexed words per message.
MOST_WORDS = 20_000
LINK = re.compile(r"(?:https?://|\bwww\.)\w", re.IGNORECASE)
ANY_MESSAGE, FILE, LINKS = "all", "file", "link"


class IndexEntry(NamedTuple):
    """A message to index: `at` is in Unix seconds; `names` and `kinds` are of its files."""

    id: int
    change: int
    conversation_id: int
    scopes: list[int]
    author_id: int
    at: int
    text: str
    names: list[str]
    kinds: list[str]

    def keywords(self) -> list[str]:
        """Return the facts that filters can match."""
        found = [
            ANY_MESSAGE,
            conversation_keyword(self.conversation_id),
            author_keyword(self.author_id),
        ]
        found += [kind_keyword(kind) for kind in dict.fromkeys(self.kinds)]
        if self.names:
            found.append(kind_keyword(FILE))
        if LINK.search(self.text):
            found.append(kind_keyword(LINKS))
        return found


def conversation_keyword(conversation_id: int) -> str:
    """Return the fact of belonging to a conversation."""
    return f"in:{conversation_id}"


def author_keyword(member_id: int) -> str:
    """Return the fact of having a member as the author."""
    return f"by:{member_id}"


def kind_keyword(kind: str) -> str:
    """Return the fact of having an attachment or link of a kind."""
    return f"has:{kind}"


def key_prefix(field: str, member_id: int) -> bytes:
    """Return the prefix of all keys of a field in a member's scope."""
    return f"{field}{member_id}{SEPARATOR}".encode()


def key_of(message_id: int) -> bytes:
    """Return the key of a message id, to find its document when the message changes."""
    return f"{MESSAGE}{message_id}".encode()


def parted(key: bytes) -> tuple[bytes, bytes]:
    """Split a key into its prefix and the term. The prefix of a message id is its field only."""
    if key.startswith(MESSAGE.encode()):
        return key[:1], key[1:]
    field, separator, rest = key.partition(SEPARATOR.encode())
    return field + separator, rest
