"""Search: full-text search of a member's own messages.

A search, in the order of its steps:

1. `service` takes a member and a text (`find`) and returns a page of hits.
2. `query_parser` splits the text into words, phrases and filters, `date_ranges` reads dates, and
   `people_lookup` finds whom a name means.
3. `expansion` lists what each word or phrase may match, with `analysis.variants` for other
   spellings. `query_builder` and `clause_builder` turn this into an index query. Each key of the
   index holds the id of a member who may read the messages under it; the query uses only keys
   with the id of the member who searches.
4. `unindexed` holds the member's latest messages that the index has not read yet. `index`
   searches them together with its own segments (the immutable parts of the index).
5. `visibility` lets the database confirm every hit: the index alone never decides what a
   member sees.
6. `hits` loads the messages, and `highlight` makes their snippets. If nothing was found,
   `suggestions` corrects a typing error.

A message, on its way into the index:

1. `feed.change_feed` lists messages in the order of their last change.
2. `feed.indexer`, run by the worker, sends them to the writer process in batches (`batching`).
   After errors it waits (`backoff`), and it rebuilds an index of another database
   (`fingerprint`).
3. The writer process (`index.launch`, `index.writer`) tokenizes each message (`analysis`), writes
   new segments and merges them. It then writes a new list of all segments and renames it into
   place, which is when web processes see the new state.
"""

from flask import Flask

from linkmsg.config import Settings
from linkmsg.search.highlight.snippet import highlight_spans
from linkmsg.search.hits import Hit
from linkmsg.search.index import SearchIndex
from linkmsg.search.people_lookup import suggest_people
from linkmsg.search.query_parser import OPERATOR_VALUES, Filter, ParsedQuery, strip_quotes
from linkmsg.search.service import Results, find, match_spans, parse_query
from linkmsg.search.unindexed import UnindexedCache

__all__ = [
    "OPERATOR_VALUES",
    "Filter",
    "Hit",
    "ParsedQuery",
    "Results",
    "find",
    "highlight_spans",
    "init_app",
    "match_spans",
    "parse_query",
    "strip_quotes",
    "suggest_people",
]


def init_app(app: Flask, settings: Settings) -> None:
    """Register the search index with an app; nothing is read or written before the first search."""
    app.extensions["linkmsg.search"] = SearchIndex(settings.search_folder, settings.language)
    app.extensions["linkmsg.search.unindexed"] = UnindexedCache()
