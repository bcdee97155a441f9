"""The fields of the index, and the keys under which it stores what can be searched for.

A key consists of a letter for the field, a member's id and a word: that of *hello* for member 7 is
`t7␟hello`. A message is indexed once for each participant of its conversation, and a search looks
up keys with the searching member's id only. No query can look up others: its words come from the
tokenizer, which never yields the separator.
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
    """A message to index. `scopes` are the ids of the members who may find it.

    `change` is the number of its last change, `at` its time in Unix seconds. `names` and `kinds`
    are the names of its files and their kinds.
    """

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
        """Return what filters look for: its conversation, its author, and what it contains."""
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
    """Return the keyword that all messages of a conversation have, such as "in:7"."""
    return f"in:{conversation_id}"


def author_keyword(member_id: int) -> str:
    """Return the keyword that all messages of an author have, such as "by:7"."""
    return f"by:{member_id}"


def kind_keyword(kind: str) -> str:
    """Return the keyword of messages with a kind of file, or with a link, such as "has:link"."""
    return f"has:{kind}"


def key_prefix(field: str, member_id: int) -> bytes:
    """Return what all keys of a field begin with that belong to one member, such as `t7␟`."""
    return f"{field}{member_id}{SEPARATOR}".encode()


def key_of(message_id: int) -> bytes:
    """Return the key of a message id, with which the writer finds a message that has changed."""
    return f"{MESSAGE}{message_id}".encode()


def parted(key: bytes) -> tuple[bytes, bytes]:
    """Return a key in two parts: field and member id, and the word.

    The key of a message id has no member, so its first part is the field only.
    """
    if key.startswith(MESSAGE.encode()):
        return key[:1], key[1:]
    field, separator, rest = key.partition(SEPARATOR.encode())
    return field + separator, rest
