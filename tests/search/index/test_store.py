"""What the index says is what Whoosh's own queries and a plain look through all would say."""

import random
from array import array

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from whoosh import query
from whoosh.index import open_dir

from linkmsg.search import expansion
from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.index import merging, reading
from linkmsg.search.index.codec import NAME
from linkmsg.search.index.fields import ANY_MESSAGE, IndexEntry
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.postings import Postings, join, pack_numbers, pack_once
from linkmsg.search.index.reading import IndexQuery
from linkmsg.search.index.search_index import IndexState
from linkmsg.search.index.store import INDEX, Store
from linkmsg.search.index.terms import FOOT, DamagedIndex, TermsReader, TermsWriter
from linkmsg.search.index.view import Budget
from linkmsg.search.query_parser import QueryWord
from linkmsg.search.suggestions import edit_distance

WORDS = ["alpha", "bravo", "charlie", "delta", "echo"]
HER = 7


@pytest.fixture
def store(tmp_path):
    """An index of two hundred messages in some segments, some changed, half of them hers."""
    chance, made = random.Random(5), Store(tmp_path, "en")
    for start in range(1, 200, 9):
        made.add([entry(id, chance) for id in range(start, start + 9)], start)
        made.add([entry(chance.randrange(1, start + 9), chance)], start + 1)
        if start % 4 == 0:
            made.merge_some(60)
    return made


def entry(id, chance):
    text = " ".join(chance.choices(WORDS, k=chance.randrange(1, 7)))
    return IndexEntry(
        id, id, 1, [HER, 8] if id % 2 else [8, 9], HER, 1_700_000_000 + id, text, [], []
    )


def clause(scope, text, kind=expansion.expand_word):
    return scope.clause(kind(QueryWord(text), scope.tokenizer))


def ours(store, text, kind=expansion.expand_word, unwanted=None):
    views = IndexState(
        0, [(s, s.terms(store.folder), s.columns(store.folder)) for s in store.segments]
    )
    scope = ClauseBuilder(HER, tokenizer_for("en"))
    question = IndexQuery(scope.keywords(ANY_MESSAGE))
    for each in text if isinstance(text, tuple) else [text]:
        question.required.append(clause(scope, each, kind))
    question.excluded += [clause(scope, unwanted)] if unwanted else []
    return set(reading.newest(question, list(views.views(frozenset())), "", 1000, Budget()).ids)


def theirs(store, asked):
    with open_dir(str(store.folder), indexname=NAME).searcher() as searcher:
        return {hit["message"] for hit in searcher.search(asked, limit=None)}


def term(word):
    return query.Term("text", key(word))


def key(word):
    return f"{HER}\x1f{tokenizer_for('en').normalize(word)[1]}".encode()


def test_it_finds_what_whoosh_finds(store):
    for one in WORDS:
        assert ours(store, one) == theirs(store, term(one)) != set()
        for other in WORDS:
            both = theirs(store, query.And([term(one), term(other)]))
            assert ours(store, (one, other)) == both
            if one != other:
                without = theirs(store, query.And([term(one), query.Not(term(other))]))
                assert ours(store, one, unwanted=other) == without


def test_it_finds_phrases_that_whoosh_finds(store):
    found = 0
    for one in WORDS:
        for other in WORDS:
            mine = ours(store, f"{one} {other}", expansion.expand_phrase)
            assert mine == theirs(store, query.Phrase("text", [key(one), key(other)]))
            found += len(mine)
    assert found > 20


def test_a_merge_keeps_the_order_and_forgets_what_was_changed(store):
    store.merge_some(60)
    assert [each.base for each in store.segments] == sorted(each.base for each in store.segments)
    whole = sum(each.count for each in store.segments)
    assert whole == store.schema.next
    assert len(theirs(store, query.Every())) == sum(each.doc_count() for each in store.segments)


def test_a_merge_that_stops_halfway_leaves_everything(store, tmp_path):
    before = theirs(store, term("alpha"))
    store.merge_some(0)
    again = Store(tmp_path, "en")
    assert theirs(again, term("alpha")) == before
    assert {each.name.split(".")[0] for each in (tmp_path / INDEX).glob("*.trm")} == {
        each.segment_id() for each in again.segments
    }


