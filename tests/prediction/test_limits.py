import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document, Entity, Mention, Sentence
from glre.errors import InputError
from glre.prediction import limits
from glre.settings import CandidateRule

TYPES = st.sampled_from(["Chemical", "Disease", "Gene"])
RULES = st.lists(st.builds(CandidateRule, head=st.none() | TYPES, tail=st.none() | TYPES), min_size=1, max_size=3)
ANY = (CandidateRule(head=None, tail=None),)


def document(types: list[str], words: int = 1) -> Document:
    entities = tuple(Entity(str(number), kind, (Mention(0, 0, 1, "w", kind),)) for number, kind in enumerate(types))
    return Document("made", "", None, (Sentence(("w",) * words),), entities)


@given(st.lists(TYPES, max_size=12), RULES)
def test_counts_what_would_be_listed(types: list[str], rules: list[CandidateRule]) -> None:
    made = document(types)
    assert limits.pair_count(made, rules) == len(candidate_pairs(made, rules))


def test_too_many_words_or_pairs() -> None:
    limits.check_size(document(["Gene"] * 100, 1000), ANY)
    with pytest.raises(InputError, match=r"document 'made': found 100,000 words; expected at most 50,000"):
        limits.check_size(document([], 100_000), ANY)
    with pytest.raises(InputError, match=r"a.txt, document 'made': found 100,000 words"):
        limits.check_size(document([], 100_000), ANY, "a.txt")
    with pytest.raises(InputError, match=r"found 249,500 candidate pairs of 500 entities"):
        limits.check_size(document(["Gene"] * 500), ANY)
