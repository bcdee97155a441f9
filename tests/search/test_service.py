"""Members find the messages that they sent or received."""

from tests import people
from tests.support.search import bodies, search


def test_both_members_find_a_word_of_their_messages(maybe_index, ana, bo):
    people.talk(ana, bo, "The budget for Lisbon", "Nothing else")
    people.talk(bo, ana, "A smaller budget, please")
    maybe_index()
    assert bodies(ana, "budget") == ["A smaller budget, please", "The budget for Lisbon"]
    assert bodies(bo, "BUDGETS") == ["A smaller budget, please", "The budget for Lisbon"]


def test_hit_has_author_peer_and_marked_snippet(inside, ana, bo):
    talk = people.talk(bo, ana, "Lunch & <b>running</b> late")
    (hit,) = search(ana, "run").hits
    assert hit.snippet == "Lunch &amp; &lt;b&gt;<mark>running</mark>&lt;/b&gt; late"
    assert hit.message.author.name == "Bo Lindqvist"
    assert (hit.peer.id, hit.conversation_id) == (bo.id, talk)
