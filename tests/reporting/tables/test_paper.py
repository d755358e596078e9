import pytest

from glre.reporting.tables.paper import TABLE_2, TABLE_3, TABLE_4, TABLE_5, PaperScores

ALL = (*TABLE_2, *TABLE_3, *TABLE_4, *TABLE_5)


@pytest.mark.parametrize("scores", [scores for scores in ALL if scores.precision is not None], ids=lambda s: s.model)
def test_f1_follows_from_precision_and_recall_as_printed(scores: PaperScores) -> None:
    assert scores.precision is not None
    assert scores.recall is not None
    harmonic = 2 * scores.precision * scores.recall / (scores.precision + scores.recall)
    assert scores.f1 == pytest.approx(harmonic, abs=0.25)


def test_no_experiment_stands_beside_two_rows_of_a_table() -> None:
    for table in (TABLE_2, TABLE_3, TABLE_4, TABLE_5):
        places = [(name, s.corpus, s.training) for s in table for name in s.experiments]
        assert len(set(places)) == len(places)
