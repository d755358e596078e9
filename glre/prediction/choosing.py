"""The threshold that a model is asked with."""

from glre.evaluation.predictions import read_predictions
from glre.prediction.chosen_threshold import Choice, threshold_for_precision
from glre.prediction.model_source import find_predictions
from glre.prediction.options import Options
from glre.systems.trained import ModelSettings


def choose_threshold(model: str, settings: ModelSettings, options: Options) -> Choice:
    """What `options` come to for the model that people call `model`; InputError where they can't be met."""
    if options.threshold is not None:
        return Choice(options.threshold)
    if options.min_precision is None:
        return Choice(settings.threshold)
    path = find_predictions(model, settings.dataset, settings.experiment)
    return threshold_for_precision(read_predictions(path), settings.seed, options.min_precision, str(path))
