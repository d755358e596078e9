"""Where tables are shown."""

from rich.console import Console


def table_console(log_width: int) -> Console:
    """The terminal as wide as it is; elsewhere, as in a log, `log_width` characters, so that a table is whole."""
    console = Console()
    return console if console.is_terminal else Console(width=log_width)
