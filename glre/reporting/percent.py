"""Figures as people read them: per cent, with one decimal."""

import math

ABSENT = "–"


def percent(mean: float | None, spread: float | None = None) -> str:
    """`53.7 ± 2.1` of fractions; without the second part where nothing is known of the spread, – without a mean."""
    if mean is None or math.isnan(mean):
        return ABSENT
    shown = f"{100 * mean:.1f}"
    return shown if spread is None or math.isnan(spread) else f"{shown} ± {100 * spread:.1f}"
