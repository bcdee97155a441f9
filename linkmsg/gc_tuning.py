"""Garbage collection and malloc settings for a server with thousands of threads."""

import contextlib
import ctypes
import gc

M_ARENA_MAX = -8


def tune_memory() -> None:
    """Exclude current objects from garbage collection, collect rarely, and limit malloc arenas.

    With thousands of tabs a full collection stops all requests for half a second. One malloc
    arena per thread would keep megabytes of freed memory: this sets MALLOC_ARENA_MAX (glibc,
    mallopt(3)) to 2; other C libraries have no such setting.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    gc.freeze()
    gc.set_threshold(20_000, 50, 1000)
