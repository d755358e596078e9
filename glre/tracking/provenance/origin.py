"""Where a run's results come from: the code, its parameters, and its inputs."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from glre.tracking.provenance.flattening import flatten_parameters
from glre.tracking.provenance.lineage import hash_inputs, read_outputs
from glre.tracking.provenance.workspace import Workspace, find_workspace, read_code_version


@dataclass(frozen=True, slots=True)
class Origin:
    """The work tree, tags that tell the state of its code, flattened parameters, and inputs with their md5.

    `remote` is a web address of the repository, where it has one.
    """

    workspace: Workspace
    code: dict[str, str]
    remote: str | None
    parameters: dict[str, str]
    inputs: dict[str, str]


def read_origin(parameters: BaseModel | Mapping[str, Any], inputs: Iterable[Path]) -> Origin:
    """The origin of a stage that starts now, in the current folder; InputError where an input is missing."""
    workspace = find_workspace(Path.cwd())
    outputs = read_outputs(workspace.root)
    version = read_code_version(workspace.root, outputs)
    code = {"git_commit": version.commit, "git_dirty": str(version.dirty).lower()}
    if name := os.environ.get("DVC_EXP_NAME"):
        code["dvc_experiment"] = name
    return Origin(
        workspace, code, version.remote, flatten_parameters(parameters), hash_inputs(inputs, workspace.root, outputs)
    )


def read_inputs(inputs: Iterable[Path]) -> dict[str, str]:
    """The md5 of each input of a stage in the current folder, by its name; InputError where one is missing."""
    root = find_workspace(Path.cwd()).root
    return hash_inputs(inputs, root, read_outputs(root))
