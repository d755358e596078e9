"""The figures of a result: each seed's, and for each split their mean and spread, as metrics.json."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from glre.evaluation.breakdowns.breakdown import SENTENCE
from glre.evaluation.metrics import count_all, count_each, macro_f1, metrics
from glre.files import written_whole

Summary = dict[str, dict[str, float]]
"""By split, then by figure; fractions from 0 to 1, except for `support` (gold facts) and `seeds` (how many)."""

FIGURES = ("precision", "recall", "f1", "ign_f1", "threshold", "intra_f1", "inter_f1")
"""What varies with the seed, in the order of metrics.json."""
MACRO_F1 = "macro_f1"
"""Follows FIGURES where there are several relations: the mean F1 of those with gold facts in the split."""


def metrics_by_seed(
    predictions: pd.DataFrame, thresholds: Mapping[int, float], relations: Sequence[str]
) -> pd.DataFrame:
    """The figures of each split and seed of a predictions table; `thresholds` by seed, KeyError where one is missing.

    `relations` are those of the dataset. Columns: split, seed, FIGURES, perhaps MACRO_F1, support. A split without any
    gold fact has no metrics, hence no row.
    """
    several = len(relations) > 1
    rows = []
    for split, of_split in predictions.groupby("split", sort=False):
        if not of_split["gold"].any():
            continue
        for seed in sorted(int(seed) for seed in of_split["seed"].unique()):
            group = of_split[of_split["seed"] == seed]
            overall = metrics(count_all(group))
            intra, inter = (
                metrics(counts) for counts in count_each(group, SENTENCE.bucket_of(group), len(SENTENCE.buckets))
            )
            figures = [overall.precision, overall.recall, overall.f1, overall.ign_f1, thresholds[seed]]
            figures += [intra.f1, inter.f1]
            if several:
                number, names = pd.factorize(group["relation"])
                figures.append(macro_f1(count_each(group, number, len(names))))
            rows.append((split, seed, *figures, overall.support))
    names_of_figures = [*FIGURES, MACRO_F1] if several else FIGURES
    return pd.DataFrame(rows, columns=["split", "seed", *names_of_figures, "support"])


def summarise(by_seed: pd.DataFrame, all_positive_f1: Mapping[str, float]) -> Summary:
    """Means over the seeds of `metrics_by_seed`, each with the sample standard deviation as `<figure>_std` beside it.

    With one seed there is no `_std`: nothing is known of the spread. `all_positive_f1` by split stands next to them.
    """
    summary: Summary = {}
    for split, rows in by_seed.groupby("split", sort=False):
        figures: dict[str, float] = {}
        for figure in by_seed.columns.drop(["split", "seed", "support"]):
            figures[figure] = float(rows[figure].mean())
            if len(rows) > 1:
                figures[f"{figure}_std"] = float(rows[figure].std(ddof=1))
        figures["all_positive_f1"] = all_positive_f1[str(split)]
        figures["support"] = int(rows["support"].iloc[0])
        figures["seeds"] = len(rows)
        summary[str(split)] = figures
    return summary


def write_metrics(summary: Summary, path: Path) -> None:
    """Write metrics.json, rounded to 6 decimals, keys in the order given, whole or not at all."""
    rounded = {split: {name: round(value, 6) for name, value in figures.items()} for split, figures in summary.items()}
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(rounded, indent=2, allow_nan=False) + "\n", encoding="utf-8")
