"""MLflow's pages on this machine, as long as whoever asked for them is there."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from flows import leash
from flows.port import HOST, refuse_taken
from flows.serving import interrupt_on_requests
from glre.errors import InputError
from glre.tracking import store_uri

_JOBS = "MLFLOW_SERVER_ENABLE_JOB_EXECUTION"
"""MLflow's job runner and its consumers, six more processes, do nothing for what is logged here."""


def open_pages(root: Path, port: int) -> None:
    """Show the runs of the repository at `root` until Ctrl-C, SIGTERM, or the terminal is closed.

    InputError where the port is taken, or the server ends by itself.
    """
    refuse_taken(port)
    where = ["--host", HOST, "--port", str(port), "--backend-store-uri", store_uri(root)]
    # One process, where MLflow starts four: it is one person who looks.
    keep_open([sys.executable, "-m", "mlflow", "server", "--workers", "1", *where])


def keep_open(server: Sequence[str]) -> None:
    """Run a server, which with all that it starts ends with this process, however that ends."""
    interrupt_on_requests()
    process = subprocess.Popen(
        [sys.executable, "-P", leash.__file__, *server],
        env={_JOBS: "false", **os.environ},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    try:
        code = process.wait()
    except KeyboardInterrupt:
        print("\nMLflow's server is ended.", flush=True)
        return
    finally:
        process.stdin.close()
        process.wait()
    raise InputError("MLflow's server", f"its end, with exit code {code}", "one that stays; its lines above say why")
