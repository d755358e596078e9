"""How a process that predicts keeps its memory. For programs of their own: what imports a library may do otherwise."""

import ctypes
import gc

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's malloc.h."""
_LARGEST_KEPT = 32 * 2**20


def keep_freed_memory() -> None:
    """Let glibc keep what is freed, as `launch` in params.yaml does for stages.

    Else it gives large tensors back to the system at every step, and a fifth of the time goes into page faults. Does
    nothing where the C library is another.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def leave_out_of_collections() -> None:
    """Let Python's garbage collector pass over all that there is now: libraries and a model, which take it a second."""
    gc.freeze()
