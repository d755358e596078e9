from dataclasses import replace

import pytest
from answered_documents import with_text

from glre.errors import InputError
from glre.prediction.model_types import ModelTypes
from glre.prediction.options import named_types
from glre.settings import CandidateRule

RULES = [CandidateRule(head="Chemical", tail="Disease"), CandidateRule(head="Gene", tail="gene")]


@pytest.mark.parametrize(
    ("given", "named", "expected"),
    [
        ("CHEMICAL", (), "Chemical"),
        ("Gene", (), "Gene"),
        ("gene", (), "gene"),
        ("GENE", (), "Gene"),
        ("Drug", (), "Drug"),
        ("Drug", ("Drug=Chemical",), "Chemical"),
        ("DRUG", ("Drug=chemical, Ill=Disease",), "Chemical"),
        ("Disease", ("Disease=Chemical",), "Chemical"),
        ("a=b", ("a=b=Chemical",), "Chemical"),
    ],
)
def test_entities_get_the_types_of_the_model(given: str, named: tuple[str, ...], expected: str) -> None:
    document = with_text()
    first, second = document.entities
    found = ModelTypes(RULES, named_types(named)).renamed(
        replace(document, entities=(replace(first, type=given), second))
    )
    assert [entity.type for entity in found.entities] == [
        expected,
        "Chemical" if "Disease=C" in "".join(named) else "Disease",
    ]
    assert found.entities[0].mentions == first.mentions


def test_a_type_that_the_model_does_not_have() -> None:
    with pytest.raises(
        InputError, match="found the type 'Drug'; expected one of the model: Chemical, Disease, Gene, gene"
    ):
        ModelTypes(RULES, [("A", "Drug")])
    ModelTypes([CandidateRule()], [("A", "Drug")])
