"""Nested settings and figures as flat names, the same in every run, so that runs stand side by side."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel


def flatten_parameters(parameters: BaseModel | Mapping[str, Any]) -> dict[str, str]:
    """Names such as `training.learning_rate` with their values: strings as they are, all else as JSON."""
    return {name: value if isinstance(value, str) else _json(value) for name, value in _leaves(parameters)}


def flatten_metrics(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Names such as `test.f1` with their figures; TypeError or ValueError where one is not a number."""
    return {name: float(value) for name, value in _leaves(metrics)}


def _leaves(tree: BaseModel | Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    mapping = tree.model_dump(mode="json") if isinstance(tree, BaseModel) else tree
    for key, value in mapping.items():
        name = f"{above}{key}"
        if isinstance(value, BaseModel | Mapping):
            yield from _leaves(value, f"{name}.")
        else:
            yield name, value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
