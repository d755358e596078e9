from glre.systems.layers.entity_types import TYPES, type_number

BIOMEDICAL = (
    "Chemical",
    "Disease",
    "GeneOrGeneProduct",
    "DiseaseOrPhenotypicFeature",
    "ChemicalEntity",
    "OrganismTaxon",
)
OTHERS = ("SequenceVariant", "CellLine", "Gene", "Drug", "AE", "PER", "ORG", "LOC", "TIME", "NUM", "MISC")


def test_types_of_the_field_s_corpora_stay_apart() -> None:
    numbers = {type_number(name) for name in (*BIOMEDICAL, *OTHERS)}
    assert len(numbers) == len(BIOMEDICAL) + len(OTHERS)
    assert numbers < set(range(TYPES))
