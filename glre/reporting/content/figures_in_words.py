"""Figures as people read them."""

import math

from glre.counted import counted

ABSENT = "–"


def percent(mean: float | None, spread: float | None = None) -> str:
    """`53.7 ± 2.1` of fractions; without the second part where nothing is known of the spread, – without a mean."""
    if mean is None or math.isnan(mean):
        return ABSENT
    shown = f"{100 * mean:.1f}"
    return shown if spread is None or math.isnan(spread) else f"{shown} ± {100 * spread:.1f}"


def share(weight: float) -> str:
    """A weight of an attention: `62 %`, with a decimal below 10 %."""
    if weight >= 0.0995:
        return f"{100 * weight:.0f} %"
    return f"{100 * weight:.1f} %" if weight >= 0.0005 else "< 0.1 %"


def score(probability: float) -> str:
    """A score with three decimals."""
    return f"{probability:.3f}"


def sentences_apart(distance: int) -> str:
    """How far two entities stand apart."""
    if not distance:
        return "same sentence"
    return f"{counted(distance, 'sentence')} apart"
