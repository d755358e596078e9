"""The tables of a page, read back from its HTML and from its Markdown."""

import html
import re
from html.parser import HTMLParser

Tables = dict[str, list[list[str]]]
"""Rows of cells by caption."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: Tables = {}
        self.caption = ""
        self.rows: list[list[str]] = []
        self.text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self.rows = []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td", "caption"):
            self.text = []

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            assert self.caption not in self.tables, self.caption
            self.tables[self.caption] = self.rows
        elif tag in ("th", "td", "caption") and self.text is not None:
            text, self.text = " ".join("".join(self.text).split()), None
            if tag == "caption":
                self.caption = text
            else:
                self.rows[-1].append(text)


def tables_of_html(text: str) -> Tables:
    reader = _Reader()
    reader.feed(text)
    return reader.tables


def tables_of_markdown(text: str) -> Tables:
    tables: Tables = {}
    caption = ""
    rows: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [_plain(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not all(re.fullmatch(r"-+:?", cell) for cell in cells):
                rows.append(cells if any(cells[1:]) else cells[:1])
        elif line.strip():
            if rows:
                tables[caption] = rows
            caption, rows = _plain(line), []
    if rows:
        tables[caption] = rows
    return tables


def _plain(text: str) -> str:
    text = re.sub(r"^\s*\*\*|\*\*\s*$", "", text)
    return " ".join(html.unescape(re.sub(r"\\(.)", r"\1", text)).split())
