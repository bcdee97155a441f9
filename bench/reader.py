"""A process that searches and does nothing else: what it holds in memory.

It is told a data folder, and on standard input a member and a text on each line. It prints the
MB of memory before the first search and the most that it ever held.
"""

import sys
from pathlib import Path

from bench.building import most
from linkmsg import create_app
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import Member
from linkmsg.search import find


def main(folder: Path) -> None:
    app = create_app(Settings(data_dir=folder), prepared=True)
    with app.app_context():
        members = {member.id: member for member in db.session.scalars(Member.all_by_email())}
        before = most()
        for line in sys.stdin:
            member_id, _, text = line.rstrip("\n").partition(" ")
            find(members[int(member_id)], text)
            db.session.remove()
    print(before, most())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
