"""Settings of an experiment: the model, its training, and whether the encoder is trained with it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from glre.settings.section import Fraction, Positive, Section


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(seeds)) != len(seeds):
        raise ValueError("the same seed twice")
    return seeds


Seeds = Annotated[tuple[int, ...], Field(min_length=1), AfterValidator(_distinct)]
"""Of the runs of an experiment, one for each."""


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


class FineTuning(Section):
    """How a pre-trained encoder is trained together with the model; without it the encoder is frozen."""

    learning_rate: Annotated[float, Field(gt=0)]
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    """What the rate is multiplied by from each layer of the encoder to the one below."""
    checkpointing: bool = False
    """Compute activations anew in the backward pass: about half as much time again, a fraction of the memory."""


class Training(Section):
    """Optimiser, schedule and selection."""

    seeds: Seeds
    learning_rate: Annotated[float, Field(gt=0)]
    batch_size: Positive
    epochs: Positive
    patience: Positive
    """Epochs without a better dev F1 after which training stops."""
    first_choice: Positive = 1
    """The first epoch that can be the best one; patience counts from there."""
    schedule: Literal["constant", "linear"] = "constant"
    """Whether learning rates stay, or go down to 0 with the last of all `epochs`."""
    warm_up: Fraction = 0.0
    """Share of all `epochs` over which learning rates rise from 0."""
    negatives: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the N/A pairs that are asked for in an epoch, drawn anew for each."""
    step_words: Positive = 32768
    """Most words, padding counted, that go through the model at once: a batch that has more is taken in several steps
    whose gradients are summed. A larger document goes alone."""
    step_pairs: Positive = 65536
    """The same for candidate pairs."""
    weight_decay: Annotated[float, Field(ge=0)]
    amsgrad: bool
    gradient_clip: Annotated[float, Field(gt=0)]
    weight_average: Fraction = 0.0
    """Decay, per step, of the moving average of the weights that dev is scored with and that is kept; 0, as published,
    keeps the weights themselves."""
    threads: Positive = 1
    """Processor threads of one training run."""


class Experiment(Section):
    """The settings of one point (dataset, experiment), overrides applied."""

    encoder: str
    fine_tuning: FineTuning | None = None
    model: Model
    training: Training
