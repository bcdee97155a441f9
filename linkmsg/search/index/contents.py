"""The table of contents of the index: with it all becomes known that was written before.

It is Whoosh's own, with a sum at its end that tells when it was damaged. It only gets its name
when it and the files that it names have reached the disk, so after a power cut, too, the index
is as it was at some moment.
"""

from pathlib import Path
from struct import Struct
from typing import Any
from zlib import crc32

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC

from linkmsg.search.index.codec import NAME
from linkmsg.search.index.terms import DamagedIndex
from linkmsg.storage.durable import sync

SEAL = Struct("<8sI")
MAGIC = b"linkmsgc"


class Contents(FileStorage):  # type: ignore[misc]
    """A folder in which tables of contents are sealed."""

    def open_file(self, name: str, **_: Any) -> BufferFile:
        """The bytes of a file, read whole: one that is cut Whoosh would leave open.

        Raises:
            Damaged: they are not what was written.
        """
        packed = Path(self.folder, name).read_bytes()
        data, seal = packed[: -SEAL.size], packed[-SEAL.size :]
        if seal != SEAL.pack(MAGIC, crc32(data)):
            raise DamagedIndex("a table of contents is not what was written")
        return BufferFile(memoryview(data), name=name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Seal a file and give it its name, once all is on the disk."""
        written = Path(self.folder, oldname)
        with written.open("r+b") as file:
            data = file.read()
            file.write(SEAL.pack(MAGIC, crc32(data)))
        sync(written)
        sync(Path(self.folder))
        written.rename(Path(self.folder, newname))
        sync(Path(self.folder))


def read(folder: Path) -> TOC:
    """The newest table of contents in a folder.

    Raises:
        Damaged: it is not what was written.
        Exception: it was written by another version of us; that raises almost anything.
    """
    return TOC.read(Contents(str(folder)), NAME)
