"""The errors that are the user's to mend: each becomes one line on the terminal and exit code 2."""


class InputError(Exception):
    """What was given cannot be used: where, what was found there, and what was expected.

    `place` is a file (with its line, where there is one), a document id or a setting's name.
    """

    def __init__(self, place: str, found: str, expected: str) -> None:
        super().__init__(f"{place}: found {found}; expected {expected}")
        self.place = place
        self.found = found
        self.expected = expected
