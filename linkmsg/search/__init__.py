"""Search: everything one ever wrote or was told, and nothing else.

A search, in its order: `finding` (the door, `find`), `language` and `dates` (how a text is
understood), `peers` (whom a name means), `sought` and `spellings` (what a word may match, for who
finds and who marks), `asking` and `scope` (as clauses over keys of her own), `clauses`, `view` and
`reading` (asked of each segment), `index`, `terms`, `postings`, `columns` (the files of a segment),
`changes`, `pending` and `draft` (what the index does not know yet, as one more segment), `hers`
(the database has the last word), `marks`, `nearby` and `highlight` (how it is shown), `suggest`.

A message, in its order: `feeding` (told by the worker, in `batches`), `launch` and `writer` (the
process that takes it in), `said` and `words` (what it says), `entries` (under which keys it is
kept), `gathering`, `draft`, `codec` and `contents` (a new segment), `store`, `merging` and `bridge`
(fewer, larger ones), `witness` (is it still the same database?), `faults` (when to try again).
"""

from linkmsg.search.highlight.snippet import with_marks
from linkmsg.search.people_lookup import meant
from linkmsg.search.query_parser import VALUES, Asked, Filter, parse, without_signs
from linkmsg.search.service import Hit, Results, find, spans_in, understood

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
