"""Remembers the images that cost too much, so that none of them is tried twice."""

import hashlib
from contextlib import suppress
from pathlib import Path
from threading import Lock

# What is remembered at most: the older half is forgotten beyond that.
MAX_REMEMBERED = 10_000


class HeavyImages:
    """A list of images that were too heavy, in a file with one line each; threads may share it.

    It outlives a restart. If the disk fails, it is kept in memory only. An image is known by its
    content and by what was to be made of it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = Lock()
        self._lines: dict[str, None] | None = None

    def is_known(self, image: Path, purpose: str) -> bool:
        """Return whether the same image was too heavy for this purpose before.

        Raises:
            OSError: the image can't be read.
        """
        with self._lock:
            if not self._load():
                return False
        line = _line(image, purpose)
        with self._lock:
            return line in self._load()

    def add(self, image: Path, purpose: str) -> None:
        """Remember an image that was too heavy for a purpose, such as "copies"."""
        with suppress(OSError):
            line = _line(image, purpose)
            with self._lock:
                lines = self._load()
                lines[line] = None
                if len(lines) > MAX_REMEMBERED:
                    self._lines = dict.fromkeys(list(lines)[MAX_REMEMBERED // 2 :])
                    self._rewrite(self._lines)
                else:
                    with self.file.open("a") as file:
                        file.write(f"{line}\n")

    def _load(self) -> dict[str, None]:
        if self._lines is None:
            self._lines = {}
            with suppress(OSError):
                self._lines = dict.fromkeys(self.file.read_text().splitlines())
        return self._lines

    def _rewrite(self, lines: dict[str, None]) -> None:
        new = self.file.with_suffix(".new")
        new.write_text("".join(f"{line}\n" for line in lines))
        new.replace(self.file)


def _line(image: Path, purpose: str) -> str:
    with image.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()} {purpose}"
