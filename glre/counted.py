"""Numbers of things in words."""


def counted(number: int, noun: str) -> str:
    """Such as `1 document` or `1,200 documents`; for nouns whose plural ends in s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
