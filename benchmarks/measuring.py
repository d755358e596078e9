"""Time and memory of work in a child process, started as `dvc.yaml` starts a stage that computes."""

import os
import resource
import shlex
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from glre.errors import InputError

A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock and on the processor; bytes by which resident memory grew at most."""

    seconds: float
    processor_seconds: float
    resident_bytes: int


def prepare_environment(launch: str, threads: int) -> dict[str, str]:
    """Set for all child processes what `launch` (`env NAME=value …`) and `threads` say; returns what was set."""
    chosen = launch_environment(launch, threads)
    os.environ.update(chosen, HF_HUB_OFFLINE="1", KINETO_LOG_LEVEL="99")
    return chosen


def launch_environment(launch: str, threads: int) -> dict[str, str]:
    """What `launch` (`env NAME=value …`) and `threads` say, by the names of the variables."""
    chosen = dict(part.split("=", 1) for part in shlex.split(launch) if "=" in part)
    return chosen | {"OMP_NUM_THREADS": str(threads)}


def in_child(function: Callable[[A], R], argument: A) -> R:
    """The function's result, worked out in a new process whose memory nothing else has touched."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, argument).result()


def limit_memory(allowed: int) -> None:
    """Let this process take at most `allowed` more bytes; beyond that allocations fail."""
    limit, hard = _kilobytes("VmData") * 1024 + allowed, resource.getrlimit(resource.RLIMIT_DATA)[1]
    # Whoever started this process may have set a lower limit already.
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def out_of_memory(error: BaseException) -> bool:
    """Whether an allocation failed, as torch or Python reports it."""
    return isinstance(error, MemoryError) or "allocate memory" in str(error)


def cost(warm_up: Callable[[], object], work: Callable[[], object]) -> Cost:
    """Time of `work` after `warm_up`; memory over both, above what was resident before."""
    before = reset_peak()
    warm_up()
    began, began_processor = time.perf_counter(), time.process_time()
    work()
    return Cost(
        seconds=time.perf_counter() - began,
        processor_seconds=time.process_time() - began_processor,
        resident_bytes=resident_peak() - before,
    )


def tensor_peak(work: Callable[[], object]) -> int:
    """The most bytes that torch held at once of those it allocated during `work`.

    From the profiler's record of torch's allocator: exact, and blind to what libraries below torch take for
    themselves. Tensors from before are to be kept until `work` ends.
    """
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        work()
    assert profiler.profiler is not None
    events = [event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"]
    held = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return peak


def resident_peak() -> int:
    """The largest resident size of this process since it began or `reset_peak`, in bytes."""
    return _kilobytes("VmHWM") * 1024


def reset_peak() -> int:
    """Start the record of the largest resident size anew; returns the size now, in bytes.

    `ru_maxrss` would not do: a process that is started from a large one inherits its value.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        raise InputError("this system", "no /proc/self/clear_refs", "Linux, to measure memory") from None
    return _kilobytes("VmRSS") * 1024


def _kilobytes(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise InputError("/proc/self/status", f"no {name}", "Linux, to measure memory")
