"""Everything that can be set, read once from params.yaml into frozen types that refuse unknown keys.

A run of the science is a point (dataset, experiment). Its settings are `defaults`, overridden by the dataset's
`settings`, overridden by the experiment's entry; `Settings.experiment` resolves them.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from glre.errors import InputError

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

Fraction = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[int, Field(gt=0)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""A file or folder name without any separator, so that joining it to a folder never leaves that folder."""


class Section(BaseModel):
    """A frozen group of settings that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Section):
    """A public place of a file: a URL, and for an archive (.zip, .tar.gz) the member to take out of it."""

    url: str
    member: str | None = None


class SourceFile(Section):
    """A file of a corpus: the checksum of its (uncompressed) content and where it can be had.

    `path` names a file of this repository instead of public addresses.
    """

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    addresses: tuple[Address, ...] = ()
    path: Path | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "SourceFile":
        if bool(self.addresses) == (self.path is not None):
            raise ValueError("give either addresses or a path")
        return self


class SplitPart(Section):
    """A file, or the documents `start` to `stop` (exclusive) of it."""

    file: Name
    start: Annotated[int, Field(ge=0)] = 0
    stop: Positive | None = None


class CandidateRule(Section):
    """Entity types between which relations are asked for, head to tail; None stands for any type."""

    head: str | None = None
    tail: str | None = None


class Dataset(Section):
    """A corpus, how it is split, and which entity pairs are candidates."""

    description: str
    format: Literal["pubtator"]
    mirror: Name | None = None
    """Folder of a mirror that holds the files; the dataset's own name where not given."""
    files: dict[Name, SourceFile]
    splits: dict[Literal["train", "dev", "test"], tuple[SplitPart, ...]]
    relations: tuple[str, ...]
    candidates: tuple[CandidateRule, ...]
    hypernyms: Name | None = None
    """MeSH tree file for the hypernym filter; None leaves no pair out."""
    settings: dict[str, Any] = {}
    """What this dataset overrides in `defaults`."""

    @model_validator(mode="after")
    def _files_are_listed(self) -> "Dataset":
        used = {part.file for parts in self.splits.values() for part in parts}
        if self.hypernyms:
            used.add(self.hypernyms)
        if missing := used - self.files.keys():
            raise ValueError(f"files not listed under `files`: {', '.join(sorted(missing))}")
        return self


class PretrainedEncoder(Section):
    """A transformers encoder: by the Python package that bundles it, or by name or path."""

    kind: Literal["pretrained"]
    package: str | None = None
    folder: str = "model"
    """Folder of the weights inside `package`."""
    name: str | None = None
    revision: str | None = None
    layers: Annotated[tuple[int, ...], Field(min_length=1)]
    """Hidden layers that are features (0: embeddings, 1: first layer, -1: last)."""
    precision: Literal["float32", "bfloat16"] = "float32"

    @model_validator(mode="after")
    def _one_source(self) -> "PretrainedEncoder":
        if (self.package is None) == (self.name is None):
            raise ValueError("give either package or name")
        return self


class WordVectors(Section):
    """Word vectors in place of BERT (Table 4): from a text file (GloVe, word2vec), else learned with the model."""

    kind: Literal["word_vectors"]
    path: Path | None = None
    width: Positive = 200
    minimum_count: Positive = 2
    """Words rarer than this in the training split share one vector, unless the file has them."""


Encoder = Annotated[PretrainedEncoder | WordVectors, Field(discriminator="kind")]


class Model(Section):
    """Sizes, dropout and parts of GLRE; the paper's section stands at each."""

    hidden: Positive
    lstm: Annotated[int, Field(ge=0)]
    """Hidden units per direction of the BiLSTM on frozen features; 0 leaves it out."""
    encoder_dropout: Fraction
    """On the encoder's hidden states or word vectors (section 3.1)."""
    node_type: Positive
    """Size of the node type vectors t_m, t_e, t_s (section 3.2)."""
    rgcn_layers: Positive
    rgcn_input_dropout: Fraction
    rgcn_output_dropout: Fraction
    heads: Positive
    """Heads z of the local attention (section 3.3)."""
    attention_dropout: Fraction
    distance: Positive
    """Size of the distance vectors Δ (section 3.4)."""
    distance_bins: Positive
    """Distances are put in bins 1, 2, 4, … 2^b; this is b."""
    classifier_hidden: tuple[Positive, ...]
    """Widths of the classifier's hidden layers; none for a linear one."""
    classifier_dropout: Fraction
    use_global: bool = True
    use_local: bool = True
    use_context: bool = True

    @model_validator(mode="after")
    def _something_to_classify(self) -> "Model":
        if self.hidden % self.heads:
            raise ValueError(f"hidden ({self.hidden}) must be a multiple of heads ({self.heads})")
        if not (self.use_global or self.use_local):
            raise ValueError("use_global and use_local cannot both be off: nothing would represent the entities")
        return self


