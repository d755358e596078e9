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
