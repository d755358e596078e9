"""The points of the grid and the features they read: what DVC spreads its stages over."""

from dataclasses import asdict, dataclass

from glre import paths


@dataclass(frozen=True, slots=True)
class FeaturesPoint:
    """A frozen encoder's hidden states of a dataset."""

    dataset: str
    encoder: str

    @property
    def name(self) -> str:
        """As DVC's stages have it, `encode@<name>`."""
        return f"{self.dataset}-{self.encoder}"


@dataclass(frozen=True, slots=True)
class TrainingPoint:
    """An experiment on a dataset, with the system and the encoder that its settings come to."""

    dataset: str
    experiment: str
    system: str
    encoder: str
    reads_features: bool
    """Whether it reads hidden states of a frozen encoder; else the documents themselves."""

    @property
    def name(self) -> str:
        """As DVC's stages have it, `train@<name>` and `evaluate@<name>`."""
        return f"{self.dataset}-{self.experiment}"

    @property
    def inputs(self) -> str:
        """The folder of what its model reads."""
        folder = paths.features(self.dataset, self.encoder) if self.reads_features else paths.processed(self.dataset)
        return folder.as_posix()


@dataclass(frozen=True, slots=True)
class Grid:
    """All features and points, by their names."""

    features: dict[str, FeaturesPoint]
    points: dict[str, TrainingPoint]

    def as_content(self) -> dict[str, dict[str, dict[str, str]]]:
        """What dvc.yaml looks up of each."""
        points = {
            name: {
                "dataset": point.dataset,
                "experiment": point.experiment,
                "system": point.system,
                "encoder": point.encoder,
                "inputs": point.inputs,
            }
            for name, point in self.points.items()
        }
        return {"features": {name: asdict(point) for name, point in self.features.items()}, "points": points}


def grid_of(points: list[TrainingPoint]) -> Grid:
    """The points by name with all features that they read; ValueError where two would have one name."""
    by_name = {point.name: point for point in points}
    if twice := [point.name for point in points if by_name[point.name] is not point]:
        raise ValueError(f"two points called {twice[0]}")
    features = [FeaturesPoint(point.dataset, point.encoder) for point in points if point.reads_features]
    return Grid({each.name: each for each in features}, by_name)
