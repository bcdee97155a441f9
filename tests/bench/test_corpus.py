"""The generated corpus of the search benchmark is realistic and reproducible."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.search_corpus import HEAVY, Corpus
from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Message, Participation

pytestmark = pytest.mark.any_database

MESSAGES = 3_000


@pytest.fixture
def _filled(inside: Flask) -> None:
    with db.engine.begin() as database:
        Corpus(MESSAGES).fill(database)


def message_values(corpus: Corpus) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in corpus.message_rows([])]


def test_same_seed_makes_the_same_corpus():
    assert message_values(Corpus(200, seed=1)) == message_values(Corpus(200, seed=1))
    assert message_values(Corpus(200, seed=1)) != message_values(Corpus(200, seed=2))


@pytest.mark.usefixtures("_filled")
def test_author_of_a_message_is_a_participant():
    takes_part = (Participation.conversation_id == Message.conversation_id) & (
        Participation.member_id == Message.author_id
    )
    by_participants = select(func.count()).select_from(Message).join(Participation, takes_part)
    assert db.session.scalar(by_participants) == MESSAGES


@pytest.mark.usefixtures("_filled")
def test_last_seq_of_a_conversation_matches_its_messages():
    counted = select(Message.conversation_id, func.count(), func.max(Message.seq)).group_by(
        Message.conversation_id
    )
    sizes = {id: (size, last) for id, size, last in db.session.execute(counted)}
    stored = db.session.execute(select(Conversation.id, Conversation.last_seq)).all()
    assert sizes == {id: (last, last) for id, last in stored}


def test_heavy_members_have_far_more_messages():
    sizes = Corpus(100_000).sizes()
    heavy = [sizes[id] for id in range(1, HEAVY + 1)]
    assert all(2_800 < number < 3_200 for number in heavy)
    assert max(number for id, number in sizes.items() if id > HEAVY) < min(heavy)


def test_messages_span_two_years_in_order():
    moments = [row["created_at"] for row in Corpus(200).message_rows([])]
    assert moments == sorted(moments)
    assert timedelta(days=700) < moments[-1] - moments[0] < timedelta(days=732)


@pytest.mark.usefixtures("_filled")
def test_some_messages_have_attachments_and_some_links():
    files = db.session.scalar(select(func.count(Attachment.message_id.distinct()))) or 0
    links = select(func.count()).where(Message.body.contains("https://"))
    assert MESSAGES * 0.02 < files < MESSAGES * 0.06
    assert db.session.scalar(select(func.count()).where(Message.attached != "")) == files
    assert MESSAGES * 0.02 < (db.session.scalar(links) or 0) < MESSAGES * 0.1


def test_lengths_of_texts_are_realistic():
    lengths = sorted(len(str(row["body"]).split()) for row in Corpus(5_000).message_rows([]))
    assert 8 <= lengths[len(lengths) // 2] <= 14
    assert lengths[-1] > 200
