"""What the scores are worth: precision–recall curves, and calibration."""

from collections.abc import Mapping, Sequence

import numpy as np

from glre.evaluation.calibration import Calibration, calibration
from glre.evaluation.curve import Curve, precision_recall_curve
from glre.reporting.content.blocks import Column, Figure, Group, Key, Row, Table
from glre.reporting.content.figures_in_words import ABSENT, percent
from glre.reporting.figures.chart import FAINT, both_per_cent, dashes, line_key, series_colour, sketch
from glre.reporting.points.point_predictions import PointPredictions

_DRAWN = 150
"""Points of a drawn curve."""
_RECALLS = tuple(step / 10 for step in range(1, 11))


def precision_recall_figure(dataset: str, shown: Sequence[PointPredictions]) -> Figure:
    """A curve for each experiment, of the seed that is best on dev, with the threshold chosen there marked."""
    curves = [_curves(each) for each in shown]
    best = [of_seed[each.results.best_seed] for each, of_seed in zip(shown, curves, strict=True)]
    precisions = [[curve.average_precision for curve in of_seed.values()] for of_seed in curves]
    averages = [percent(float(np.mean(each)), _spread(each)) for each in precisions]
    title = "Precision and recall"
    note = f"On {shown[0].results.split}, at every threshold; the dot is the threshold chosen on dev. " + " ".join(
        f"{each.experiment} (seed {each.results.best_seed}): average precision {percent(curve.average_precision)}."
        for each, curve in zip(shown, best, strict=True)
    )
    with sketch(f"curve-{dataset}") as drawing:
        (axes,) = drawing.panels
        for place, (each, curve) in enumerate(zip(shown, best, strict=True), start=1):
            drawn = curve.thinned(_DRAWN)
            colour = series_colour(place)
            axes.plot(100 * drawn.recall, 100 * drawn.precision, color=colour, dashes=dashes(place))
            chosen = curve.at(each.results.threshold(each.results.best_seed))
            axes.plot([100 * chosen.recall], [100 * chosen.precision], "o", color=colour, markersize=6)
        both_per_cent(axes, "recall, per cent", "precision, per cent")
        svg = drawing.svg(f"{title}, {dataset}. {note}")
    columns = (Column("recall"), *(Column(each.experiment, is_figure=True) for each in shown))
    rows = [Row(("average precision, all seeds", *averages))]
    for recall in _RECALLS:
        rows.append(Row((f"precision at recall {percent(recall)}", *(_precision(curve, recall) for curve in best))))
    notes = (
        "A curve ends where the scores that are kept do; facts below are never reached, so that average precision is a "
        "lower bound. The rows by recall are of the drawn seed.",
    )
    table = Table(f"{title}, {dataset}: the numbers, per cent", columns, (Group(tuple(rows)),), notes)
    return Figure(title, note, svg, _keys(shown), table)


def calibration_figure(dataset: str, shown: Sequence[PointPredictions]) -> Figure:
    """How often scores of about the same height are right, against their mean; all seeds together."""
    found: list[Calibration] = [calibration(each.predictions) for each in shown]
    title = "Calibration"
    note = (
        f"On {shown[0].results.split}, all seeds together: the share of gold facts among scores of about the same "
        "height. On the straight line a score is the probability that the fact holds. "
        + " ".join(
            f"{each.experiment}: expected calibration error {percent(of.expected_calibration_error)}, "
            f"Brier score {of.brier_score:.3f}."
            for each, of in zip(shown, found, strict=True)
        )
    )
    with sketch(f"calibration-{dataset}") as drawing:
        (axes,) = drawing.panels
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1)
        for place, of in enumerate(found, start=1):
            axes.plot(
                [100 * each.mean_score for each in of.bins],
                [100 * each.fraction_gold for each in of.bins],
                color=series_colour(place),
                dashes=dashes(place),
                marker="o",
                markersize=4,
            )
        both_per_cent(axes, "mean score, per cent", "gold facts, per cent")
        svg = drawing.svg(f"{title}, {dataset}. {note}")
    groups = tuple(
        Group(
            tuple(
                Row(
                    (
                        f"{each.lower:.2f} to {each.upper:.2f}",
                        f"{each.count:,}",
                        percent(each.mean_score),
                        percent(each.fraction_gold),
                    )
                )
                for each in of.bins
            ),
            f"{scores.experiment}",
        )
        for scores, of in zip(shown, found, strict=True)
    )
    columns = (Column("score"), Column("pairs", True), Column("mean score", True), Column("gold facts", True))
    notes = ("Of pairs and relations that score above 0.01, which are all that is kept.",)
    return Figure(
        title, note, svg, _keys(shown), Table(f"{title}, {dataset}: the numbers, per cent", columns, groups, notes)
    )


def _curves(each: PointPredictions) -> Mapping[int, Curve]:
    return {
        seed: precision_recall_curve(each.predictions[each.predictions["seed"] == seed])
        for seed in each.results.seed_numbers
    }


def _precision(curve: Curve, recall: float) -> str:
    place = int(np.searchsorted(curve.recall, recall))
    return percent(float(curve.precision[place])) if place < len(curve.recall) else ABSENT


def _spread(values: Sequence[float]) -> float | None:
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def _keys(shown: Sequence[PointPredictions]) -> tuple[Key, ...]:
    return tuple(line_key(place, each.experiment) for place, each in enumerate(shown, start=1))
