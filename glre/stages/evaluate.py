"""Predictions, metrics and breakdowns of a trained experiment on dev and test."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import torch

from glre import paths
from glre.counted import counted
from glre.documents.document import Document
from glre.encoding.words_of_model import words_of_dataset
from glre.errors import InputError
from glre.evaluation.baseline import all_positive_f1
from glre.evaluation.breakdowns.breakdown import break_down, over_seeds, write_breakdowns
from glre.evaluation.breakdowns.by_relation import break_down_by_frequency, break_down_by_relation, facts_by_relation
from glre.evaluation.predictions import predictions_table, write_predictions
from glre.evaluation.summary import metrics_by_seed, summarise, write_metrics
from glre.evaluation.training_facts import training_facts
from glre.files import written_whole
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import Dataset
from glre.systems.registry import network_type
from glre.systems.scoring import score
from glre.systems.split import StepLimits, make_split
from glre.systems.trained import TrainedModel, load_model, load_settings
from glre.tracking import StageIdentity, StageRun, read_run_id, register_model, stage_run
from glre.training.data import read_splits

SPLITS = ("dev", "test")
"""What is scored, where the dataset has it."""
_BATCH = 32


def run(dataset: str, experiment: str) -> None:
    """Write metrics.json, predictions.parquet, seeds.csv and the breakdowns to results/<dataset>/<experiment>.

    Every seed's model is used with the threshold that was chosen with it on dev. A split without any fact, such as
    DocRED's test split, has predictions and no metrics; of a dataset without a test split dev alone is scored.
    """
    settings = read_settings()
    chosen = settings.experiment(dataset, experiment)
    of_dataset = settings.dataset(dataset)
    torch.set_num_threads(chosen.training.threads)
    scored = [split for split in SPLITS if split in of_dataset.splits]
    inputs = [*(paths.documents(dataset, split) for split in ("train", *scored)), paths.models(dataset, experiment)]
    if settings.reads_features(chosen):
        inputs.append(paths.features(dataset, chosen.encoder))
    features = paths.features(dataset, chosen.encoder)
    trained = [_load(paths.models(dataset, experiment) / f"seed-{seed}", features) for seed in chosen.training.seeds]
    splits = read_splits(dataset, of_dataset)
    labelled = _labelled(dataset, {split: splits[split] for split in scored})
    limits = StepLimits(_BATCH, chosen.training.step_words, chosen.training.step_pairs)
    folder = paths.results(dataset, experiment)
    identity = StageIdentity("evaluate", dataset, experiment, chosen.encoder)
    with stage_run(identity, chosen, inputs, resume=read_run_id(folder / "train_run.json")) as tracked:
        predictions = _predictions(of_dataset, trained, splits, scored, limits)
        write_predictions(predictions, folder / "predictions.parquet")
        predictions = predictions[predictions["split"].isin(labelled)]
        thresholds = {model.settings.seed: model.settings.threshold for model in trained}
        by_seed = metrics_by_seed(predictions, thresholds, of_dataset.relations)
        baselines = {
            split: all_positive_f1(splits[split], of_dataset.candidates, of_dataset.relations) for split in labelled
        }
        summary = summarise(by_seed, baselines)
        with written_whole(folder / "seeds.csv") as temporary:
            by_seed.to_csv(temporary, index=False)
        facts = facts_by_relation(splits["train"], of_dataset.relations)
        breakdowns = [
            *write_breakdowns(over_seeds(break_down(predictions)), folder),
            *write_breakdowns(break_down_by_relation(predictions, facts, of_dataset.relation_names), folder),
            *write_breakdowns(break_down_by_frequency(predictions, facts), folder),
        ]
        write_metrics(summary, folder / "metrics.json")
        for split, path in zip(scored, inputs[1:], strict=False):
            tracked.log_dataset(path, dataset, split)
        tracked.log_nested_metrics(summary)
        for path in (folder / "metrics.json", folder / "seeds.csv", folder / "predictions.parquet", *breakdowns):
            tracked.log_artifact(path)
        _log_seeds(by_seed, thresholds, tracked)


def _labelled(dataset: str, splits: Mapping[str, Sequence[Document]]) -> list[str]:
    """The splits that have facts; InputError where dev has none, for without them no threshold was chosen."""
    labelled = [split for split, documents in splits.items() if any(document.facts for document in documents)]
    if "dev" not in labelled:
        raise InputError(str(paths.documents(dataset, "dev")), "no facts", "facts, on which the threshold is chosen")
    for split in splits.keys() - labelled:
        print(f"{paths.documents(dataset, split)}: no facts, so there are predictions and no metrics", flush=True)
    if "test" not in splits:
        print(f"{dataset} has no test split: figures are those of dev, which chose the epoch and threshold", flush=True)
    return labelled


def _log_seeds(by_seed: pd.DataFrame, thresholds: Mapping[int, float], tracked: StageRun) -> None:
    """Log each seed's figures to its own run, under the names of their means, and register its model."""
    for seed, rows in by_seed.groupby("seed"):
        number = int(str(seed))
        figures = rows.set_index("split").drop(columns="seed").to_dict("index")
        with tracked.child(number) as child:
            child.log_nested_metrics({str(split): own for split, own in figures.items()})
            if not register_model(child, float(figures["dev"]["f1"]), thresholds[number]):
                print(f"seed {seed}: MLflow has no model of its run {child.run_id}, so none is registered", flush=True)


def _load(folder: Path, features: Path) -> TrainedModel:
    settings = load_settings(folder)
    return load_model(folder, settings, words_of_dataset(settings.words, folder, features))


def _predictions(
    of_dataset: Dataset,
    trained: Sequence[TrainedModel],
    splits: Mapping[str, Sequence[Document]],
    scored: Sequence[str],
    limits: StepLimits,
) -> pd.DataFrame:
    training = training_facts(splits["train"])
    first, tables = trained[0], []  # seeds differ in weights alone
    with progress(f"scoring with {counted(len(trained), 'model')}", len(scored) * len(trained), "split") as bar:
        for split in scored:
            documents = splits[split]
            network, inputs = network_type(first.settings.model.system), first.source.inputs(documents)
            ready = make_split(network, documents, inputs, of_dataset.candidates, of_dataset.relations)
            for model in trained:
                settings = model.settings
                tables.append(
                    predictions_table(
                        ready.documents,
                        score(model.scorer, ready, range(len(ready.documents)), limits),
                        settings.relations,
                        split=split,
                        seed=settings.seed,
                        threshold=settings.threshold,
                        training=training,
                    )
                )
                bar.advance()
    return pd.concat(tables, ignore_index=True)
