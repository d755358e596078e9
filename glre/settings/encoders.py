"""Settings of what words become vectors by."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from glre.settings.section import Positive, Section

Arithmetic = Literal["float32", "bfloat16"]
"""What an encoder computes in; its weights and hidden states stay in float32."""


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
    precision: Arithmetic = "float32"
    context: bool = True
    """Without it a subword is its input embedding alone, before positions and layers: static vectors of layer 0."""

    @model_validator(mode="after")
    def _one_source(self) -> "PretrainedEncoder":
        if (self.package is None) == (self.name is None):
            raise ValueError("give either package or name")
        if not self.context and self.layers != (0,):
            raise ValueError("without context only layer 0 can be read")
        return self


class WordVectors(Section):
    """Word vectors in place of BERT (Table 4): of a package or a text file (GloVe, word2vec), else learned.

    Words are lower-cased.
    """

    kind: Literal["word_vectors"]
    package: str | None = None
    """The Python package that bundles them, a table .npy and its words .parquet."""
    folder: str = "data"
    """Folder of the two files inside `package`."""
    path: Path | None = None
    width: Positive = 200
    tuned: bool = False
    """Whether those of a package or a file are trained with the model; frozen, they share one learned vector for words
    that they lack. Without either all are learned with the model."""
    minimum_count: Positive = 2
    """Words rarer than this in the training split share one vector, where all are learned."""

    @model_validator(mode="after")
    def _one_source(self) -> "WordVectors":
        if self.package is not None and self.path is not None:
            raise ValueError("give either package or path")
        if self.tuned and not self.published:
            raise ValueError("only vectors of a package or a path can be tuned: others are learned with the model")
        return self

    @property
    def published(self) -> bool:
        """Whether they come from a package or a file."""
        return self.package is not None or self.path is not None

    @property
    def origin(self) -> str:
        """Where they come from, in words."""
        if not self.published:
            return "learned with the model"
        return f"{self.package if self.path is None else self.path.name}, {'tuned' if self.tuned else 'frozen'}"


Encoder = Annotated[PretrainedEncoder | WordVectors, Field(discriminator="kind")]
