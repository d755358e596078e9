"""All that is here of a point of the grid: what its settings come to, and what `glre train` and `evaluate` wrote."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from glre import paths
from glre.errors import InputError
from glre.evaluation.predictions import read_predictions
from glre.grid.experiment import Experiment
from glre.grid.params import Settings
from glre.settings import PretrainedEncoder, WordVectors
from glre.tracking import read_run_id

_BREAKDOWN = ("bucket", "split", "f1", "f1_std", "precision", "recall", "support", "predicted")
_COLUMNS = {
    "seeds": ("split", "seed", "f1", "threshold"),
    "history": ("seed", "epoch", "loss", "dev_f1"),
    "distance": _BREAKDOWN,
    "mentions": _BREAKDOWN,
    "relation": (*_BREAKDOWN, "facts_in_train"),
    "frequency": (*_BREAKDOWN, "facts_in_train"),
}
"""What the page reads of each table."""


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What was written of a point. A table that is not there is None: a clone, say, has no predictions."""

    metrics: Mapping[str, Mapping[str, float]]
    """By split, then by figure."""
    seeds: pd.DataFrame
    tables: Mapping[str, pd.DataFrame | None]
    """By name: history, distance, mentions, relation, frequency."""
    predictions: pd.DataFrame | None
    run_id: str | None

    @property
    def split(self) -> str:
        """The split that is reported: test, or dev where the facts of test are not public."""
        return "test" if "test" in self.metrics else "dev"

    @property
    def seed_numbers(self) -> tuple[int, ...]:
        """The seeds, ascending."""
        return tuple(sorted(int(seed) for seed in self.seeds["seed"].unique()))

    @property
    def best_seed(self) -> int:
        """The seed of best F1 on dev, the lowest where several are."""
        of_dev = self.seeds[self.seeds["split"] == "dev"].sort_values("seed")
        return int(of_dev["seed"].iloc[int(of_dev["f1"].to_numpy().argmax())])

    def threshold(self, seed: int) -> float:
        """What was chosen on dev with this seed."""
        rows = self.seeds[(self.seeds["split"] == "dev") & (self.seeds["seed"] == seed)]
        return float(rows["threshold"].iloc[0])


@dataclass(frozen=True, slots=True, eq=False)
class ReportedPoint:
    """A point with its encoder in words, how its relations are called, and its results where there are any."""

    name: str
    dataset: str
    experiment: str
    encoder: str
    relations: tuple[str, ...]
    relation_names: Mapping[str, str]
    results: Results | None


def read_point(name: str, settings: Settings) -> ReportedPoint:
    """The point `name` of the grid; InputError where a file of it is there and not what `evaluate` writes."""
    point = settings.grid.points[name]
    dataset = settings.dataset(point.dataset)
    folder = paths.results(point.dataset, point.experiment)
    return ReportedPoint(
        name=name,
        dataset=point.dataset,
        experiment=point.experiment,
        encoder=describe_encoder(settings.experiment(point.dataset, point.experiment), settings),
        relations=dataset.relations,
        relation_names=dataset.relation_names,
        results=_read_results(folder) if (folder / "metrics.json").exists() else None,
    )


def describe_encoder(experiment: Experiment, settings: Settings) -> str:
    """Its name, whether it is frozen or fine-tuned, and the layers that are read."""
    encoder = settings.encoder(experiment.encoder)
    if isinstance(encoder, WordVectors):
        return f"word vectors, {encoder.origin}"
    if not encoder.context:
        return f"{experiment.encoder} ({encoder.package or encoder.name}), input embeddings, frozen"
    how = "fine-tuned" if experiment.fine_tuning else "frozen"
    return f"{experiment.encoder} ({encoder.package or encoder.name}), {how}, {_layers(encoder)}"


def _layers(encoder: PretrainedEncoder) -> str:
    if encoder.layers == (-1,):
        return "last layer"
    return f"layer{'s' if len(encoder.layers) > 1 else ''} {', '.join(map(str, encoder.layers))}"


def _read_results(folder: Path) -> Results:
    seeds = _read_table(folder / "seeds.csv", _COLUMNS["seeds"])
    if seeds is None or seeds[seeds["split"] == "dev"].empty:
        raise InputError(str(folder / "seeds.csv"), "no figures of dev", "those of every seed")
    predictions = folder / "predictions.parquet"
    return Results(
        metrics=_read_metrics(folder / "metrics.json"),
        seeds=seeds,
        tables={
            name: _read_table(folder / f"{name}.csv", columns) for name, columns in _COLUMNS.items() if name != "seeds"
        },
        predictions=read_predictions(predictions) if predictions.exists() else None,
        run_id=read_run_id(folder / "train_run.json"),
    )


def _read_metrics(path: Path) -> dict[str, dict[str, float]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), " ".join(str(error).split()), "the JSON that `glre evaluate` writes") from None
    splits = list(content.values()) if isinstance(content, dict) else []
    if not splits or not all(
        isinstance(each, dict) and {"precision", "recall", "f1"} <= each.keys() for each in splits
    ):
        raise InputError(str(path), "no figures of a split", "precision, recall and f1 by split")
    metrics: dict[str, dict[str, float]] = content
    return metrics


def _read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame | None:
    if not path.exists():
        return None
    try:
        table = pd.read_csv(path, dtype={"bucket": str, "name": str})
    except (ValueError, UnicodeDecodeError) as error:  # pandas' own errors are ValueErrors
        raise InputError(str(path), " ".join(str(error).split()), "the table that `glre` writes") from None
    if missing := [name for name in columns if name not in table.columns]:
        raise InputError(str(path), f"no column {missing[0]}", f"the columns {', '.join(columns)}")
    return table
