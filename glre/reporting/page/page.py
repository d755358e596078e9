"""A page as one HTML file that asks for nothing else, and as Markdown."""

import re

from glre.reporting.content.blocks import Page
from glre.reporting.content.case import OUTCOMES
from glre.reporting.page.templating import environment


def as_html(page: Page) -> str:
    """The page with its style and its script inside; all that comes from data is escaped."""
    template = environment(autoescape=True).get_template("index.html.j2")
    return template.render(page=page, title=page.title, outcomes=OUTCOMES)


def as_markdown(page: Page) -> str:
    """The same sections and figures as Markdown: drawings as their numbers."""
    templates = environment(autoescape=False)
    templates.finalize = escape_markdown
    text = templates.get_template("report.md.j2").render(page=page, outcomes=OUTCOMES)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def escape_markdown(value: object) -> str:
    """The value as text that Markdown shows as it is, on one line."""
    text = " ".join(str(value).split("\n"))
    text = re.sub(r"([\\`*_\[\]|#~$])", r"\\\1", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
