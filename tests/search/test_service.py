"""What one finds of what one ever wrote or was told."""

from tests import people
from tests.search.conftest import bodies, found


def test_a_word_finds_the_messages_of_both(read, ana, bo):
    people.talk(ana, bo, "The budget for Lisbon", "Nothing else")
    people.talk(bo, ana, "A smaller budget, please")
    read()
    assert bodies(ana, "budget") == ["A smaller budget, please", "The budget for Lisbon"]
    assert bodies(bo, "BUDGETS") == ["A smaller budget, please", "The budget for Lisbon"]


def test_a_hit_has_its_author_its_partner_and_what_matched_marked(read, ana, bo):
    talk = people.talk(bo, ana, "Lunch & <b>running</b> late")
    read()
    (hit,) = found(ana, "run").hits
    assert hit.snippet == "Lunch &amp; &lt;b&gt;<mark>running</mark>&lt;/b&gt; late"
    assert hit.message.author.name == "Bo Lindqvist"
    assert (hit.peer.id, hit.conversation_id) == (bo.id, talk)
