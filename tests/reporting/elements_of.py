"""The elements of a page, read back from its HTML."""

from html.parser import HTMLParser

OUTSIDE = ("src", "srcset", "poster", "action", "formaction", "data")


class Elements(HTMLParser):
    """Every element with its attributes; all that is text, in one string."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data
