"""A real Ray cluster of two nodes, which are processes of this machine."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.free_port import free_port
from glre.errors import InputError

ROOT = Path(__file__).parents[1]

# A node ends with this process, however that ends.
_LEASH = "import sys; from flows import leash; leash.GRACE = 3.0; sys.exit(leash.main(sys.argv[1:]))"


@dataclass(frozen=True)
class Cluster:
    """Where Ray's head listens, and the environment of those who may talk to it."""

    address: str
    environment: dict[str, str]


@contextmanager
def two_nodes(environment: Mapping[str, str]) -> Iterator[Cluster]:
    """Two nodes with a processor each, whose workers have this environment; InputError where Ray does not start."""
    port = free_port()
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # Ray's sockets have no room for a long path
    own = {
        **environment,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",  # Ray listens on all of the machine's addresses
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "PYTHONPATH": os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), *sys.path])),
    }
    small = ["--num-cpus=1", "--object-store-memory=100000000", "--block"]
    head = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}"]
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for node in (head, [f"--address=127.0.0.1:{port}"]):
            command = [sys.executable, "-c", _LEASH, shutil.which("ray") or "ray", "start", *node, *small]
            process = stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            assert process.stdin
            assert process.stdout
            stack.callback(process.stdin.close)
            if not any("Ray runtime started" in line for line in process.stdout):
                raise InputError("ray start", "no node", "Ray of the extra `ray`, and /tmp to write in")
        yield Cluster(f"127.0.0.1:{port}", own)