def test_what_changes_while_a_merge_goes_on_is_not_lost(store):
    chance = random.Random(1)
    while not store.merge:
        store.merge_some(0)
        store.add([entry(store.schema.newest + 1, chance)], store.mark + 1)
    changed = store.merge.sources[0].columns(store.folder).messages[0]
    store.add([IndexEntry(changed, 1, 1, [HER], HER, 1, "foxtrot", [], [])], store.mark + 1)
    store.merge_some(60)
    assert theirs(store, term("foxtrot")) == {changed}
    assert changed not in theirs(store, query.Or([term(word) for word in WORDS]))


@pytest.fixture(params=[False, True], ids=["as they are", "in small pieces"])
def pieces(request, monkeypatch):
    """Files of terms as they are, and so that what is long is met by what is short."""
    if request.param:
        for name, small in {"BLOCK": 64, "ENOUGH": 5, "AT_ONCE": 2}.items():
            monkeypatch.setattr(f"linkmsg.search.index.terms.{name}", small)


def test_merged_segments_know_what_one_draft_would(tmp_path, pieces):
    chance, store = random.Random(3), Store(tmp_path, "en")
    entries = [entry(id, chance) for id in range(1, 121)]
    draft = MemorySegment(tokenizer_for("en"))
    for each in entries:
        draft.add(each)
    for start in range(0, 120, 15):
        store.add(entries[start : start + 15], start)
    assert len(store.segments) == merging.TOGETHER
    store.merge_some(60)
    (merged,) = store.segments
    assert items(merged.terms(store.folder)) == items(draft)


def items(known):
    """All terms and what is known of each."""
    return [item for terms, values in known.runs() for item in zip(terms, values, strict=True)]


def run(items):
    return [term for term, _ in items], [value for _, value in items]


@given(
    some.dictionaries(some.binary(min_size=1, max_size=9), some.binary(max_size=3000), max_size=60)
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_of_terms_gives_back_what_was_written(pieces, tmp_path_factory, terms):
    terms = {key.replace(b"\n", b""): value for key, value in terms.items()}
    ordered = sorted(terms.items())
    file = tmp_path_factory.mktemp("terms") / "terms"
    with file.open("wb") as opened:
        for _ in TermsWriter(opened).write(run(each) for each in (ordered[:7], ordered[7:])):
            pass
    reader = TermsReader(file)
    assert {key: reader.get(key) for key in terms} == terms
    assert items(reader) == ordered
    assert reader.get(b"\xff none") is None
    for first in {key[:1] for key in terms}:
        found = [key for key, _ in reader.starting(first)]
        assert found == sorted(key for key in terms if key.startswith(first))


@pytest.mark.parametrize("at", range(1, FOOT.size + 1))
@pytest.mark.parametrize("bit", [0, 3, 7])
def test_a_file_of_terms_whose_end_is_not_what_was_written_is_damaged(tmp_path, at, bit):
    file = tmp_path / "terms"
    terms = [b"%05d" % number for number in range(2000)]
    with file.open("wb") as opened:
        list(TermsWriter(opened).write([(terms, [b"value"] * len(terms))]))
    assert len(TermsReader(file).firsts) > 1
    data = bytearray(file.read_bytes())
    data[-at] ^= 1 << bit
    file.write_bytes(data)
    with pytest.raises(DamagedIndex):
        TermsReader(file)


@pytest.mark.parametrize("kept", [0, 1, 30, -1])
def test_a_file_of_terms_that_was_cut_is_damaged(tmp_path, kept):
    file = tmp_path / "terms"
    with file.open("wb") as opened:
        list(TermsWriter(opened).write([([b"a", b"b"], [b"1", b"2"])]))
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DamagedIndex):
        TermsReader(file)


def test_what_stands_once_is_packed_as_all_else():
    once = Postings(array("I", [7]), b"\x01", array("H", [300]).tobytes())
    assert pack_once(7, 300) == once.pack()


def test_postings_join_and_lose_some():
    assert join([pack_numbers([1, 5]), pack_numbers([9])]) == pack_numbers([1, 5, 9])
    assert list(Postings.of(pack_numbers([1, 5, 9])).without(frozenset({5})).numbers) == [1, 9]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("budget", "budget", 0), ("budgte", "budget", 1), ("buget", "budget", 1), ("x", "budget", 3)],
)
def test_how_far_two_words_are_apart(one, other, apart):
    assert edit_distance(one, other, 2) == apart
