from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.corpora.hypernyms import MeshTree, leave_out_hypernyms, read_mesh_tree
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence
from glre.errors import InputError
from glre.settings import CandidateRule

HEADER = "Tree Number\tDesc Ui\tTerm\n"
ROWS = """\
C10\tD1\tNervous
C10.228\tD2\tBrain
C10.228.140\tD3\tStroke
C10.229\tD4\tOther
C14.907\tD3\tStroke
C14\tD5\tHeart
"""
RULES = (CandidateRule(head="Chemical", tail="Disease"),)


def document(chemicals: int, diseases: list[str], facts: list[tuple[str, str]]) -> Document:
    def entity(identifier: str, kind: str) -> Entity:
        return Entity(identifier, kind, (Mention(0, 0, 1, "x", kind),))

    return Document(
        "1",
        "x",
        "x",
        (Sentence(("x",), (0,), (1,)),),
        (*(entity(f"C{n}", "Chemical") for n in range(chemicals)), *(entity(d, "Disease") for d in diseases)),
        tuple(Fact(head, tail, "CID") for head, tail in facts),
    )


def mesh(folder: Path, content: str) -> MeshTree:
    path = folder / "mesh.txt"
    path.write_text(content, encoding="utf-8")
    return read_mesh_tree(path)


@pytest.fixture
def tree(tmp_path: Path) -> MeshTree:
    return mesh(tmp_path, HEADER + ROWS)


def test_ancestors_over_every_tree_number(tree: MeshTree) -> None:
    assert tree.ancestors("D3") == {"D1", "D2", "D5"}
    assert tree.ancestors("D1") == set()
    assert tree.ancestors("unknown") == set()


def test_leaves_out_pairs_above_a_fact_of_the_same_head(tree: MeshTree) -> None:
    before = document(2, ["D1", "D2", "D3", "D4", "D5"], [("C0", "D3")])
    after = leave_out_hypernyms(before, RULES, tree)
    assert after.excluded == tuple(ExcludedPair("C0", above, "hypernym") for above in ("D1", "D2", "D5"))
    assert after.facts == before.facts
    assert after.entities == before.entities


def test_a_positive_pair_is_never_left_out(tree: MeshTree) -> None:
    after = leave_out_hypernyms(document(1, ["D1", "D3"], [("C0", "D3"), ("C0", "D1")]), RULES, tree)
    assert after.excluded == ()


def test_only_candidates_are_left_out(tree: MeshTree) -> None:
    after = leave_out_hypernyms(document(1, ["D1", "D3"], [("D3", "D3")]), RULES, tree)
    assert after.excluded == ()


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["D1", "D2", "D3", "D4", "D5"])), unique=True))
def test_agrees_with_the_definition(pairs: list[tuple[int, str]]) -> None:
    numbers = {"D1": ["C10"], "D2": ["C10.228"], "D3": ["C10.228.140", "C14.907"], "D4": ["C10.229"], "D5": ["C14"]}
    tree = MeshTree(numbers, {number: name for name, own in numbers.items() for number in own})
    facts = [(f"C{head}", tail) for head, tail in pairs]
    before = document(3, list(numbers), facts)
    expected = set()
    for pair in candidate_pairs(before, RULES):
        head, tail = before.entities[pair.head].id, before.entities[pair.tail].id
        below = any(
            own.startswith(above + ".") for h, t in facts if h == head for own in numbers[t] for above in numbers[tail]
        )
        if below and (head, tail) not in facts:
            expected.add((head, tail))
    assert {(pair.head, pair.tail) for pair in leave_out_hypernyms(before, RULES, tree).excluded} == expected


@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        (ROWS, "line 1", "'C10\\tD1\\tNervous'"),
        (HEADER + "C10\tD1\n", "line 2", "2 columns"),
        (HEADER + "nervous\tD1\tx\n", "line 2", "'nervous' and 'D1'"),
        (HEADER + "C10\tD1\tx\nC10\tD2\ty\n", "line 3", "the tree number C10 again"),
        (HEADER, "mesh.txt", "no rows"),
    ],
)
def test_refuses_another_format(tmp_path: Path, content: str, place: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        mesh(tmp_path, content)
    assert error.value.place.endswith(place)
    assert error.value.found == found
