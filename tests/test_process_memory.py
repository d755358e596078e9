import os
import subprocess
import sys

import pytest

MEASURED = """
import sys
import numpy as np
from glre.memory import prepare_memory
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024
if sys.argv[1] == "kept":
    prepare_memory()
before = resident()
large = np.ones(20 * 2**20, dtype=np.uint8)
del large
print(resident() - before)
"""


def grown(how: str) -> int:
    """Bytes that a process keeps of 20 MiB that it has freed."""
    done = subprocess.run([sys.executable, "-c", MEASURED, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator, Linux's /proc")
def test_freed_memory_is_kept() -> None:
    assert grown("kept") > 19 * 2**20
    assert grown("as usual") < 2**20


SHAPES = """
import ctypes
import sys
from glre.memory import prepare_memory
if sys.argv[1] == "prepared":
    prepare_memory()
import torch
class Heap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena blocks small maps mapped most fast used free top".split()]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Heap
lstm = torch.nn.LSTM(64, 64, batch_first=True)
with torch.inference_mode():
    for length in range(1, 251):
        lstm(torch.zeros(2, length, 64))
        if length == 50:
            before = libc.mallinfo2().used
print(libc.mallinfo2().used - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_many_shapes_take_no_more_memory_than_a_few() -> None:
    grown_by = {}
    # Where another test has prepared this very process, what is started from it would have that too.
    usual = {name: value for name, value in os.environ.items() if not name.endswith("_CACHE_CAPACITY")}
    for how in ("prepared", "as usual"):
        command = [sys.executable, "-c", SHAPES, how]
        done = subprocess.run(command, env=usual, capture_output=True, text=True, check=True)
        grown_by[how] = int(done.stdout)
    assert grown_by["prepared"] < grown_by["as usual"] / 4


def test_what_there_is_takes_no_part_in_collections() -> None:
    program = (
        "import gc; from glre.memory import leave_out_of_collections as leave; leave(); print(gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 1000
