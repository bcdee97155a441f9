"""Long numbers that are written in groups, such as phone numbers and account numbers."""

from linkmsg.search.analysis.patterns import NUMBER_ROW
from linkmsg.search.analysis.token import Token

# Fewer digits are no number for a token of its own, and more characters are none either.
MIN_LENGTH, MAX_LENGTH = 7, 40


class NumberRow:
    """The groups of a long number such as `+49 (0)30 1234567`, while a text is read."""

    def __init__(self) -> None:
        self.tokens, self.end = list[Token](), 0

    def begin(self, text: str, token: Token) -> None:
        """Look whether a row begins with a token, unless one has begun before."""
        if token.start >= self.end and (token.surface[-1].isdigit()):
            match = NUMBER_ROW.match(text, token.start)
            self.end = match.end() if match else 0

    def add(self, token: Token) -> None:
        """Add a token if it is within the row."""
        if token.start < self.end:
            self.tokens.append(token)

    def surface(self, text: str) -> str:
        """Return all groups as one word without (0); '' if these are too few or too many digits."""
        first, *others = self.tokens
        used = [each.surface for each in others if text[each.start - 1 : each.end + 1] != "(0)"]
        whole = first.surface + "".join(used)
        return whole if used and MIN_LENGTH <= len(whole) <= MAX_LENGTH else ""
