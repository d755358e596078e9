"""How a process that predicts keeps its memory. For programs of their own: what imports a library may do otherwise."""

import ctypes
import gc
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's malloc.h."""
_LARGEST_KEPT = 32 * 2**20
_KERNELS = 64
"""A step has some ten; of a thousand, which is the default, a worker grew by 300 MB over 28,000 documents."""


def prepare_memory() -> None:
    """Let memory be used again and not grow; to be called before torch computes anything.

    Glibc keeps what is freed, as `launch` in params.yaml tells it for stages: else it gives large tensors back to the
    system at every step, and a seventh of the time goes into page faults. OneDNN and torch's layer above it each keep
    the last kernels for as many shapes as documents come in: few, for a shape rarely comes again.
    """
    for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(name, str(_KERNELS))
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library
        return
    mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def leave_out_of_collections() -> None:
    """Let Python's garbage collector pass over all that there is now: libraries and a model, which take it a second."""
    gc.freeze()
