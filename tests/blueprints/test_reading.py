"""Read and unread, catching up, and paging through a thread."""

import re

import pytest

from tests import people
from tests.people import Person

CROSS = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def letters(ana, bo):
    """Return a conversation with three messages of Bo that Ana has not read."""
    return people.talk(bo, ana, "One", "Two", "Three")


def unread(person: Person) -> str:
    """Return the unread count, which is the same in the row, the navigation and the title."""
    page = person.get("/messaging").text
    row = re.search(r'<span class="sr">(\d+) unread</span>', page)
    nav = re.search(r'id="unread"[^>]*>(\d+)<', page)[1]
    title = re.search(r"<title>\((\d+)\)", page)
    assert {row[1] if row else "0", title[1] if title else "0"} == {nav}
    assert (nav == "0") == bool(re.search(r'id="unread" data-snapshot="[^"]+" hidden', page))
    return nav


def seqs(text: str) -> list[int]:
    """Return the seqs of the messages in a page or fragment."""
    return [int(each) for each in re.findall(r'id="message-\d+" data-seq="(\d+)"', text)]


def cursor(text: str) -> int:
    """Return the revision in a page or fragment."""
    return int(re.search(r'id="cursor-\d+" name="revision" value="(\d+)"', text)[1])


def test_opening_a_thread_marks_nothing_as_read(ana, letters):
    for partial in (False, True):
        for way in ("", "?at=3", "/after?revision=0", "/before?seq=3", "/later?seq=1"):
            answer = ana.get(f"/messaging/{letters}{way}", partial=partial)
            assert answer.status_code == (303 if way.startswith("/after") and not partial else 200)
    assert unread(ana) == "3"


def test_unread_counts_over_99_are_capped_except_for_sr(ana, bo):
    people.talk(bo, ana, *map(str, range(99)))
    assert unread(ana) == "99"
    people.talk(bo, ana, "One more")
    page = ana.get("/messaging").text
    assert "<title>(99+) " in page
    assert re.search(r'id="unread"[^>]*>99\+<', page)
    assert '<span class="count" aria-hidden="true">99+</span>' in page
    assert '<span class="sr">100 unread</span>' in page


def test_seen_image_marks_as_read_without_javascript(ana, letters):
    page = ana.get(f"/messaging/{letters}").text
    way = re.search(r'<noscript><img src="([^"]+)"', page)[1]
    assert way.endswith("/seen?seq=3")
    assert ana.get(way).data.startswith(b"GIF89a")
    assert unread(ana) == "0"


