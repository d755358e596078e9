import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from glre.tracking.provenance.flattening import flatten_metrics, flatten_parameters


class Inner(BaseModel):
    rate: float = 5e-4
    seeds: tuple[int, ...] = (1, 2)
    label: str = "adam"
    limit: int | None = None


class Outer(BaseModel):
    training: Inner = Inner()
    amsgrad: bool = True


def test_names_are_joined_with_dots_and_values_written_as_json_or_plain_text() -> None:
    assert flatten_parameters(Outer()) == {
        "training.rate": "0.0005",
        "training.seeds": "[1, 2]",
        "training.label": "adam",
        "training.limit": "null",
        "amsgrad": "true",
    }


def test_a_mapping_and_a_model_in_it_give_the_names_of_the_model() -> None:
    assert flatten_parameters({"training": Inner(), "amsgrad": True}) == flatten_parameters(Outer())


def test_metrics_are_named_by_split() -> None:
    metrics = {"dev": {"f1": 1, "intra": {"f1": 0.5}}, "epochs": 3}
    assert flatten_metrics(metrics) == {"dev.f1": 1.0, "dev.intra.f1": 0.5, "epochs": 3.0}


def test_a_metric_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="high"):
        flatten_metrics({"dev": {"f1": "high"}})


leaves = st.none() | st.booleans() | st.integers() | st.lists(st.integers())
names = st.text("abc", min_size=1, max_size=3)
trees = st.recursive(leaves, lambda inner: st.dictionaries(names, inner, min_size=1), max_leaves=4)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(names, trees))
def test_every_leaf_can_be_read_back_by_its_name(tree: dict[str, object]) -> None:
    for name, text in flatten_parameters(tree).items():
        value: object = tree
        for key in name.split("."):
            assert isinstance(value, dict)
            value = value[key]
        assert json.loads(text) == value
