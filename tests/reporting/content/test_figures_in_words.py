import pytest

from glre.reporting.content.figures_in_words import percent, score, sentences_apart, share


@pytest.mark.parametrize(
    ("mean", "spread", "shown"),
    [
        (0.5368645, 0.0210064, "53.7 ± 2.1"),
        (0.5, None, "50.0"),
        (0.5, float("nan"), "50.0"),
        (1.0, 0.0, "100.0 ± 0.0"),
        (None, 0.1, "–"),
        (float("nan"), None, "–"),
    ],
)
def test_per_cent(mean: float | None, spread: float | None, shown: str) -> None:
    assert percent(mean, spread) == shown


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(1.0, "100 %"), (0.617, "62 %"), (0.0996, "10 %"), (0.099, "9.9 %"), (0.0005, "0.1 %"), (0.0004, "< 0.1 %")],
)
def test_shares(weight: float, shown: str) -> None:
    assert share(weight) == shown


def test_scores_and_distances() -> None:
    assert score(0.81849) == "0.818"
    assert [sentences_apart(distance) for distance in (0, 1, 5)] == [
        "same sentence",
        "1 sentence apart",
        "5 sentences apart",
    ]
