import pytest

from glre.reporting.tables.paper import TABLE_1, TABLE_2, TABLE_3, TABLE_4, TABLE_5, PaperScores

ALL = (*TABLE_2, *TABLE_3, *TABLE_4, *TABLE_5)


@pytest.mark.parametrize("scores", [scores for scores in ALL if scores.precision is not None], ids=lambda s: s.model)
def test_f1_follows_from_precision_and_recall_as_printed(scores: PaperScores) -> None:
    assert scores.precision is not None
    assert scores.recall is not None
    harmonic = 2 * scores.precision * scores.recall / (scores.precision + scores.recall)
    assert scores.f1 == pytest.approx(harmonic, abs=0.25)


def test_every_row_of_the_tables_is_here() -> None:
    assert [len(table) for table in (TABLE_1, TABLE_2, TABLE_3, TABLE_4, TABLE_5)] == [6, 17, 13, 10, 9]
    for table in (TABLE_2, TABLE_3, TABLE_4, TABLE_5):
        rows = [(scores.model, scores.corpus, scores.training) for scores in table]
        assert len(set(rows)) == len(rows)
    assert all(scores.ign_f1 is not None and scores.ign_f1 < scores.f1 for scores in ALL if scores.corpus == "DocRED")


def test_glre_is_the_same_in_every_table() -> None:
    for corpus, f1 in (("CDR", 68.5), ("DocRED", 57.4)):
        own = [s for s in ALL if "glre" in s.experiments and s.corpus == corpus and s.training == "train"]
        assert len(own) == 3
        assert {scores.f1 for scores in own} == {f1}


def test_no_experiment_stands_beside_two_rows_of_a_table() -> None:
    for table in (TABLE_2, TABLE_3, TABLE_4, TABLE_5):
        places = [(name, s.corpus, s.training) for s in table for name in s.experiments]
        assert len(set(places)) == len(places)
