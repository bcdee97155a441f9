"""The table of contents: the file that lists the parts of the index; a new one is a commit.

The format is Whoosh's, plus a checksum at the end. The file is renamed into place only after it and
the files that it lists are on disk, so a crash or a power cut leaves a consistent index.
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
    """Whoosh's access to a folder, with a checksum in each table of contents that is verified."""

    def open_file(self, name: str, **_: Any) -> BufferFile:
        """Return the content of a file, without its checksum, after verifying that.

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
        """Add the checksum to a file, flush it and its folder to disk, and rename it."""
        written = Path(self.folder, oldname)
        with written.open("r+b") as file:
            data = file.read()
            file.write(SEAL.pack(MAGIC, crc32(data)))
        sync_path(written)
        sync_path(Path(self.folder))
        written.rename(Path(self.folder, newname))
        sync_path(Path(self.folder))


def read(folder: Path) -> TOC:
    """Return the newest table of contents in a folder: the list of segments, and the schema.

    Raises:
        DamagedIndex: the table is corrupt.
        Exception: another version of linkmsg wrote it; unpickling can raise anything.
    """
    return TOC.read(Contents(str(folder)), NAME)
