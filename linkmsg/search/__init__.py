"""Search: everything one ever wrote or was told, and nothing else.

`find` is the door. Behind it a text is understood (`language`), becomes clauses (`asking`,
`clauses`) that are asked of the segments of the index (`reading`, `index`) and of what it does
not know yet (`recent`), and what is found is shown (`highlight`). The index is written by a
process of its own (`writer`, `store`, `merging`), which is told what changed (`feeding`).
"""

from linkmsg.search.finding import Hit, Results, find, spans_in, understood
from linkmsg.search.highlight import with_marks
from linkmsg.search.language import VALUES, Asked, Filter, parse, without_signs
from linkmsg.search.peers import meant

__all__ = [
    "VALUES",
    "Asked",
    "Filter",
    "Hit",
    "Results",
    "find",
    "meant",
    "parse",
    "spans_in",
    "understood",
    "with_marks",
    "without_signs",
]
