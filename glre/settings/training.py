"""Settings of training: optimiser, schedule and selection, and whether the encoder is trained with the system."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from glre.settings.section import Fraction, Positive, Section


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(seeds)) != len(seeds):
        raise ValueError("the same seed twice")
    return seeds


Seeds = Annotated[tuple[int, ...], Field(min_length=1), AfterValidator(_distinct)]
"""Of the runs of an experiment, one for each."""


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
