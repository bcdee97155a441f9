"""The table of contents of the index: writing a new one is the commit of the index.

The format is Whoosh's, plus a checksum at the end. It is renamed into place only after it and
the files that it names are on disk, so a crash or a power cut leaves a consistent index.
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
from linkmsg.storage.fsync import sync_path

SEAL = Struct("<8sI")
MAGIC = b"linkmsgc"


class Contents(FileStorage):  # type: ignore[misc]
    """Whoosh's storage of a folder, with a checksum in each table of contents."""

    def open_file(self, name: str, **_: Any) -> BufferFile:
        """Read a file completely and verify its checksum.

        Whoosh's own method would leave a truncated file open.

        Raises:
            DamagedIndex: the file is corrupt.
        """
        packed = Path(self.folder, name).read_bytes()
        data, seal = packed[: -SEAL.size], packed[-SEAL.size :]
        if seal != SEAL.pack(MAGIC, crc32(data)):
            raise DamagedIndex("the table of contents is corrupt")
        return BufferFile(memoryview(data), name=name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Append the checksum, flush everything to disk and rename the file."""
        written = Path(self.folder, oldname)
        with written.open("r+b") as file:
            data = file.read()
            file.write(SEAL.pack(MAGIC, crc32(data)))
        sync_path(written)
        sync_path(Path(self.folder))
        written.rename(Path(self.folder, newname))
        sync_path(Path(self.folder))


def read(folder: Path) -> TOC:
    """Read the newest table of contents in a folder.

    Raises:
        DamagedIndex: it is corrupt.
        Exception: another version of linkmsg wrote it; unpickling can raise anything.
    """
    return TOC.read(Contents(str(folder)), NAME)
