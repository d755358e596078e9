"""How the offsets of a document in PubTator format may count its two texts."""

from collections.abc import Iterator, Mapping

from glre.documents.annotated_text import Passage

Named = tuple[tuple[Passage, ...], str]
_BETWEEN = {1: "", 0: "nothing between title and abstract", 2: "two characters between title and abstract"}


def layouts(texts: Mapping[str, str]) -> Iterator[Named]:
    """The passages of title (`t`) and abstract (`a`), and what is unusual about them, the likeliest first.

    Usually offsets count from the title's start, with one character between title and abstract. Some producers strip
    blanks before they count, or put nothing or two characters between; where there is no title, they count from 1 or
    from 0.
    """
    title, abstract = texts.get("t", ""), texts.get("a", "")
    for gap, between in _BETWEEN.items():
        for heading, of_title in _stripped(title, "title"):
            for body, of_abstract in _stripped(abstract, "abstract"):
                name = ", ".join(filter(None, (of_title, of_abstract, between)))
                after_title = Passage(0, heading, heading=True), Passage(len(heading) + gap, body)
                alone = (Passage(0, body),)
                if heading:
                    yield after_title, name
                elif gap == 1:
                    yield from ((own, name) for own in ((after_title, alone) if "t" in texts else (alone, after_title)))


def _stripped(text: str, what: str) -> Iterator[tuple[str, str]]:
    """The text as it is, and without blanks, each way once."""
    ways = {
        text.strip(): f"without the blanks around the {what}",
        text.lstrip(): f"without the blank before the {what}",
        text.rstrip(): f"without the blank at the end of the {what}",
        text: "",
    }
    # Of equal texts a dict has the last name, which is the plainest.
    yield from reversed(ways.items())
