"""What an explanation says in words and figures, the same on the terminal and on the page."""

from dataclasses import dataclass

from glre.counted import counted
from glre.prediction.explanation.explanation import ExplainedRelation, Explanation
from glre.reporting.content.figures_in_words import score

ABLATION = (
    "Scores when what a part of the model gives is taken away, as zeros. The model never learned to do without it, so "
    "all scores may move together: what counts is how this pair moves beside the mean of all pairs."
)
"""What has to be said of scores without a part."""
NOTHING_TOLD = (
    "This model tells neither at which mentions or other pairs it looks, nor what its parts contribute: there are "
    "scores alone."
)
"""What has to be said where there are scores alone."""


@dataclass(frozen=True, slots=True)
class AblatedRow:
    """The score of a relation, whole or without a part; `change` against the whole is empty for the whole itself."""

    name: str
    score: float
    change: str
    mean: float


def ablated_rows(relation: ExplainedRelation) -> tuple[AblatedRow, ...]:
    """The whole model's score, then those without each part that the model has."""
    return (
        AblatedRow("whole model", relation.score, "", relation.mean),
        *(
            AblatedRow(f"without {part.part}", part.score, _change(part.score - relation.score), part.mean)
            for part in relation.without
        ),
    )


def tells_parts(explanation: Explanation) -> bool:
    """Whether there are scores without a part."""
    return any(relation.without for relation in explanation.relations)


def looking_in_words(explanation: Explanation) -> str:
    """How to read where the model looked, as far as it tells; empty where it tells nothing of it."""
    relations = explanation.relations
    mentions = [mention for told in relations for end in (told.head, told.tail) for mention in end.mentions]
    found = []
    if any(mention.weight is not None for mention in mentions):
        found.append(
            "The share at each mention is what the model gives it of its entity’s attention: with GLRE the local one "
            "(Eq. 3–5, mean over heads), as the other entity of the pair asks for it."
        )
    if any(told.context is not None for told in relations):
        found.append(
            "Context is the model’s attention over all pairs of the document: with GLRE the classifier’s (θ of Eq. 8)."
        )
    if found:
        found.append("An attention says where the model looks, and not what it makes of what it sees there.")
    return " ".join(found)


def outcome_in_words(explanation: Explanation) -> str:
    """How many relations were found among how many pairs, and which of them are told."""
    if not explanation.pairs:
        return "No pair of entities has the types that this model relates, so there is nothing to ask it."
    pairs = counted(explanation.pairs, "candidate pair")
    count = explanation.predicted
    relations = counted(count, "relation") if count else "no relations"
    threshold = score(explanation.relations[0].threshold)
    found = f"The model predicts {relations} in {pairs}: a score of {threshold} or more is a prediction."
    if explanation.was_asked:
        return f"{found} Here is what it says of the pair that was asked for."
    if not count:
        return f"{found} Here is the relation that comes nearest."
    return found


def _change(difference: float) -> str:
    return f"{difference:+.3f}".replace("-", "−")
