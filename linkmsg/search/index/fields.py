"""What the index knows of a message, and under which terms it is kept there.

A term is kept for a scope, which is one member: the key of *hello* for member 7 is
`t7␟hello`. Each message is kept under its terms for everybody who takes part in its
conversation, and a member's search asks for keys of her own scope only. No query can name
another's, for no text of a query holds the separator: it is made of what `words` yields.
"""

import re
from typing import NamedTuple

# The fields, by the letter that their keys begin with: stems with their places, words as they
# were written, what else can be asked for, and the id of the message, which has no scope.
TEXT, SURFACE, KEYWORD, MESSAGE = "t", "w", "o", "m"
SEPARATOR = "\x1f"
# The names of files stand so far behind the text, and behind each other, that no phrase
# goes from one to the other.
GAP = 100
# Words of one message that are kept.
MOST_WORDS = 20_000
LINK = re.compile(r"(?:https?://|\bwww\.)\w", re.IGNORECASE)
ANY_MESSAGE, FILE, LINKS = "all", "file", "link"


class IndexEntry(NamedTuple):
    """A message as the index is told of it: `at` in seconds of Unix time, `kinds` of its files."""

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
        """What else can be asked of it."""
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
    """The fact of being said in a conversation."""
    return f"in:{conversation_id}"


def author_keyword(member_id: int) -> str:
    """The fact of being said by a member."""
    return f"by:{member_id}"


def kind_keyword(kind: str) -> str:
    """The fact of carrying something of a kind."""
    return f"has:{kind}"


def key_prefix(field: str, member_id: int) -> bytes:
    """What all keys of a field begin with that a member's search may ask for."""
    return f"{field}{member_id}{SEPARATOR}".encode()


def key_of(message_id: int) -> bytes:
    """The key of a message, by which its own place in the index is found when it changes."""
    return f"{MESSAGE}{message_id}".encode()


def parted(key: bytes) -> tuple[bytes, bytes]:
    """What a key begins with, and the rest. The id of a message has no scope, only its field."""
    if key.startswith(MESSAGE.encode()):
        return key[:1], key[1:]
    field, separator, rest = key.partition(SEPARATOR.encode())
    return field + separator, rest
