"""A blob that is elsewhere, as a file that can be read from any place."""

from collections.abc import Iterator

from linkmsg.storage.blobs import BlobStore


class BlobReader:
    """Reads a blob from where it is told to; nothing is fetched before it is read."""

    def __init__(self, blobs: BlobStore, key: str, size: int) -> None:
        self.blobs, self.key, self.size = blobs, key, size
        self._at, self._kept = 0, memoryview(b"")
        self._pieces: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """Where it is read next, in bytes from its beginning."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Read on from here: bytes from the beginning, from where it is (1) or the end (2)."""
        self._at = offset + (0, self._at, self.size)[whence]
        self._pieces, self._kept = None, memoryview(b"")
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many; none at the end."""
        if self._pieces is None:
            self._pieces = self.blobs.open(self.key, self._at)
        data = self._kept or memoryview(next(self._pieces, b""))
        taken = data if size < 0 else data[:size]
        self._kept = data[len(taken) :]
        self._at += len(taken)
        return bytes(taken)

    def close(self) -> None:
        """Nothing is left open."""
        self._pieces = None
