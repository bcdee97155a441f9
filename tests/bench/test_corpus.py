"""The place in which search is measured is one that could be, and the same each time."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.corpus import HEAVY, Corpus
from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Message, Participation

MESSAGES = 3_000


@pytest.fixture
def _filled(inside: Flask) -> None:
    with db.engine.begin() as database:
        Corpus(MESSAGES).fill(database)


def said(corpus: Corpus) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in corpus.said([])]


def test_the_same_seed_makes_the_same_place():
    assert said(Corpus(200, seed=1)) == said(Corpus(200, seed=1))
    assert said(Corpus(200, seed=1)) != said(Corpus(200, seed=2))


@pytest.mark.usefixtures("_filled")
def test_each_message_is_of_one_who_takes_part():
    takes_part = (Participation.conversation_id == Message.conversation_id) & (
        Participation.member_id == Message.author_id
    )
    by_participants = select(func.count()).select_from(Message).join(Participation, takes_part)
    assert db.session.scalar(by_participants) == MESSAGES


@pytest.mark.usefixtures("_filled")
def test_the_numbers_of_a_conversation_are_those_of_its_messages():
    counted = select(Message.conversation_id, func.count(), func.max(Message.seq)).group_by(
        Message.conversation_id
    )
    sizes = {id: (size, last) for id, size, last in db.session.execute(counted)}
    kept = db.session.execute(select(Conversation.id, Conversation.last_seq)).all()
    assert sizes == {id: (last, last) for id, last in kept}


def test_a_few_take_part_in_much():
    of_each = Corpus(100_000).sizes()
    heavy = [of_each[id] for id in range(1, HEAVY + 1)]
    assert all(2_800 < number < 3_200 for number in heavy)
    assert max(number for id, number in of_each.items() if id > HEAVY) < min(heavy)


def test_it_lasts_for_two_years_in_the_order_of_its_messages():
    moments = [row["created_at"] for row in Corpus(200).said([])]
    assert moments == sorted(moments)
    assert timedelta(days=700) < moments[-1] - moments[0] < timedelta(days=732)


@pytest.mark.usefixtures("_filled")
def test_some_messages_carry_files_and_some_a_link():
    files = db.session.scalar(select(func.count(Attachment.message_id.distinct()))) or 0
    links = select(func.count()).where(Message.body.contains("https://"))
    assert MESSAGES * 0.02 < files < MESSAGES * 0.06
    assert db.session.scalar(select(func.count()).where(Message.attached != "")) == files
    assert MESSAGES * 0.02 < (db.session.scalar(links) or 0) < MESSAGES * 0.1


def test_texts_are_as_long_as_what_people_write():
    lengths = sorted(len(str(row["body"]).split()) for row in Corpus(5_000).said([]))
    assert 8 <= lengths[len(lengths) // 2] <= 14
    assert lengths[-1] > 200
