"""Reads a stored file (blob) in an S3 bucket like a local file, from any position."""

from collections.abc import Iterator

from linkmsg.storage.blobs import BlobStore


class BlobReader:
    """A stored file (blob) as a read-only Python file; `size` is its length in bytes.

    A seek downloads nothing until the next read.
    """

    def __init__(self, blobs: BlobStore, key: str, size: int) -> None:
        self.blobs, self.key, self.size = blobs, key, size
        self._position, self._buffer = 0, memoryview(b"")
        self._chunks: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        """Return True: `seek` works, so that any position can be read."""
        return True

    def tell(self) -> int:
        """Return the position of the next read, in bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move the position of the next read, and return it in bytes from the start.

        With `whence` the offset counts from the start (0), the current position (1) or the end
        (2), as in `io.IOBase.seek`.
        """
        self._position = offset + (0, self._position, self.size)[whence]
        self._chunks, self._buffer = None, memoryview(b"")
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size` (negative: as many as are loaded); b'' at the end.

        They may be fewer than `size` before the end, too.
        """
        if self._chunks is None:
            self._chunks = self.blobs.open(self.key, self._position)
        data = self._buffer or memoryview(next(self._chunks, b""))
        result = data if size < 0 else data[:size]
        self._buffer = data[len(result) :]
        self._position += len(result)
        return bytes(result)

    def close(self) -> None:
        """Stop the download that is under way, if any."""
        self._chunks = None
