import subprocess
import sys

import pytest

MEASURED = """
import sys
import numpy as np
from glre.memory import keep_freed_memory
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024
if sys.argv[1] == "kept":
    keep_freed_memory()
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


def test_what_there_is_takes_no_part_in_collections() -> None:
    program = (
        "import gc; from glre.memory import leave_out_of_collections as leave; leave(); print(gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 1000
