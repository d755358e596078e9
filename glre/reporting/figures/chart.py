"""Drawings as SVG that take their colours from the page, so that they are readable in light and dark."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from glre.reporting.content.blocks import Key

INK = "#010101"
FAINT = "#010102"
SERIES = 6
"""Colours that the page has for series; further ones begin again from the first."""
DASHES: tuple[tuple[float, ...], ...] = ((1, 0), (5, 2), (1.5, 1.5), (7, 2, 1.5, 2), (3, 1), (9, 3))
"""What tells lines apart without colour, by series."""
WIDTH, HEIGHT = 5.0, 3.2
"""Inches, of 72 units each: one column of the page, and all of a phone's."""

_ROOM = 102
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 11,
    "axes.prop_cycle": cycler(color=[INK]),
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.5,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "lines.linewidth": 1.6,
}


class Sketch:
    """A drawing under way, and its SVG when it is done."""

    def __init__(self, name: str, panels: int, height: float) -> None:
        self._name = name
        self._drawing = Drawing(figsize=(WIDTH, height), layout="constrained")
        self.panels: list[Axes] = list(self._drawing.subplots(panels, 1, sharex=True, squeeze=False)[:, 0])

    def svg(self, description: str) -> str:
        """The drawing as an `<svg>` element; every id in it begins with its name, and nothing in it tells the time."""
        written = StringIO()
        with mpl.rc_context({**_STYLE, "svg.hashsalt": self._name}):
            self._drawing.savefig(written, format="svg", transparent=True, metadata={"Date": None})
        text = written.getvalue()
        text = text[text.index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
        text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
        text = re.sub(r'\bid="', f'id="{self._name}-', text)
        text = re.sub(r"url\(#", f"url(#{self._name}-", text)
        text = re.sub(r'href="#', f'href="#{self._name}-', text)
        text = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", text)
        text = re.sub(r"#0203(\d\d)", lambda found: f"var(--series-{int(found[1])})", text)
        text = text.replace(INK, "currentColor").replace(FAINT, "var(--faint)")
        text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
        text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
        return text.replace("<svg", f'<svg role="img" aria-label="{escape(description)}"', 1).strip()


@contextmanager
def sketch(name: str, panels: int = 1, height: float = HEIGHT) -> Iterator[Sketch]:
    """A drawing of `panels` panels, one below the other; `name` is unlike that of any other on the page."""
    with mpl.rc_context(_STYLE):
        yield Sketch(name, panels, height)


def series_colour(place: int) -> str:
    """Colour of series number `place`, from 1 on."""
    return f"#0203{series_place(place):02d}"


def series_place(place: int) -> int:
    """The number under which the page has this series' colour."""
    return (place - 1) % SERIES + 1


def dashes(place: int) -> tuple[float, ...]:
    """Dashes of line number `place`, from 1 on; all ink for one drawn through."""
    return DASHES[(place - 1) % len(DASHES)]


def per_cent_axis(axes: Axes, label: str) -> None:
    """A vertical axis from 0 to 100, with room for the line that is drawn at 100."""
    axes.set_ylim(0, _ROOM)
    axes.set_ylabel(label)


def both_per_cent(axes: Axes, across: str, up: str) -> None:
    """Both axes from 0 to 100."""
    axes.set_xlim(0, _ROOM)
    axes.set_xlabel(across)
    per_cent_axis(axes, up)


def line_key(place: int, name: str) -> Key:
    """The key to line number `place`, from 1 on."""
    return Key(series_place(place), name, dashes(place))
