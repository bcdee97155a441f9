"""A change of what the index stores raises its version, so that each index is made again."""

import zlib

from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.index import store
from linkmsg.search.index.codec import MessageSchema, Segment
from linkmsg.search.index.fields import IndexEntry
from linkmsg.search.index.memory_segment import MemorySegment

TEXTS = {
    "en": "Running costs: 1,200.50 for ana@example.org, don't e-mail https://linkmsg.example/a-b?q=1",
    "sv": "Kostar 45 000-50 000 kr, I'd say 1.5m in C++ 👍🏿 رسالة",
    "de": "Die Häuser in der Straße – größer als U.S.A.",
    "fr": "Les idées créées l'été, décidées à Noël",
    "ru": "Новый год и новая книга",
    "hu": "A könyvek és a könyvtár",
    "pt": "As informações e a informação",
    "da": "getUserName in v2.10.3, call +49 30 1234567 or O’Brien",
    "it": "น้ำ, bu\ufeffdget, 한글",
    "es": "東京都に行く ハリとパリ 한국어 हिन्दी 🎉",
}
# The version, and the checksum of what is stored of these texts. Both change, or neither.
STORED = (5, 2922923987)


def test_what_is_stored_changes_only_with_the_version():
    assert (store.VERSION, checksum()) == STORED, "raise VERSION of linkmsg/search/index/store.py"


def checksum():
    """Return a checksum of all terms, their postings, and the fields of the table of contents."""
    total = 0
    for number, (language, text) in enumerate(TEXTS.items(), 1):
        draft = MemorySegment(tokenizer_for(language), 7)
        draft.add(
            IndexEntry(number, number, 3, [1, 2], 1, 1_700_000_000, text, ["A plan.pdf"], ["pdf"])
        )
        draft.add(IndexEntry(number + 9, 9, 3, [1], 1, 1_700_000_000, text[:9], [], []))
        for terms, values in draft.runs():
            for term, value in zip(terms, values, strict=True):
                total = zlib.crc32(value, zlib.crc32(term, total))
        total = zlib.crc32(draft.columns.pack(), total)
    known = sorted(vars(Segment(0, 0, 0))), sorted(vars(MessageSchema("1 en")))
    return zlib.crc32(repr(known).encode(), total)
