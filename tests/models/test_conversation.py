"""The unread total of a member, which an index answers."""

import pytest

from linkmsg.db import db
from linkmsg.models import Participation
from tests import people
from tests.conftest import POSTGRES
from tests.support.listeners import read


def test_unread_total_counts_all_conversations_of_member(ana, bo, dee, talk):
    other = people.talk(dee, bo, "Hello", "Bo?")
    with ana.app.app_context():
        counts = [db.session.scalar(Participation.unread_total(each.id)) for each in (ana, bo, dee)]
    assert counts == [1, 3, 0]
    read(bo, other)
    with ana.app.app_context():
        assert db.session.scalar(Participation.unread_total(bo.id)) == 1


@pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL plans by what is in the table")
def test_unread_total_uses_covering_index(inside):
    statement = Participation.unread_total(7).compile(db.engine)
    parameters = (None,) * len(statement.positiontup)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    assert "COVERING INDEX ix_participations_unread" in "".join(str(each) for each in plan)
