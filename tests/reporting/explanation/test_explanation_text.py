import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from small_explanation import ESCAPE, made, scores_alone, without_parts

from glre.documents.document import Sentence
from glre.prediction.explanation.explanation import Explanation
from glre.reporting.explanation.explanation_text import explanation_text
from glre.reporting.explanation.explanation_words import NOTHING_TOLD


def shown(explanation: Explanation, width: int = 120, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal)
    console.print(explanation_text(explanation))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def blocks(explanation: Explanation, width: int = 120) -> list[str]:
    """What is said before the relations, and of each."""
    return re.split(r"^─+$", shown(explanation, width), flags=re.MULTILINE)


def test_mentions_are_marked_with_the_numbers_of_their_entities() -> None:
    text = shown(made())
    assert "1 [2 zero] [1 <script>window.broken=1</script> [4 two]] three" in text
    assert '2 [2 one] [3 "><img src=x onerror=window.broken=1>] [3 *a*|`b`|[c](d)_e_]' in text
    assert "3 four five" in text
    for number, entity in enumerate(made().document.entities, start=1):
        assert re.search(rf"^{number}  \S.* {entity.id} +{len(entity.mentions)}\s*$", text, re.MULTILINE)


def test_each_relation_has_a_block_with_all_that_it_rests_on() -> None:
    head, first, second, third = blocks(made(), width=200)
    assert "The model predicts 2 relations in 20 candidate pairs: a score of 0.500 or more is a prediction." in head
    assert "[2 zero" in first
    assert "predicted: score 0.900, threshold 0.500; sentences 2, 4" in " ".join(first.split())
    assert "\nnot predicted: score 0.250" in third
    weights = {
        (share, text) for share, text in re.findall(r"^ +(\S+ %)[ █▏▎▍▌▋▊▉]+(\S.*, sentence \d)", first, re.MULTILINE)
    }
    assert {("17 %", "zero\ufffd[31m\ufffd2J\ufffd\ufffd, sentence 1"), ("50 %", "six, sentence 4")} <= weights
    assert len(weights) == 5
    assert "this pair itself: 50 %" in second
    assert re.search(r"40 % .*\[4 two.*\] → \[3 .*\]  R <script>", second)
    assert re.search(r"5\.0 % .*\[3 .*\] → \[4 two.*\]  nothing predicted", second)
    rows = [re.sub(r"[█▏▎▍▌▋▊▉]+", "", line).split() for line in second.splitlines()]
    assert ["whole", "model", "0.625", "0.300"] in rows
    assert ["without", "global", "0.500", "−0.125", "0.310"] in rows
    assert ["without", "local", "0.156", "−0.469", "0.320"] in rows
    assert ["without", "context", "0.688", "+0.062", "0.330"] in rows
    assert "mean of 20 pairs" in second


def test_what_a_model_lacks_is_left_out() -> None:
    text = shown(without_parts(made()))
    assert "Mentions of the" not in text
    assert "Context" not in text
    assert "without local" not in text
    assert text.count("without global") == 3
    assert NOTHING_TOLD not in " ".join(text.split())


def test_of_scores_alone_nothing_more_is_claimed() -> None:
    text = " ".join(shown(scores_alone(made())).split())
    assert NOTHING_TOLD in text
    assert NOTHING_TOLD not in " ".join(shown(made()).split())
    assert "predicted: score 0.900, threshold 0.500; sentences 1, 2, 4" in text
    assert text.count("whole model") == 3
    for claimed in ("Mentions of the", "Context", "attention", "without", "change", "taken away"):
        assert claimed not in text


@pytest.mark.parametrize("terminal", [False, True])
def test_what_a_terminal_would_obey_does_not_reach_it(terminal: bool) -> None:
    explanation = made()
    source = explanation.document
    sentence = Sentence(("one", f"word{ESCAPE}", *source.sentences[2].words))
    sentences = (*source.sentences[:2], sentence, *source.sentences[3:])
    document = replace(source, id=f"id{ESCAPE}", sentences=sentences)
    text = shown(replace(explanation, document=document, model=f"model{ESCAPE}"), terminal=terminal)
    plain = re.sub(r"\x1b\[[\d;]*m", "", text) if terminal else text
    assert "31m" in plain
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", plain)
    assert "\x1b[31m" not in text
    if not terminal:
        assert "\x1b" not in text


def test_it_fits_a_narrow_terminal() -> None:
    lines = shown(made(), width=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert "whole model" in "\n".join(lines)


def test_what_is_told_is_said_in_words() -> None:
    explanation = made()
    nothing = replace(explanation, predicted=0, relations=explanation.relations[2:])
    assert "predicts no relations in 20 candidate pairs" in shown(nothing)
    assert "Here is the relation that comes nearest." in " ".join(shown(nothing).split())
    one = replace(explanation, predicted=1, pairs=1, was_asked=True)
    text = " ".join(shown(one).split())
    assert "predicts 1 relation in 1 candidate pair:" in text
    assert "Here is what it says of the pair that was asked for." in text
    empty = replace(explanation, pairs=0, predicted=0, relations=())
    assert "No pair of entities has the types" in shown(empty)
    assert "mean of all pairs" not in shown(empty)
