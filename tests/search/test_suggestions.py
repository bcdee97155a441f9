"""A misspelt word is answered with the suggestion of one that is there."""

from linkmsg.actions import accounts
from linkmsg.db import writing
from tests import people
from tests.support.search import edit_message, search

# A misspelt search, and the suggestion: none where more is unknown than one word, or nothing near.
SUGGESTIONS = {
    "budgte": "budget",
    "budgte lisbom": "",
    "Lisbom budget": "lisbon budget",
    "from:me bugdet": "from:me budget",
    "budget": "",
    "bud": "",
    "qqqqqq": "",
    '"budgte"': "",
    "-budgte": "",
    # spelt as it was written
    "Muncehn": "München",
    "obrein": "O'Brien",
    "lisbom": "lisbon",
    "KUBERENTES": "kubernetes",
    # a number is never replaced by another
    "45000": "",
    "46000": "",
}


def test_one_misspelt_word_is_corrected(maybe_index, ana, bo):
    people.talk(ana, bo, "The budget for Lisbon", "budgets", "about 47000")
    people.talk(ana, bo, "In München O'Brien met Kubernetes of Lisbon")
    maybe_index()
    for text, suggestion in SUGGESTIONS.items():
        assert search(ana, text).suggestion == suggestion, text


def test_suggestion_begins_as_the_misspelt_word(maybe_index, ana, bo):
    people.talk(ana, bo, "lanterns", *(f"later {number}" for number in range(5)))
    maybe_index()
    assert search(ana, "lanterm").suggestion == "lanterns"


def test_word_that_was_edited_away_is_not_suggested(index_all, ana, bo):
    people.talk(ana, bo, "alpha quicksilver", "bravo")
    assert search(ana, "quicksilvr").suggestion == "quicksilver"
    index_all()
    assert search(ana, "quicksilvr").suggestion == "quicksilver"
    edit_message("alpha quicksilver", "alpha")
    for _ in range(2):
        assert search(ana, "quicksilvr").suggestion == ""
        assert search(bo, "quicksilvr").suggestion == ""
        index_all()


def test_word_only_in_an_edited_away_text_is_corrected(index_all, ana, bo):
    people.talk(ana, bo, "quicksilvr", "quicksilver")
    index_all()
    assert search(ana, "quicksilvr").suggestion == ""
    edit_message("quicksilvr", "nothing")
    for _ in range(2):
        assert search(ana, "quicksilvr").suggestion == "quicksilver"
        index_all()


def test_suggestion_is_the_word_of_most_current_messages(index_all, ana, bo):
    people.talk(ana, bo, "marker", "marker one", "marked", "marked one", "marked two")
    index_all()
    assert search(ana, "markex").suggestion == "marked"
    edit_message("marked one", "")
    edit_message("marked two", "")
    for _ in range(2):
        assert search(ana, "markex").suggestion == "marker"
        index_all()


def test_suggestion_finds_something_with_the_other_words(index_all, ana, bo):
    people.talk(ana, bo, "the marker on the ferry", "marked", "marked twice", "a goat")
    for _ in range(2):
        assert search(ana, "markex").suggestion == "marked"
        assert search(ana, "markex ferry").suggestion == "marker ferry"
        assert search(ana, '"the ferry" markex').suggestion == '"the ferry" marker'
        assert search(ana, "goat markex").suggestion == ""
        assert search(ana, "markex from:bo").suggestion == ""
        index_all()


def test_name_of_a_person_is_not_corrected(app, maybe_index, ana, bo):
    people.talk(ana, bo, "when will the lantern ship to Liston, with mare and forms")
    maybe_index()
    for text in ("whan", "lanterm", "lisdon"):
        assert search(ana, text).suggestion != "", text
    for name in ("Whan Ek", "Jean-Lanterm Ek", "Ó Lisdon"):
        with app.app_context():
            member = people.join(app, f"Member{len(name)} Unnamed").member()
            with writing():
                member.set_profile(name=name, headline="", company="", place="", about="")
    for text in ("whan", "Whan", "lanterm", "olisdon", "lisdon", "whan ship"):
        assert search(ana, text).suggestion == "", text


def test_word_of_a_profile_is_not_corrected(inside, ana, bo, cy):
    people.talk(ana, bo, "about the robotics budget")
    assert search(ana, "robotixs").suggestion == "robotics"
    with writing():
        new = {"headline": "", "company": "Robotixs AB", "place": "", "about": ""}
        cy.member().set_profile(name=cy.name, **new)
    assert search(ana, "robotixs").suggestion == ""
    accounts.disable(cy.member())
    assert search(ana, "robotixs").suggestion == "robotics"


def test_word_of_another_conversation_is_not_corrected(inside, ana, bo, dee):
    talk = people.talk(ana, bo, "when do we meet")
    people.connect(ana, dee)
    people.talk(ana, dee, "the whan of it")
    assert search(ana, "whan", conversation_id=talk).suggestion == ""
    assert search(bo, "whan", conversation_id=talk).suggestion == "when"
