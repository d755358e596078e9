"""Whether one experiment does better than another on the same documents, or whether chance would do as much."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from glre.errors import InputError

_BLOCK = 500
"""Resamples taken at once, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True)
class F1Comparison:
    """Micro-averaged F1 of two experiments, as fractions, and what can be said of their difference.

    `difference` is the first less the second, `interval` its 95 % confidence interval, `p_value` the chance of one at
    least as large, either way, if it made no odds which experiment a document's predictions came from.
    """

    split: str
    seeds: tuple[int, ...]
    documents: int
    first_f1: float
    second_f1: float
    difference: float
    interval: tuple[float, float]
    p_value: float
    resamples: int
    random_seed: int


def compare_f1(
    first: pd.DataFrame, second: pd.DataFrame, *, resamples: int = 10_000, random_seed: int = 1
) -> F1Comparison:
    """Compare two experiments by their predictions tables of one split.

    Of the seeds that both have, a document's predictions are counted together, so its answers under several seeds are
    never taken for independent, and F1 is that of all seeds' counts (not the mean of their F1). What another seed would
    have changed is not in the interval. Whether the documents are the same is told by their gold facts; one without a
    row in either table can't be seen, and would add to no count.

    The interval is the bootstrap's over documents (Efron 1979; percentiles 2.5 and 97.5). The p value is that of paired
    approximate randomisation (Noreen 1989; Yeh 2000): both answers of each document are swapped or not at random, and
    the observed assignment counts as one of the draws. InputError where the tables are of other splits, have no seed in
    common, or have other documents or gold facts. ValueError where `resamples` is not positive.
    """
    if resamples < 1:
        raise ValueError(f"{resamples} resamples")
    split = _only_split(first, second)
    seeds = tuple(sorted(set(first["seed"].unique().tolist()) & set(second["seed"].unique().tolist())))
    if not seeds:
        raise InputError(f"comparison on {split}", "no seed that both have", "predictions of the same seeds")
    first, second = (table[table["seed"].isin(seeds)] for table in (first, second))
    _check_gold(first, second, f"comparison on {split}")
    counts = _counts(first, second)
    f1 = _f1(counts.sum(axis=0))
    difference = float(f1[0] - f1[1])
    random = np.random.default_rng(random_seed)
    interval = np.quantile(_bootstrapped(counts, resamples, random), [0.025, 0.975])
    as_large = int(np.sum(np.abs(_swapped(counts, resamples, random)) >= abs(difference)))
    return F1Comparison(
        split=split,
        seeds=seeds,
        documents=len(counts),
        first_f1=float(f1[0]),
        second_f1=float(f1[1]),
        difference=difference,
        interval=(float(interval[0]), float(interval[1])),
        p_value=(1 + as_large) / (1 + resamples),
        resamples=resamples,
        random_seed=random_seed,
    )


def _only_split(first: pd.DataFrame, second: pd.DataFrame) -> str:
    splits = [sorted(table["split"].unique()) for table in (first, second)]
    if splits[0] != splits[1] or len(splits[0]) != 1:
        raise InputError("comparison", f"predictions of {splits[0]} and of {splits[1]}", "one split, the same in both")
    return str(splits[0][0])


def _check_gold(first: pd.DataFrame, second: pd.DataFrame, place: str) -> None:
    """Tables of the same documents have the same gold facts, with each seed."""
    gold = [
        set(table.loc[table["gold"], ["document_id", "seed", "head_id", "tail_id", "relation"]].itertuples(index=False))
        for table in (first, second)
    ]
    for name, alone in (("first", gold[0] - gold[1]), ("second", gold[1] - gold[0])):
        if alone:
            document, seed, head, tail, relation = min(alone)
            raise InputError(
                f"{place}, document {document!r}",
                f"the gold fact ({head}, {relation}, {tail}) with seed {seed} in the {name} alone",
                "predictions for the same documents",
            )


def _counts(first: pd.DataFrame, second: pd.DataFrame) -> npt.NDArray[np.float64]:
    """True positives, predictions and gold facts of each document for each experiment, [documents, 2, 3].

    In floating point, which holds such counts exactly and multiplies matrices fast.
    """
    both = pd.concat([first, second])
    document, names = pd.factorize(both["document_id"])
    cell = document * 2 + np.repeat([0, 1], [len(first), len(second)])
    predicted, gold = (both[name].to_numpy(dtype=np.bool_) for name in ("predicted", "gold"))
    columns = [np.bincount(cell[rows], minlength=len(names) * 2) for rows in (predicted & gold, predicted, gold)]
    return np.stack(columns, axis=-1).reshape(-1, 2, 3).astype(np.float64)


def _bootstrapped(
    counts: npt.NDArray[np.float64], resamples: int, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Differences in F1 over as many documents drawn with replacement, [resamples]."""
    documents = len(counts)
    differences = []
    for begin in range(0, resamples, _BLOCK):
        block = min(_BLOCK, resamples - begin)
        drawn = random.integers(documents, size=(block, documents)) + np.arange(block)[:, None] * documents
        times = np.bincount(drawn.ravel(), minlength=block * documents).reshape(block, documents)
        f1 = _f1((times.astype(np.float64) @ counts.reshape(documents, -1)).reshape(block, 2, 3))
        differences.append(f1[:, 0] - f1[:, 1])
    return np.concatenate(differences)


def _swapped(counts: npt.NDArray[np.float64], resamples: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Differences in F1 where each document's answers changed sides with probability one half, [resamples]."""
    documents, total, gap = len(counts), counts.sum(axis=0), counts[:, 1] - counts[:, 0]
    differences = []
    for begin in range(0, resamples, _BLOCK):
        block = min(_BLOCK, resamples - begin)
        moved = (random.random((block, documents)) < 0.5).astype(np.float64) @ gap
        f1 = _f1(total + np.stack([moved, -moved], axis=1))
        differences.append(f1[:, 0] - f1[:, 1])
    return np.concatenate(differences)


def _f1(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """F1 of counts [..., 3], the harmonic mean of precision and recall, 0 where there is nothing."""
    whole = counts[..., 1] + counts[..., 2]
    return np.divide(2 * counts[..., 0], whole, out=np.zeros_like(whole), where=whole > 0)
