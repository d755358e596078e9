"""A page as one HTML file that asks for nothing else, and as Markdown."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from glre.reporting.case import OUTCOMES
from glre.reporting.content import Page

_TEMPLATES = Path(__file__).with_name("templates")
_FAR = 3
"""Distances from `_FAR` on are shown and filtered as one."""


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
    environment.filters |= {"share": _share, "score": _score, "apart": _apart, "drawing": Markup}
    environment.filters["distance_choice"] = lambda distance: min(distance, _FAR)
    return environment


def _share(weight: float) -> str:
    return f"{100 * weight:.0f} %"


def _score(score: float) -> str:
    return f"{score:.3f}"


def _apart(distance: int) -> str:
    if not distance:
        return "same sentence"
    return f"{distance} sentence{'s' if distance > 1 else ''} apart"
