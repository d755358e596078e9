"""The templates of all pages, and what they have in common."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from glre.reporting.cases.case_table import case_table
from glre.reporting.content.figures_in_words import score, sentences_apart, share

_TEMPLATES = Path(__file__).with_name("templates")
_FAR = 3
"""Distances from here on are one choice of the filter."""


def environment(autoescape: bool) -> Environment:
    """The templates; with `autoescape`, all that comes from data is escaped for HTML."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "share": share,
        "score": score,
        "apart": sentences_apart,
        "distance_choice": _distance_choice,
        "relations_table": case_table,
        "drawing": Markup,
    }
    made.globals |= {"style": _inlined("style.css"), "script": _inlined("page.js")}
    return made


def _inlined(name: str) -> Markup:
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def _distance_choice(distance: int) -> int:
    return min(distance, _FAR)
