"""Runs a command that must not outlive whoever started it: `python -m flows.leash COMMAND …`.

Whoever starts it holds the other end of its standard input. When that end closes, even because its holder was killed
and could tell nobody, the command and all that it started are asked to end, and killed if they do not.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

GRACE = 20.0
"""Seconds in which processes may close what they have open before they are killed; less than Prefect gives a flow."""
_LOOK_EVERY = 0.1


def main(command: list[str]) -> int:
    """Run the command to its end and return its exit code; 128 + the signal's number where a signal ended it."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    let_go = threading.Event()

    def hold() -> None:
        while os.read(0, 1024):
            pass
        let_go.set()
        _end_group(child.pid)

    holding = threading.Thread(target=hold, daemon=True)
    holding.start()
    code = child.wait()
    if let_go.is_set():
        holding.join()  # until what the command had started has ended too
    return code if code >= 0 else 128 - code


def _end_group(group: int) -> None:
    """Ask every process of the group to end, and kill those that are left after the grace."""
    deadline = time.monotonic() + GRACE
    with suppress(ProcessLookupError):  # as soon as none is left
        os.killpg(group, signal.SIGTERM)
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(_LOOK_EVERY)
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
