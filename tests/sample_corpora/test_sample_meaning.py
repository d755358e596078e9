"""The sample corpus's relations rest on what the text says, and on nothing else."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from sample_blocks import Block, all_positive_f1, blocks

from sample_corpora.documents import SampleSettings


@pytest.fixture(scope="module")
def many() -> list[Block]:
    return blocks(SampleSettings(1500))


def test_sharing_a_sentence_does_not_settle_a_pair(many: list[Block]) -> None:
    predicted = [(b, pair) for b in many for pair in b.candidates if b.distance(pair) == 0]
    hits = sum(pair in b.relations for b, pair in predicted)
    assert 2 * hits / (len(predicted) + sum(len(b.relations) for b in many)) < 0.6


def test_names_tell_nothing_of_relations(many: list[Block]) -> None:
    """Pairs scored by how often training pairs of their chemical, and of their disease, were relations."""
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for block in many:
        for pair in block.candidates:
            for name in pair:
                outcomes[name].append(pair in block.relations)
    rates = {name: sum(found) / len(found) for name, found in outcomes.items()}

    test = blocks(SampleSettings(1500, first_id=950_000_001))
    scored = sorted(((rates[c] + rates[d], (c, d) in b.relations) for b in test for c, d in b.candidates), reverse=True)
    positives, best, hits, ahead = sum(gold for _, gold in scored), 0.0, 0, 0
    for predicted, (_, gold) in enumerate(scored, start=1):
        hits += gold
        ahead += hits * (not gold)
        best = max(best, 2 * hits / (predicted + positives))
    assert best <= all_positive_f1(test) + 0.005
    assert ahead / (positives * (len(scored) - positives)) == pytest.approx(0.5, abs=0.02)  # area under the ROC curve


def test_what_is_said_is_what_is_annotated(many: list[Block]) -> None:
    said = {"-induced ": True, " provoked ": True, " did not provoke ": False, " relieved ": False, " cured ": False}
    counts: Counter[bool] = Counter()
    for block in many:
        for head, tail in pairwise(block.mentions):
            causes = said.get(block.text[head.end : tail.start])
            if causes is not None and (head.type, tail.type) == ("Chemical", "Disease"):
                assert all(((c, d) in block.relations) == causes for c in head.ids for d in tail.ids), block.text
                counts[causes] += 1
    assert min(counts[True], counts[False]) > 100


def test_what_follows_from_a_chain_is_annotated(many: list[Block]) -> None:
    """What leads to a disease shares its causes; what a chemical becomes shares its effects."""
    counts: Counter[str] = Counter()
    for block in many:
        for one, other in pairwise(block.mentions):
            between = block.text[one.end : other.start].removeprefix(")")
            first, second = one.ids[0], other.ids[0]
            if between in {" in turn led to ", " in turn progressed to ", " was the final result of "}:
                causes, of_other = ({c for c, d in block.relations if d == id} for id in (first, second))
                assert causes == of_other, block.text
                counts["causes"] += 1
            elif between in {" is metabolised to ", " is converted to ", " is broken down to ", " is turned into "}:
                effects, of_other = ({d for c, d in block.relations if c == id} for id in (first, second))
                assert of_other <= effects, block.text
                counts["effects"] += 1
            elif between in {" did not lead to ", " did not progress to "}:
                causes, of_other = ({c for c, d in block.relations if d == id} for id in (first, second))
                assert causes, block.text
                assert not of_other, block.text
                counts["no causes"] += 1
            elif re.fullmatch(" is not (metabolised|converted|broken down) to ", between):
                effects, of_other = ({d for c, d in block.relations if c == id} for id in (first, second))
                assert not effects & of_other, block.text
                counts["no effects"] += 1
    assert len(counts) == 4
    assert min(counts.values()) > 5, counts
