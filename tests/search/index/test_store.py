"""The index finds what Whoosh's own queries find in the same files."""

import random
import shutil
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
READER = 7


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder of an index of two hundred messages in several segments.

    Some are edited, and half of them are the reader's.
    """
    folder = tmp_path_factory.mktemp("built")
    chance, made = random.Random(5), Store(folder, "en")
    for start in range(1, 200, 9):
        made.add([entry(id, chance) for id in range(start, start + 9)], start)
        made.add([entry(chance.randrange(1, start + 9), chance)], start + 1)
        if start % 4 == 0:
            made.merge_some(60)
    return folder


@pytest.fixture
def store(built, tmp_path):
    """Return a copy of that index, open for writing."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return Store(tmp_path, "en")


def entry(id, chance):
    text = " ".join(chance.choices(WORDS, k=chance.randrange(1, 7)))
    return IndexEntry(
        id, id, 1, [READER, 8] if id % 2 else [8, 9], READER, 1_700_000_000 + id, text, [], []
    )


def clause(scope, text, kind=expansion.expand_word):
    return scope.clause(kind(QueryWord(text), scope.tokenizer))


def found_by_index(store, text, kind=expansion.expand_word, unwanted=None):
    views = IndexState(
        0, [(s, s.terms(store.folder), s.columns(store.folder)) for s in store.segments]
    )
    scope = ClauseBuilder(READER, tokenizer_for("en"))
    question = IndexQuery(scope.keywords(ANY_MESSAGE))
    for each in text if isinstance(text, tuple) else [text]:
        question.required.append(clause(scope, each, kind))
    question.excluded += [clause(scope, unwanted)] if unwanted else []
    return set(reading.newest(question, list(views.views(frozenset())), "", 1000, Budget()).ids)


def found_by_whoosh(store, asked):
    with open_dir(str(store.folder), indexname=NAME).searcher() as searcher:
        return {hit["message"] for hit in searcher.search(asked, limit=None)}


def term(word):
    return query.Term("text", key(word))


def key(word):
    return f"{READER}\x1f{tokenizer_for('en').normalize(word)[1]}".encode()


def test_index_finds_what_whoosh_finds(store):
    for one in WORDS:
        assert found_by_index(store, one) == found_by_whoosh(store, term(one)) != set()
        for other in WORDS:
            both = found_by_whoosh(store, query.And([term(one), term(other)]))
            assert found_by_index(store, (one, other)) == both
            if one != other:
                without = found_by_whoosh(store, query.And([term(one), query.Not(term(other))]))
                assert found_by_index(store, one, unwanted=other) == without


def test_index_finds_the_phrases_that_whoosh_finds(store):
    found = 0
    for one in WORDS:
        for other in WORDS:
            ids = found_by_index(store, f"{one} {other}", expansion.expand_phrase)
            assert ids == found_by_whoosh(store, query.Phrase("text", [key(one), key(other)]))
            found += len(ids)
    assert found > 20


def test_merge_keeps_the_order_and_drops_old_texts(store):
    store.merge_some(60)
    assert [each.base for each in store.segments] == sorted(each.base for each in store.segments)
    whole = sum(each.count for each in store.segments)
    assert whole == store.schema.next
    assert len(found_by_whoosh(store, query.Every())) == sum(
        each.doc_count() for each in store.segments
    )


def test_interrupted_merge_changes_nothing(store, tmp_path):
    before = found_by_whoosh(store, term("alpha"))
    store.merge_some(0)
    again = Store(tmp_path, "en")
    assert found_by_whoosh(again, term("alpha")) == before
    assert {each.name.split(".")[0] for each in (tmp_path / INDEX).glob("*.trm")} == {
        each.segment_id() for each in again.segments
    }


def test_edit_during_a_merge_is_not_lost(store):
    chance = random.Random(1)
    while not store.merge:
        store.merge_some(0)
        store.add([entry(store.schema.newest + 1, chance)], store.mark + 1)
    changed = store.merge.sources[0].columns(store.folder).messages[0]
    store.add([IndexEntry(changed, 1, 1, [READER], READER, 1, "foxtrot", [], [])], store.mark + 1)
    store.merge_some(60)
    assert found_by_whoosh(store, term("foxtrot")) == {changed}
    assert changed not in found_by_whoosh(store, query.Or([term(word) for word in WORDS]))


@pytest.fixture(params=[False, True], ids=["as they are", "in small pieces"])
def pieces(request, monkeypatch):
    """Use term files as they are, and then with blocks so small that few terms fill many."""
    if request.param:
        for name, small in {"BLOCK": 64, "ENOUGH": 5, "AT_ONCE": 2}.items():
            monkeypatch.setattr(f"linkmsg.search.index.terms.{name}", small)


def test_merged_segments_equal_one_draft(tmp_path, pieces):
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
    """Return all terms with their postings."""
    return [item for terms, values in known.runs() for item in zip(terms, values, strict=True)]


def run(items):
    return [term for term, _ in items], [value for _, value in items]


@given(
    some.dictionaries(some.binary(min_size=1, max_size=9), some.binary(max_size=3000), max_size=60)
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_term_file_returns_what_was_written(pieces, tmp_path, terms):
    terms = {key.replace(b"\n", b""): value for key, value in terms.items()}
    ordered = sorted(terms.items())
    file = write_terms(tmp_path, *(run(each) for each in (ordered[:7], ordered[7:])))
    reader = TermsReader(file)
    assert {key: reader.get(key) for key in terms} == terms
    assert items(reader) == ordered
    assert reader.get(b"\xff none") is None
    for first in {key[:1] for key in terms}:
        found = [key for key, _ in reader.starting(first)]
        assert found == sorted(key for key in terms if key.startswith(first))


def write_terms(folder, *runs):
    """Write a file of terms."""
    file = folder / "terms"
    with file.open("wb") as opened:
        for _ in TermsWriter(opened).write(iter(runs)):
            pass
    return file


def test_any_wrong_bit_at_the_end_of_a_term_file_is_damage(tmp_path):
    terms = [b"%05d" % number for number in range(2000)]
    file = write_terms(tmp_path, (terms, [b"value"] * len(terms)))
    assert len(TermsReader(file).firsts) > 1
    written = file.read_bytes()
    for at in range(1, FOOT.size + 1):
        for bit in (0, 3, 7):
            data = bytearray(written)
            data[-at] ^= 1 << bit
            file.write_bytes(data)
            with pytest.raises(DamagedIndex):
                TermsReader(file)


def test_truncated_term_file_is_damage(tmp_path):
    file = write_terms(tmp_path, ([b"a", b"b"], [b"1", b"2"]))
    written = file.read_bytes()
    for length in (0, 1, 30, -1):
        file.write_bytes(written[:length])
        with pytest.raises(DamagedIndex):
            TermsReader(file)


def test_single_posting_is_packed_as_any_other():
    once = Postings(array("I", [7]), b"\x01", array("H", [300]).tobytes())
    assert pack_once(7, 300) == once.pack()


def test_postings_are_joined_and_filtered():
    assert join([pack_numbers([1, 5]), pack_numbers([9])]) == pack_numbers([1, 5, 9])
    assert list(Postings.of(pack_numbers([1, 5, 9])).without(frozenset({5})).numbers) == [1, 9]


DISTANCES = {"budget": 0, "budgte": 1, "buget": 1, "x": 3}


def test_distance_counts_the_edits_between_two_words():
    for word, edits in DISTANCES.items():
        assert edit_distance(word, "budget", 2) == edits, word
