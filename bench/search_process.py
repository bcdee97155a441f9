"""Search in a separate process, to measure the memory that searching takes.

Run as a program. Its argument is a data folder; each line of standard input has a member id and
a query. It prints its peak memory in MB before the first search and at the end.
"""

import sys
from pathlib import Path

from bench.index_build import peak_memory
from linkmsg import create_app
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import Member
from linkmsg.search import find


def main(folder: Path) -> None:
    app = create_app(Settings(data_dir=folder), prepared=True)
    with app.app_context():
        members = {member.id: member for member in db.session.scalars(Member.all_by_email())}
        before = peak_memory()
        for line in sys.stdin:
            member_id, _, text = line.rstrip("\n").partition(" ")
            find(members[int(member_id)], text)
            db.session.remove()
    print(before, peak_memory())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
