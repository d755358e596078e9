"""The curve that lies beside a model gives what its thresholds give on dev."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence
from glre.errors import InputError
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.threshold import threshold_at
from glre.systems.dev_curve import DevCurve, dev_curve, read_curve

RELATIONS = ("r", "s")
TAILS = 3


@st.composite
def scored(draw: st.DrawFn) -> tuple[list[Document], list[DocumentScores]]:
    """Documents of one head and some tails, with facts of some, and pairs left out."""
    documents, scores = [], []
    for number in range(draw(st.integers(0, 3))):
        entities = tuple(
            Entity(f"E{place}", "x", (Mention(0, place, place + 1, "word", "x"),)) for place in range(TAILS + 1)
        )
        kinds = draw(st.lists(st.sampled_from(["none", *RELATIONS, "excluded"]), min_size=TAILS, max_size=TAILS))
        tails = list(enumerate(kinds, start=1))
        facts = [Fact("E0", f"E{tail}", kind) for tail, kind in tails if kind in RELATIONS]
        # One whose pair is not asked for: it counts towards recall.
        facts += [Fact("E1", "E0", "r")] if draw(st.booleans()) else []
        excluded = [ExcludedPair("E0", f"E{tail}", "hypernym") for tail, kind in tails if kind == "excluded"]
        text = (Sentence(("word",) * (TAILS + 1)),)
        documents.append(Document(str(number), "", None, text, entities, tuple(facts), tuple(excluded)))
        values = draw(
            st.lists(st.sampled_from([0.0, 0.004, 0.2, 0.5, 0.75, 1.0]), min_size=2 * TAILS, max_size=2 * TAILS)
        )
        pairs = tuple(CandidatePair(0, tail) for tail, _ in tails)
        scores.append(DocumentScores(str(number), pairs, np.array(values, dtype=np.float32).reshape(TAILS, 2)))
    return documents, scores


@given(scored())
def test_each_threshold_gives_what_it_says(made: tuple[list[Document], list[DocumentScores]]) -> None:
    documents, scores = made
    curve = dev_curve(documents, scores, RELATIONS)
    assert list(curve.thresholds) == sorted(set(curve.thresholds), reverse=True)
    assert list(curve.recall) == sorted(curve.recall)
    for threshold, precision, recall in zip(curve.thresholds, curve.precision, curve.recall, strict=True):
        expected = threshold_at(threshold, documents, scores, RELATIONS).f1
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        assert f1 == pytest.approx(expected)
        assert curve.curve.at(threshold).f1 == pytest.approx(expected)


@given(scored(), st.sampled_from([0.1, 0.5, 0.75, 1.0]))
def test_a_wished_precision_gets_the_most_recall(
    made: tuple[list[Document], list[DocumentScores]], wished: float
) -> None:
    curve = dev_curve(*made, RELATIONS)
    good = [place for place, precision in enumerate(curve.precision) if precision >= wished]
    found = curve.for_precision(wished)
    if not good:
        assert found is None
        return
    assert found is not None
    assert found.precision >= wished
    assert found.recall == max(curve.recall[place] for place in good)
    assert found.threshold in curve.thresholds


def test_of_many_scores_few_points_are_kept() -> None:
    pairs = tuple(CandidatePair(0, tail) for tail in range(1, 4001))
    entities = tuple(Entity(f"E{place}", "x", (Mention(0, 0, 1, "w", "x"),)) for place in range(4001))
    facts = tuple(Fact("E0", f"E{tail}", "r") for tail in range(1, 4001, 2))
    document = Document("1", "", None, (Sentence(("w",)),), entities, facts)
    values = np.linspace(0.999, 0.001, 4000, dtype=np.float32)[:, None]
    curve = dev_curve([document], [DocumentScores("1", pairs, values)], ("r",))
    assert 500 < len(curve.thresholds) <= 1000
    assert curve.thresholds[0] == pytest.approx(0.999)
    assert curve.thresholds[-1] == pytest.approx(0.001)
    assert max(np.diff(curve.recall)) < 0.01


def test_read_as_it_was_written(tmp_path: Path) -> None:
    curve = DevCurve(thresholds=(0.9, 0.1), precision=(1.0, 0.5), recall=(0.25, 1.0))
    path = tmp_path / "dev_curve.json"
    path.write_text(curve.model_dump_json())
    assert read_curve(path) == curve


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"thresholds": [1]}', '{"thresholds": "x"}'])
def test_no_curve_is_refused_in_a_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "dev_curve.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match="train it anew") as refused:
        read_curve(path)
    assert refused.value.place == str(path)
    assert refused.value.found == ("no such file" if content is None else "no curve of dev")
