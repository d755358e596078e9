"""Numbers of things in words."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Such as `1 document` or `1,200 documents`; a `plural` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