def test_seen_image_on_another_site_reads_nothing(ana, letters):
    way = f"/messaging/{letters}/seen?seq=3"
    for headers in (CROSS, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        assert ana.client.get(way, headers=headers).mimetype == "image/gif"
        assert unread(ana) == "3"
    ana.client.get(way, headers={"Sec-Fetch-Site": "same-origin"})
    assert unread(ana) == "0"


def test_reading_only_moves_forward(ana, letters):
    for seq, left in ((1, "2"), (2, "1"), (1, "1"), (99, "0"), (1, "0")):
        answer = ana.post(f"/messaging/{letters}/read", partial=True, seq=str(seq))
        assert re.search(r'id="unread"[^>]*>(\d+)<', answer.text)[1] == left
        assert f'hx-target="#row-{letters}"' in answer.text
        assert unread(ana) == left


def test_reading_changes_nothing_for_others(ana, bo, cy, letters):
    assert cy.get(f"/messaging/{letters}/seen?seq=3").status_code == 404
    assert cy.post(f"/messaging/{letters}/read", seq="3").status_code == 404
    assert bo.post(f"/messaging/{letters}/read", seq="3").status_code == 303
    assert unread(ana) == "3"
    assert unread(bo) == "0"


def test_unread_counts_are_summed_over_conversations(ana, cy, letters):
    people.connect(ana, cy)
    other = people.talk(cy, ana, "And I", "Also I")
    page = ana.get("/messaging").text
    assert re.findall(r'<span class="sr">(\d+) unread</span>', page) == ["2", "3"]
    assert "<title>(5)" in page
    assert "<title>(5)" in ana.get("/network").text
    assert "<title>(5)" in ana.get(f"/messaging/{other}", partial=True).text


def test_conversation_marked_unread_counts_one_message(ana, letters):
    ana.post(f"/messaging/{letters}/read", seq="3")
    assert ana.post(f"/messaging/{letters}/unread").location == "/messaging"
    assert unread(ana) == "1"
    assert "One" not in ana.get("/messaging").text
    assert ana.get("/messaging?filter=unread").text.count('<li class="row') == 1


def test_own_messages_cannot_be_marked_unread(ana, bo):
    mine = people.talk(ana, bo, "Only mine")
    answer = ana.post(f"/messaging/{mine}/unread")
    assert (answer.status_code, "no messages to mark as unread" in answer.text) == (409, True)


def test_catching_up_returns_changes_and_next_revision(ana, bo, letters):
    held = cursor(ana.get(f"/messaging/{letters}").text)
    nothing = ana.get(f"/messaging/{letters}/after?revision={held}", partial=True).text
    assert (seqs(nothing), cursor(nothing)) == ([], held)
    assert f'hx-target="#row-{letters}" hx-swap="delete"' not in nothing
    assert 'hx-target="#list ul"' not in nothing
    bo.send(letters, "Four")
    changed = ana.get(f"/messaging/{letters}/after?revision={held}", partial=True)
    assert (seqs(changed.text), cursor(changed.text)) == ([4], held + 1)
    assert f'hx-target="#log-{letters}"' in changed.text
    assert 'hx-target="#list ul"' in changed.text
    assert re.search(r'id="unread"[^>]*>(\d+)<', changed.text)[1] == "4"
    assert "HX-Trigger" not in changed.headers


def test_send_returns_everything_the_page_missed(ana, bo, letters):
    held = cursor(ana.get(f"/messaging/{letters}").text)
    bo.send(letters, "Meanwhile")
    answer = ana.send(letters, "Mine", partial=True, revision=str(held))
    assert seqs(answer.text) == [4, 5]
    assert seqs(ana.send(letters, "Again", partial=True).text) == [1, 2, 3, 4, 5, 6]


def test_catching_up_on_many_changes_takes_steps(ana, bo, letters):
    with ana.app.app_context():
        people.talk(bo, ana, *(f"Number {number}" for number in range(250)))
    first = ana.get(f"/messaging/{letters}/after?revision=0", partial=True)
    assert first.headers["HX-Trigger"] == "catch-up"
    rest = ana.get(f"/messaging/{letters}/after?revision={cursor(first.text)}", partial=True)
    assert "HX-Trigger" not in rest.headers
    assert seqs(first.text) + seqs(rest.text) == list(range(1, 254))


class TestALongThread:
    @pytest.fixture
    def letters(self, ana, bo):
        return people.talk(bo, ana, *(f"Letter {number}" for number in range(1, 101)))

    def test_opens_at_newest_and_links_to_older(self, ana, letters):
        page = ana.get(f"/messaging/{letters}").text
        assert (seqs(page)[0], seqs(page)[-1], f'id="log-{letters}"' in page) == (61, 100, True)
        way = re.search(r'href="([^"]+/before\?seq=\d+)"', page)[1]
        fragment = ana.get(way, partial=True).text
        assert seqs(fragment) == list(range(21, 61))
        assert "<main" not in fragment
        assert seqs(ana.get(way).text) == list(range(21, 61))
        assert f'id="log-{letters}-past"' in ana.get(way).text
        last = ana.get(f"/messaging/{letters}/before?seq=21", partial=True).text
        assert (seqs(last), f'id="older-{letters}"' in last) == (list(range(1, 21)), False)

    def test_opened_at_message_marks_it_and_links_both_ways(self, ana, letters):
        page = ana.get(f"/messaging/{letters}?at=50").text
        assert 50 in seqs(page)
        assert page.count(" marked") == 1
        assert f'id="log-{letters}-past"' in page
        assert f'id="older-{letters}"' in page
        way = re.search(r'href="([^"]+/later\?seq=\d+)"', page)[1]
        newer = ana.get(way, partial=True).text
        assert seqs(newer)[0] == seqs(page)[-1] + 1
        assert seqs(ana.get(way).text) == seqs(newer)
        assert "<main" not in newer

    def test_all_messages_are_reached_from_the_middle(self, ana, letters):
        page = ana.get(f"/messaging/{letters}?at=50").text
        found = seqs(page)
        for kind, place in (("before", 0), ("later", -1)):
            text = page
            while way := re.search(rf'href="([^"]+/{kind}\?seq=\d+)"', text):
                text = ana.get(way[1], partial=True).text
                found = seqs(text) + found if place == 0 else found + seqs(text)
        assert found == list(range(1, 101))

    @pytest.mark.parametrize("seq", [0, 101, 2**31 - 1])
    def test_seq_outside_the_thread_is_not_found(self, ana, letters, seq):
        assert ana.get(f"/messaging/{letters}?at=100").status_code == 200
        assert ana.get(f"/messaging/{letters}?at={seq}").status_code == 404
