"""Generate random English text, in which each word is as frequent as in real text (wordfreq)."""

from collections.abc import Iterable
from itertools import accumulate
from random import Random

from wordfreq import get_frequency_list

PUNCTUATION = (".", ".", ".", ".", "?", "!", ",", ",", " –", ":")
SITES = ("example.com", "intranet.example.org", "docs.example.net", "wiki.example.com")
FILE_KINDS = {  # weight, media type, extension
    "pdf": (30, "application/pdf", "pdf"),
    "image": (40, "image/jpeg", "jpg"),
    "file": (18, "application/vnd.ms-excel", "xls"),
    "audio": (7, "audio/mpeg", "mp3"),
    "video": (5, "video/mp4", "mp4"),
}


class TextGenerator:
    """Generates random texts of messages, and names of files.

    Half of the messages of a conversation have one of its topic words, so that the messages with
    a word are mostly in a few conversations, as in real ones.
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        buckets = [
            (10 ** (-index / 100), [word for word in words if word.isalpha() or "'" in word])
            for index, words in enumerate(get_frequency_list("en", "large"))
        ]
        # wordfreq rounds log10 frequencies to hundredths: all words of a bucket are as frequent.
        self.buckets = [words for _, words in buckets if words]
        self.weights = list(accumulate(each * len(words) for each, words in buckets if words))
        self.ranked = [word for words in self.buckets for word in words]
        self.mid_frequency = self.ranked[400:20_000]

    def words(self, number: int) -> list[str]:
        random = self.chance.random
        chosen = self.chance.choices(self.buckets, cum_weights=self.weights, k=number)
        return [bucket[int(random() * len(bucket))] for bucket in chosen]

    def topic(self) -> list[str]:
        """Return eight topic words for a conversation, neither common nor rare."""
        return self.chance.sample(self.mid_frequency, 8)

    def length(self) -> int:
        """Return a random number of words: about half are 12 or fewer, 1 in 200 is 150 or more."""
        if self.chance.random() < 0.005:
            return self.chance.randint(150, 900)
        return min(200, 1 + int(self.chance.lognormvariate(2.4, 0.9)))

    def body(self, topic: list[str]) -> str:
        chance, length = self.chance, self.length()
        words = self.words(length)
        if chance.random() < 0.5:
            words[int(chance.random() * length)] = chance.choice(topic)
        if chance.random() < 0.15:
            words[int(chance.random() * length)] = self.token()
        return "".join(self.sentences(words))[:8000].strip()

    def token(self) -> str:
        """Return a random link, email address, number, or word with a number."""
        chance = self.chance
        kind = chance.random()
        word = chance.choice(self.mid_frequency)
        if kind < 0.35:
            return f"https://{chance.choice(SITES)}/{word}/{chance.randint(1, 9999)}"
        if kind < 0.45:
            return f"{word}@{chance.choice(SITES)}"
        return f"{chance.randint(1, 12_000):,}" if kind < 0.8 else f"{word}-{chance.randint(1, 99)}"

    def sentences(self, words: list[str]) -> Iterable[str]:
        chance, at, gap = self.chance, 0, ""
        while at < len(words):
            end = at + chance.randint(4, 14)
            part = " ".join(words[at:end])
            yield f"{gap}{part[0].upper()}{part[1:]}{chance.choice(PUNCTUATION)}"
            at, gap = end, "\n\n" if end % 60 > 54 else " "

    def file_name(self, extension: str) -> str:
        return f"{'-'.join(self.chance.sample(self.mid_frequency, 2))}.{extension}"
