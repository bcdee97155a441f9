"""The fields of a message, and the keys under which its terms are stored in the index.

Every key is scoped to one member: the key of *hello* for member 7 is `t7␟hello`. A message is
stored under the keys of each participant of its conversation, and a member's search asks for
keys of that member only. No query can form a key of somebody else, since the tokenizer never
yields the separator.
"""

import re
from typing import NamedTuple

# The first letter of the keys of each field: stems with their positions, folded words, keywords
# such as the author, and the id of the message, which has no scope.
TEXT, SURFACE, KEYWORD, MESSAGE = "t", "w", "o", "m"
SEPARATOR = "\x1f"
# Positions between the text and the name of each attachment, so that no phrase spans two.
GAP = 100
# The most words of a message that are indexed.
MOST_WORDS = 20_000
LINK = re.compile(r"(?:https?://|\bwww\.)\w", re.IGNORECASE)
ANY_MESSAGE, FILE, LINKS = "all", "file", "link"


class IndexEntry(NamedTuple):
    """A message to index: sent `at` a Unix time, with names and kinds of its attachments.

    `scopes` are the ids of the members who find it.
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
        """Return its keywords."""
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
    """Return the keyword of the messages of a conversation."""
    return f"in:{conversation_id}"


def author_keyword(member_id: int) -> str:
    """Return the keyword of the messages of an author."""
    return f"by:{member_id}"


def kind_keyword(kind: str) -> str:
    """Return the keyword of messages with attachments of a kind, or with links."""
    return f"has:{kind}"


def key_prefix(field: str, member_id: int) -> bytes:
    """Return the beginning of all keys of a field for one member."""
    return f"{field}{member_id}{SEPARATOR}".encode()


def key_of(message_id: int) -> bytes:
    """Return the key of a message, by which it is found when it changes."""
    return f"{MESSAGE}{message_id}".encode()


def parted(key: bytes) -> tuple[bytes, bytes]:
    """Split a key into its field with scope and its term; a message id has no scope."""
    if key.startswith(MESSAGE.encode()):
        return key[:1], key[1:]
    field, separator, rest = key.partition(SEPARATOR.encode())
    return field + separator, rest
