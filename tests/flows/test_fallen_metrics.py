import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.metrics import Fall, falls, metrics_rows, read_metrics
from glre.reporting.tables.results_table import Result

fractions = st.floats(0, 1, allow_nan=False)


def result(dataset: str, experiment: str, **test: float) -> Result:
    return Result(dataset, experiment, Path("results"), {"test": {"seeds": 2, **test}})


def test_reads_the_points_that_have_results(tmp_path: Path) -> None:
    assert read_metrics(tmp_path, ["a-x"]) == {}
    for dataset, experiment in (("a", "x"), ("a", "y"), ("b", "x")):
        folder = tmp_path / "results" / dataset / experiment
        folder.mkdir(parents=True)
        (folder / "metrics.json").write_text(json.dumps({"test": {"f1": 0.5, "seeds": 1}}))
    found = read_metrics(tmp_path, ["a-x", "b-x", "b-y"])
    assert set(found) == {"a-x", "b-x"}
    assert found["a-x"].metrics["test"]["f1"] == 0.5


def test_rows_are_in_per_cent() -> None:
    full = result("a", "x", f1=0.5, f1_std=0.0123, precision=0.25)
    assert metrics_rows({"a-x": full}) == [
        {"point": "a-x", "split": "test", "precision": "25.0", "f1": "50.0 ± 1.2", "seeds": 2}
    ]


@given(fractions, fractions, fractions)
def test_a_fall_is_more_than_is_allowed(before: float, after: float, allowed: float) -> None:
    found = falls({"p": result("a", "x", f1=before)}, {"p": result("a", "x", f1=after)}, allowed)
    assert found == ([Fall("p", "test", "f1", before, after)] if before - after > allowed else [])


def test_what_is_new_or_gone_has_not_fallen() -> None:
    with_ign = result("a", "x", f1=0.5, ign_f1=0.4)
    without = result("a", "x", f1=0.5)
    assert falls({}, {"p": without}, 0.0) == []
    assert falls({"p": with_ign}, {}, 0.0) == []
    assert falls({"p": with_ign}, {"p": without}, 0.0) == []
    assert falls({"p": without}, {"p": with_ign}, 0.0) == []


@pytest.mark.parametrize("figure", ["f1", "ign_f1"])
def test_both_figures_are_watched_and_named(figure: str) -> None:
    before, after = ({"p": result("a", "x", **{figure: value})} for value in (0.599, 0.57))
    (fall,) = falls(before, after, 0.01)
    assert str(fall) == f"p test {figure}: 59.9 → 57.0"
