"""A remote blob as a seekable file."""

from collections.abc import Iterator

from linkmsg.storage.blobs import BlobStore


class BlobReader:
    """A read-only file over a blob; a seek fetches nothing until the next read."""

    def __init__(self, blobs: BlobStore, key: str, size: int) -> None:
        self.blobs, self.key, self.size = blobs, key, size
        self._position, self._buffer = 0, memoryview(b"")
        self._chunks: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        """Return True: any position can be read."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move the position, counted from the start (0), the position (1) or the end (2)."""
        self._position = offset + (0, self._position, self.size)[whence]
        self._chunks, self._buffer = None, memoryview(b"")
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size` of them; none at the end."""
        if self._chunks is None:
            self._chunks = self.blobs.open(self.key, self._position)
        data = self._buffer or memoryview(next(self._chunks, b""))
        result = data if size < 0 else data[:size]
        self._buffer = data[len(result) :]
        self._position += len(result)
        return bytes(result)

    def close(self) -> None:
        """Release the current download."""
        self._chunks = None
