"""Says what each experiment comes to, and what of it is here. Not a DVC stage: it reads and writes nothing."""

from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from glre import paths
from glre.counted import counted
from glre.encoding.packages import package_folder
from glre.encoding.transformer.location import encoder_source
from glre.errors import InputError
from glre.grid.params import Settings, read_settings
from glre.grid.points import TrainingPoint
from glre.settings import PretrainedEncoder, WordVectors
from glre.terminal import table_console

_LOG_WIDTH = 160
_HERE, _MISSING = "here", "missing"


@dataclass(frozen=True, slots=True)
class Readiness:
    """A point of the grid: how it encodes words, and of each thing that it needs whether it is here, or why not."""

    name: str
    encoder: str
    corpus: str
    weights: str
    features: str
    models: str
    results: str


def run(dataset: str | None, experiment: str | None) -> None:
    """Print a table of the grid's points, of one dataset or experiment where given; InputError where there is none."""
    settings = read_settings()
    points = {
        name: point
        for name, point in settings.grid.points.items()
        if dataset in (None, point.dataset) and experiment in (None, point.experiment)
    }
    if not points:
        raise InputError("the grid of params.yaml", "none of that dataset and experiment", "one or more")
    console = table_console(_LOG_WIDTH)
    table = Table("point", "encoder", "corpus", "weights", "features", "models", "results")
    for name, point in points.items():
        found = readiness(name, point, settings)
        table.add_row(
            found.name, found.encoder, found.corpus, found.weights, found.features, found.models, found.results
        )
    console.print(table)
    console.print("dvc repro evaluate@<point> makes what is missing; what has to be fetched needs its address.")


def readiness(name: str, point: TrainingPoint, settings: Settings) -> Readiness:
    """What is here of all that a point needs; InputError where its settings don't fit together."""
    resolved = settings.experiment(point.dataset, point.experiment)
    encoder = settings.encoder(resolved.encoder)
    how = "fine-tuned" if resolved.fine_tuning else "frozen"
    raw = paths.raw(point.dataset)
    files = settings.dataset(point.dataset).files
    absent = [file for file in files if not (raw / file).is_file()]
    models, results = paths.models(point.dataset, point.experiment), paths.results(point.dataset, point.experiment)
    seeds = resolved.training.seeds
    trained = sum((models / f"seed-{seed}/settings.json").is_file() for seed in seeds)
    return Readiness(
        name=name,
        encoder=resolved.encoder if isinstance(encoder, WordVectors) else f"{resolved.encoder}, {how}",
        corpus=_HERE if not absent else f"{len(absent)} of {counted(len(files), 'file')} missing",
        weights=_weights(encoder),
        features=_presence(paths.features(point.dataset, resolved.encoder))
        if settings.reads_features(resolved)
        else "not needed",
        models=f"{trained} of {counted(len(seeds), 'seed')}",
        results=_presence(results / "metrics.json"),
    )


def _weights(encoder: PretrainedEncoder | WordVectors) -> str:
    if isinstance(encoder, WordVectors):
        return _vectors(encoder)
    try:
        source = encoder_source(encoder)
    except InputError as error:
        return f"{_MISSING}: {error.found}"
    if encoder.package is not None or Path(source).is_dir():
        return _presence(Path(source) / "config.json")
    from huggingface_hub import try_to_load_from_cache

    cached = (
        try_to_load_from_cache(source, file, revision=encoder.revision)
        for file in ("model.safetensors", "pytorch_model.bin")
    )
    return "in the cache" if any(isinstance(path, str) for path in cached) else f"to be fetched: {source}"


def _vectors(encoder: WordVectors) -> str:
    if encoder.path is not None:
        return _presence(encoder.path)
    if encoder.package is None:
        return encoder.origin
    try:
        return _presence(package_folder(encoder.package) / encoder.folder)
    except InputError as error:
        return f"{_MISSING}: {error.found}"


def _presence(path: Path) -> str:
    return _HERE if path.exists() else _MISSING
