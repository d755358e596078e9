"""What dvc.yaml spreads its stages over."""

from glre.settings import Name, Section


class FeaturesPoint(Section):
    """A frozen encoder's hidden states of a dataset."""

    dataset: Name
    encoder: Name


class TrainingPoint(Section):
    """An experiment on a dataset, with the encoder it comes to and the folder that its model's inputs lie in.

    What follows from the other settings is said again here for dvc.yaml, which can't look it up.
    """

    dataset: Name
    experiment: Name
    encoder: Name
    inputs: str


class Grid(Section):
    """What dvc.yaml spreads its stages over; the points by their name, `<dataset>-<encoder>` or `-<experiment>`."""

    datasets: tuple[Name, ...]
    features: dict[Name, FeaturesPoint]
    points: dict[Name, TrainingPoint]
