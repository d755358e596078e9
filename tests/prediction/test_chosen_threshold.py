import pandas as pd
import pytest
from glre.prediction.chosen_threshold import threshold_for_precision

from glre.errors import InputError


def table() -> pd.DataFrame:
    """Of seed 1 on dev: precision 1, 1/2, 2/3, 3/4, 3/5 down the scores; other splits and seeds would mislead."""
    own = [(0.9, True), (0.8, False), (0.7, True), (0.6, True), (0.5, False)]
    rows = [("dev", 1, score, gold) for score, gold in own]
    rows += [("test", 1, 0.1, True), ("dev", 2, 0.2, True)]
    frame = pd.DataFrame(rows, columns=["split", "seed", "score", "gold"])
    return frame.assign(predicted=frame["score"] >= 0.5, excluded=False)


@pytest.mark.parametrize(
    ("precision", "threshold", "recall"), [(0.9, 0.9, 1 / 3), (0.7, 0.6, 1.0), (0.61, 0.6, 1.0), (0.6, 0.5, 1.0)]
)
def test_the_most_recall_at_that_precision(precision: float, threshold: float, recall: float) -> None:
    found = threshold_for_precision(table(), 1, precision, "predictions.parquet")
    assert found.threshold == threshold
    assert found.on_dev is not None
    assert found.on_dev.precision >= precision
    assert found.on_dev.recall == pytest.approx(recall)


def test_a_precision_that_dev_never_reaches() -> None:
    made = table()
    made.loc[0, "gold"] = False
    with pytest.raises(InputError, match=r"--min-precision: found 0.9; expected at most 0\.500, the highest on dev"):
        threshold_for_precision(made, 1, 0.9, "predictions.parquet")


def test_a_seed_that_was_not_evaluated() -> None:
    with pytest.raises(InputError, match=r"predictions\.parquet: found no scores of dev with seed 3"):
        threshold_for_precision(table(), 3, 0.5, "predictions.parquet")
