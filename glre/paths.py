"""Where each stage's inputs and outputs lie, relative to the repository's root."""

from pathlib import Path


def raw(dataset: str) -> Path:
    """Files of a corpus as they were fetched."""
    return Path("data/raw") / dataset


def processed(dataset: str) -> Path:
    """Documents, a Parquet file per split, and their statistics."""
    return Path("data/processed") / dataset


def documents(dataset: str, split: str) -> Path:
    """The documents of one split."""
    return processed(dataset) / f"{split}.parquet"


def features(dataset: str, encoder: str) -> Path:
    """Hidden states of a frozen encoder, a file per split."""
    return Path("data/features") / dataset / encoder


def hidden_states(dataset: str, encoder: str, split: str) -> Path:
    """Hidden states of one split."""
    return features(dataset, encoder) / f"{split}.npy"


def partial(dataset: str) -> Path:
    """What is unfinished: a killed stage goes on from here."""
    return Path("data/partial") / dataset


def checkpoints(dataset: str, experiment: str) -> Path:
    """Training that is unfinished, a folder per seed."""
    return Path("checkpoints") / dataset / experiment


def models(dataset: str, experiment: str) -> Path:
    """Trained models, a folder per seed."""
    return Path("models") / dataset / experiment


RESULTS = Path("results")


def results(dataset: str, experiment: str) -> Path:
    """Metrics, predictions, breakdowns and the training history."""
    return RESULTS / dataset / experiment


def report(name: str) -> Path:
    """A report: `index.html`, and the same as `report.md`."""
    return Path("reports") / name
