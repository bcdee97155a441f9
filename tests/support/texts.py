"""A Hypothesis strategy: texts in many scripts, of pieces that are hard to split into words."""

from hypothesis import strategies as some

PIECES = (  # noqa: SIM905
    "a I word e-mail don't U.S.A. 1,200.50 ana@harbour.example a-b-c-d-e-f a-b-c-d-e-f-g x_y_ -z "
    "45 000 kr 12 345-67 890 1 200 C++ c#9 C# 👍🏿👍 "
    "Straße créée l'été Noël новый 東京都 ハリ パリ 한국어 हिन्दी 🎉 →x-→ "
    "a🎉b-c ’quoted’ \u200dx\u00ady ﬁn getUserName v2.10.3 +49 30 1234567 GB29 NWBK 6016 1331 "
    "\u1112\u1161\u11ab\u1100\u1173\u11af น้ำ bu\ufeffdget ＡＢ O’Brien"
).split()
TEXTS = some.lists(some.sampled_from(PIECES) | some.text(max_size=9), max_size=12).map(" ".join)
