"""What a run stands for: a stage at a point of the grid, or a flow that starts stages."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Identity(Protocol):
    """What every run has: a name, tags by which it is found, and the command that it is a run of."""

    @property
    def run_name(self) -> str: ...

    @property
    def tags(self) -> dict[str, str]: ...

    @property
    def command(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FlowIdentity:
    """A flow, whose run is the parent of its stages' runs, with tags of its own."""

    run_name: str
    own_tags: Mapping[str, str]

    @property
    def tags(self) -> dict[str, str]:
        """Tags by which the run is found; `stage` is `flow`, so that runs of stages are found without it."""
        return {**self.own_tags, "mlflow.runName": self.run_name, "stage": "flow"}

    @property
    def command(self) -> str:
        """The flow's name: what started it is not known here."""
        return self.run_name


@dataclass(frozen=True, slots=True)
class StageIdentity:
    """A stage with its dataset, and its experiment, encoder and seed where it has them; of a report, with its name."""

    stage: str
    dataset: str | None = None
    experiment: str | None = None
    encoder: str | None = None
    seed: int | None = None
    report: str | None = None

    @property
    def point(self) -> str:
        """The stage's place in the grid as DVC's matrix names it, such as `cdr-glre`; a report's name."""
        return "-".join(part for part in (self.report or self.dataset, self.experiment or self.encoder) if part)

    @property
    def run_name(self) -> str:
        """Name of the run, such as `train cdr-glre seed 1`."""
        name = f"{self.stage} {self.point}"
        return name if self.seed is None else f"{name} seed {self.seed}"

    @property
    def command(self) -> str:
        """The command line's part that is the same at every point, such as `glre train`."""
        return f"glre {self.stage}"

    @property
    def dvc_stage(self) -> str:
        """DVC's name of the stage, such as `train@cdr-glre`: as DVC tells its commands, else what it would be."""
        return os.environ.get("DVC_STAGE") or f"{self.stage}@{self.point}"

    @property
    def tags(self) -> dict[str, str]:
        """Tags by which runs are found; those that the stage has no value for are left out."""
        tags = {
            "mlflow.runName": self.run_name,
            "stage": self.stage,
            "dvc_stage": self.dvc_stage,
            "dataset": self.dataset,
            "experiment": self.experiment,
            "encoder": self.encoder,
            "seed": None if self.seed is None else str(self.seed),
            "report": self.report,
        }
        return {name: value for name, value in tags.items() if value is not None}
