"""The postings of several messages are merged by term, and can be read before and after."""

from linkmsg.search.index.gathering import Gathering
from linkmsg.search.index.postings import pack_numbers


def test_postings_of_a_term_are_in_the_order_of_messages():
    made = Gathering()
    for number, terms in enumerate((b"ab", b"b", b"bc", b"a")):
        made.take({bytes([term]): pack_numbers([number]) for term in terms})
    expected = {b"a": [0, 3], b"b": [0, 1, 2], b"c": [2]}
    for _ in range(2):
        terms, values = made.run()
        assert dict(zip(terms, values, strict=True)) == {
            term: pack_numbers(numbers) for term, numbers in expected.items()
        }
        assert terms == sorted(terms)
        assert {term: made.get(term) for term in terms} == dict(zip(terms, values, strict=True))
    made.take({b"c": pack_numbers([4])})
    assert made.get(b"c") == pack_numbers([2, 4])
    assert made.get(b"d") is None


def test_reading_changes_nothing():
    made = Gathering()
    for number in range(2):
        made.take({b"a": pack_numbers([number])})
    before = {name: dict(each) for name, each in vars(made).items()}
    made.run()
    assert vars(made) == before
