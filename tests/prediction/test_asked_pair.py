from collections.abc import Sequence

import pytest

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, Mention, Sentence
from glre.errors import InputError
from glre.prediction.explanation.asked_pair import asked_pair
from glre.settings import CandidateRule

A_TO_B = (CandidateRule(head="a", tail="b"),)
ANY = (CandidateRule(),)


def document(*entities: tuple[str, str, Sequence[str]]) -> Document:
    """Entities as id, type and the texts of their mentions."""
    words = tuple(text for *_, texts in entities for text in texts)
    made, position = [], 0
    for id, kind, texts in entities:
        mentions = tuple(Mention(0, position + n, position + n + 1, text, kind) for n, text in enumerate(texts))
        made.append(Entity(id, kind, mentions))
        position += len(texts)
    return Document("d", "", None, (Sentence(words),), tuple(made))


ONE = document(("C1", "a", ["Aspirin", "ASA"]), ("D1", "b", ["nausea"]), ("D2", "b", ["Nausea", "emesis"]))


@pytest.mark.parametrize(
    ("asked", "pair"),
    [
        ("C1,D1", (0, 1)),
        (" C1 , D2 ", (0, 2)),
        ("aspirin,D2", (0, 2)),
        ("asa,EMESIS", (0, 2)),
    ],
)
def test_by_ids_or_words(asked: str, pair: tuple[int, int]) -> None:
    assert asked_pair(ONE, asked, A_TO_B) == CandidatePair(*pair)


def test_an_id_comes_before_words() -> None:
    made = document(("1", "a", ["D1"]), ("D1", "b", ["x"]), ("2", "b", ["1"]))
    assert asked_pair(made, "1,D1", A_TO_B) == CandidatePair(0, 1)


def test_ids_and_words_may_have_commas() -> None:
    made = document(("2,3-butanedione", "a", ["2,3-butanedione"]), ("D", "b", ["pain, acute"]))
    assert asked_pair(made, "2,3-butanedione,D", A_TO_B) == CandidatePair(0, 1)
    assert asked_pair(made, "2,3-butanedione,pain, acute", A_TO_B) == CandidatePair(0, 1)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("C1", "found no comma between two names; expected HEAD,TAIL by their ids, such as 'C1,D1', 'C1,D2'"),
        ("C1,D9", "found no entity 'D9'; expected HEAD,TAIL by their ids, such as 'C1,D1', 'C1,D2'"),
        ("a,b,c", "found no two entities of these names; expected HEAD,TAIL"),
        ("D2,C1", "found a pair that the model is never asked about, b and a; expected .*, such as 'C1,D2', 'C1,D1'"),
        ("C1,C1", "found a pair that the model is never asked about, a and a;"),
        ("C1,nausea", "found several pairs of these names; expected one by its ids: 'C1,D1', 'C1,D2'"),
        (",", "found no entity ''"),
    ],
)
def test_what_names_no_candidate_pair_is_refused_with_some_that_are_there(asked: str, said: str) -> None:
    with pytest.raises(InputError, match=f"document 'd', pair '{asked}': {said}"):
        asked_pair(ONE, asked, A_TO_B)


def test_many_pairs_are_not_all_named() -> None:
    with pytest.raises(InputError, match=r"'C1,D1', 'C1,D2', 'D1,C1', …$"):
        asked_pair(ONE, "x,y", ANY)


def test_without_any_candidate_the_document_is_the_matter() -> None:
    with pytest.raises(InputError, match="expected a document with entities of the types that the model relates"):
        asked_pair(document(("D1", "b", ["x"])), "D1,D1", A_TO_B)
