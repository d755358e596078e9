"""The errors that are the user's to mend: each becomes one line on the terminal and exit code 2."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from glre.printable import printable

_AROUND = re.compile(r"^Value error, |^\w+ should (?:be|have) | after validation, not \d+$")
_PATTERN = re.compile(r"^String should match pattern ")


class InputError(Exception):
    """What was given cannot be used: where, what was found there, and what was expected.

    `place` is a file (with its line, where there is one), a document id or a setting's name.
    """

    def __init__(self, place: str, found: str, expected: str) -> None:
        super().__init__(f"{place}: found {found}; expected {expected}")
        self.place = place
        self.found = found
        self.expected = expected


def expectation(message: str) -> str:
    """What a message of pydantic wants, as it reads after `expected`: of "Input should be a list", "a list"."""
    return _PATTERN.sub("text of the pattern ", _AROUND.sub("", message))


@contextmanager
def errors_reported() -> Iterator[None]:
    """Around a program: an InputError ends it with one line on standard error and exit code 2."""
    try:
        yield
    except InputError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        sys.exit(2)
