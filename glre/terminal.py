"""Where tables are shown."""

import io
import sys

from rich.console import Console


def table_console(log_width: int) -> Console:
    """The terminal as wide as it is; elsewhere, as in a log, `log_width` characters, so that a table is whole.

    What the encoding of standard output lacks is shown as a question mark.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console()
    return console if console.is_terminal else Console(width=log_width)
