"""Finds the words of an ASCII text that may match a search, by their first letters.

This is several times as fast as splitting the text into words, and most texts are ASCII.
"""

import re
from collections.abc import Iterator

from linkmsg.search.analysis.patterns import ASCII_RUN, CONNECTORS
from linkmsg.search.analysis.tokenizer import Tokenizer

CONNECTOR = f"[{''.join(map(re.escape, sorted(CONNECTORS)))}]"
# What follows a word that may be part of a longer chain: `e-mail`, C#, +49 30, DE89 3704.
CONTINUATION = (
    rf"{CONNECTOR}|#|(?<=[0-9])[ ()/.-]{{1,3}}[0-9]"
    r"|(?<=[A-Za-z][0-9]{2})[ .-][A-Za-z0-9]{4}(?![A-Za-z0-9])"
)
# After a connector, and also in a number in groups.
CONNECTED = re.compile(f"(?<=[A-Za-z0-9]{CONNECTOR})")
JOINED = re.compile(
    rf"{CONNECTED.pattern}|(?<=[0-9][ ()/.-])|(?<=[0-9][ ()/.-]{{2}})|(?<=[0-9][ ()/.-]{{3}})"
)
REST = rf"[A-Za-z0-9]*((?={CONTINUATION}))?"
WORD = re.compile(f"[A-Za-z0-9]{REST}")


class AsciiWords:
    """Finds words that begin, or have a part that begins, like one of several words.

    A part is what is written like *Name* in `userName`.
    """

    def __init__(self, beginnings: set[str]) -> None:
        letters = "".join(sorted({each[0] for each in beginnings if each[:1].isascii() and each}))
        any_letter = re.escape(letters + letters.upper())
        inside = [f"[{re.escape(letters.upper())}](?<=[A-Za-z].)"]
        if digits := "".join(filter(str.isdigit, letters)):
            inside.append(f"[{digits}](?<=[vV].)")
        self._any_letter = letters
        self._words = re.compile(f"[{any_letter or '_'}](?<![A-Za-z0-9].){REST}")
        self._inside = re.compile("|".join(inside) if letters else "(?!)")

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the words, some of them twice; group 1 is set if more may belong to a word.

        Those with matching parts come last.
        """
        if not self._any_letter:
            return
        yield from self._words.finditer(text)
        end = 0
        for part in self._inside.finditer(text):
            start = part.start()
            if start < end:
                continue
            while start and text[start - 1].isalnum():
                start -= 1
            if word := WORD.match(text, start):
                end = word.end()
                yield word


def stems_of(word: re.Match[str], tokenizer: Tokenizer) -> set[str]:
    """Return the stems (base forms) of a word that was found, such as C++, and of its parts."""
    run = ASCII_RUN.match(word.string, word.start())
    written = run[0] if run else word[0]
    forms = tokenizer.normalize(written)
    if not forms.divisions:
        return {forms.stem}
    return {token.stem for token in tokenizer.tokenize_normalized(written)}
