"""A page as one HTML file that asks for nothing else, and as Markdown."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from glre.reporting.case import OUTCOMES
from glre.reporting.case_table import case_table
from glre.reporting.content import Page
from glre.reporting.figures_in_words import score, sentences_apart, share

_TEMPLATES = Path(__file__).with_name("templates")
_FAR = 3
"""Distances from here on are one choice of the filter."""


def as_html(page: Page) -> str:
    """The page with its style and its script inside; all that comes from data is escaped."""
    environment = _environment(autoescape=True)
    return environment.get_template("index.html.j2").render(
        page=page,
        outcomes=OUTCOMES,
        style=Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8")),
        script=Markup((_TEMPLATES / "page.js").read_text(encoding="utf-8")),
    )


def as_markdown(page: Page) -> str:
    """The same sections and figures as Markdown: drawings as their numbers."""
    environment = _environment(autoescape=False)
    environment.finalize = escape_markdown
    text = environment.get_template("report.md.j2").render(page=page, outcomes=OUTCOMES)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def escape_markdown(value: object) -> str:
    """The value as text that Markdown shows as it is, on one line."""
    text = " ".join(str(value).split("\n"))
    text = re.sub(r"([\\`*_\[\]|#~$])", r"\\\1", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _environment(autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "share": share,
        "score": score,
        "apart": sentences_apart,
        "distance_choice": _distance_choice,
        "relations_table": case_table,
        "drawing": Markup,
    }
    return environment


def _distance_choice(distance: int) -> int:
    return min(distance, _FAR)