class Training(Section):
    """Optimiser, schedule and selection."""

    seeds: Annotated[tuple[int, ...], Field(min_length=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    batch_size: Positive
    epochs: Positive
    patience: Positive
    """Epochs without a better dev F1 after which training stops."""
    weight_decay: Annotated[float, Field(ge=0)]
    amsgrad: bool
    gradient_clip: Annotated[float, Field(gt=0)]
    weight_average: Fraction = 0.0
    """Decay, per step, of the moving average of the weights that dev is scored with and that is kept; 0, as published,
    keeps the weights themselves."""
    threads: Positive = 1
    """Processor threads of one training run."""

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) != len(seeds):
            raise ValueError("the same seed twice")
        return seeds


class Experiment(Section):
    """The settings of one point (dataset, experiment), overrides applied."""

    encoder: str
    model: Model
    training: Training


class Grid(Section):
    """What dvc.yaml spreads its stages over."""

    datasets: tuple[Name, ...]
    encoders: tuple[Name, ...]
    experiments: tuple[Name, ...]


class Settings(Section):
    """All of params.yaml."""

    grid: Grid
    launch: str = ""
    """What dvc.yaml puts before the command of a stage that computes."""
    datasets: dict[Name, Dataset]
    encoders: dict[Name, Encoder]
    defaults: dict[str, Any]
    experiments: dict[Name, dict[str, Any]]

    def dataset(self, name: str) -> Dataset:
        """The dataset called `name`; InputError where params.yaml has none."""
        return _look_up(self.datasets, name, "datasets")

    def encoder(self, name: str) -> PretrainedEncoder | WordVectors:
        """The encoder called `name`; InputError where params.yaml has none."""
        return _look_up(self.encoders, name, "encoders")

    def experiment(self, dataset: str, experiment: str) -> Experiment:
        """The settings of `experiment` on `dataset`; InputError where a name or an override is unknown."""
        merged = _merge(self.defaults, self.dataset(dataset).settings)
        merged = _merge(merged, _look_up(self.experiments, experiment, "experiments"))
        resolved = _validated(Experiment, merged, f"params.yaml, experiment {experiment!r} on dataset {dataset!r}")
        self.encoder(resolved.encoder)
        return resolved


def read_settings(path: Path = Path("params.yaml")) -> Settings:
    """Read and check params.yaml, every point of the grid included; InputError says what is wrong and where."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "the settings; run from the repository's root") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"invalid YAML ({' '.join(str(error).split())})", "a YAML mapping") from None
    settings = _validated(Settings, content, str(path))
    for dataset in settings.grid.datasets:
        for experiment in settings.grid.experiments:
            settings.experiment(dataset, experiment)
    for encoder in settings.grid.encoders:
        settings.encoder(encoder)
    return settings


def _validated(kind: type[M], content: Any, place: str) -> M:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole file"
        if first["type"] == "missing":
            raise InputError(f"{place}, {key}", "no such key", "a value") from None
        if first["type"] == "extra_forbidden":
            raise InputError(f"{place}, {key}", "an unknown key", "only keys that glre/settings.py has") from None
        found = "a mapping" if isinstance(first["input"], dict) else repr(first["input"])[:200]
        raise InputError(f"{place}, {key}", found, first["msg"].removeprefix("Value error, ")) from None


def _look_up(table: dict[str, T], name: str, section: str) -> T:
    if name not in table:
        raise InputError(f"params.yaml, {section}", repr(name), f"one of {', '.join(table)}")
    return table[name]


def _merge(base: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in overrides.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
