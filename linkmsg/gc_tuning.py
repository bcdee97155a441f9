"""Set up garbage collection and memory allocation for a server with thousands of threads."""

import contextlib
import ctypes
import gc

M_ARENA_MAX = -8


def tune_memory() -> None:
    """Make garbage collection rare, and let all threads share two malloc arenas.

    With thousands of tabs a full collection stops all requests for half a second, so it skips
    all objects that exist now. With one malloc arena (memory pool) per thread, megabytes of freed
    memory would not be reused. The limit works with glibc only (M_ARENA_MAX in mallopt(3)).
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    gc.freeze()
    gc.set_threshold(20_000, 50, 1000)
