"""Verdicts on growth, and articles of a chosen size."""

import pytest

from benchmarks.articles import generated_article, with_entities
from benchmarks.document_size_page import Growth
from glre.documents.document import check

SIZES = (90, 380, 1560, 6320)
RELATIONS = tuple(f"P{number}" for number in range(96))


@pytest.mark.parametrize(("power", "linear"), [(0.5, True), (1, True), (1.3, True), (1.8, False), (2, False)])
def test_growth_is_linear_or_faster(power: float, linear: bool) -> None:
    growth = Growth(SIZES, tuple(round(10**9 + 40_000 * size**power) for size in SIZES))
    assert growth.linear == linear
    assert ("no faster than linearly in pairs" in growth.sentences("pair")) == linear


def test_growth_is_for_each_further_unit() -> None:
    growth = Growth((10, 20, 40), (1000, 3000, 7000))
    assert growth.per_further == [200, 200]
    assert growth.last_ratio == 1
    assert growth.square_ratio == 2


def test_an_article_has_the_size_asked_for_and_facts_of_the_given_relations() -> None:
    article = generated_article(600, 30, RELATIONS)
    check(article, "a test")
    assert 540 < article.words < 660
    assert len(article.entities) == 30
    assert article.facts
    assert {fact.relation for fact in article.facts} <= set(RELATIONS[:8])


def test_fewer_entities_leave_the_text_as_it_is() -> None:
    article = generated_article(600, 30, RELATIONS)
    fewer = with_entities(article, 12)
    check(fewer, "a test")
    assert fewer.sentences == article.sentences
    assert fewer.entities == article.entities[:12]
    assert 0 < len(fewer.facts) < len(article.facts)
