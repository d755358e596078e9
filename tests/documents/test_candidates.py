from hypothesis import given
from hypothesis import strategies as st

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document, Entity, ExcludedPair, Fact
from glre.settings import CandidateRule


def document(types: list[str]) -> Document:
    return Document("1", "", None, (), tuple(Entity(str(n), kind, ()) for n, kind in enumerate(types)))


def pairs(types: list[str], *rules: CandidateRule) -> list[tuple[int, int]]:
    return [(pair.head, pair.tail) for pair in candidate_pairs(document(types), rules)]


def test_by_type() -> None:
    rule = CandidateRule(head="Chemical", tail="Disease")
    assert pairs(["Disease", "Chemical", "Disease", "Chemical"], rule) == [(1, 0), (1, 2), (3, 0), (3, 2)]


def test_any_type_and_several_rules_give_each_pair_once() -> None:
    to_any = CandidateRule(head="Chemical")
    assert pairs(["Chemical", "Disease", "Chemical"], to_any, CandidateRule(head="Chemical", tail="Disease")) == [
        (0, 1),
        (0, 2),
        (2, 0),
        (2, 1),
    ]
    assert len(pairs(["a", "b", "c"], CandidateRule())) == 6
    assert pairs(["a", "b", "c"]) == []


def test_neither_facts_nor_excluded_pairs_take_part() -> None:
    plain = document(["Chemical", "Disease"])
    gold = Document("1", "", None, (), plain.entities, (Fact("0", "1", "CID"),), (ExcludedPair("0", "1", "hypernym"),))
    rules = [CandidateRule(head="Chemical", tail="Disease")]
    assert candidate_pairs(gold, rules) == candidate_pairs(plain, rules) == (CandidatePair(0, 1),)


KINDS = st.sampled_from(["a", "b", "c"])


@given(
    st.lists(KINDS, max_size=6),
    st.lists(st.builds(CandidateRule, head=st.none() | KINDS, tail=st.none() | KINDS), max_size=3),
)
def test_agrees_with_the_definition(types: list[str], rules: list[CandidateRule]) -> None:
    assert pairs(types, *rules) == [
        (head, tail)
        for head in range(len(types))
        for tail in range(len(types))
        if head != tail and any(rule.head in (None, types[head]) and rule.tail in (None, types[tail]) for rule in rules)
    ]
