"""Memory of a server that has thousands of threads."""

import contextlib
import ctypes
import gc

M_ARENA_MAX = -8


def tune_memory() -> None:
    """Keep what is there now, look seldom through the rest, and let all threads share two heaps.

    With thousands of tabs a look through all that is in memory takes half a second, in which
    nobody is answered. A heap of its own for each thread keeps megabytes that it needs no more:
    this does as MALLOC_ARENA_MAX (glibc, mallopt(3)); elsewhere there is nothing to set.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    gc.freeze()
    gc.set_threshold(20_000, 50, 1000)
