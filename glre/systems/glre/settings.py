"""Settings of GLRE."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from glre.settings import Fraction, Positive
from glre.systems.system import SystemSettings


class GLRESettings(SystemSettings):
    """Sizes, dropout and parts of GLRE; the paper's section stands at each."""

    system: Literal["glre"] = "glre"

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
    def _something_to_classify(self) -> "GLRESettings":
        if self.hidden % self.heads:
            raise ValueError(f"hidden ({self.hidden}) must be a multiple of heads ({self.heads})")
        if not (self.use_global or self.use_local):
            raise ValueError("use_global and use_local cannot both be off: nothing would represent the entities")
        return self
