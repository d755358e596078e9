"""A corpus in the formats that had been for prediction alone: facts are read, and checked as in any other."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bioc import BioCNode, BioCRelation, biocjson, biocxml
from export_texts import DOCUMENTS, bioc_collection, own_json, own_lines, parquet, rows

from glre.document_format import Format
from glre.documents.document import Document, ExcludedPair, Fact
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file

CHEMICAL, DISEASE = "MESH:C1", "MESH:D1"
MADE = replace(
    DOCUMENTS[0],
    facts=(Fact(CHEMICAL, DISEASE, "CID", (0,)),),
    excluded=(ExcludedPair(CHEMICAL, "MESH:D2", "hypernym"),),
)


def read(folder: Path, format: Format, content: str | bytes) -> list[Document]:
    path = folder / "corpus"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    file = read_corpus_file(path, format, ["CID", "GAD"])
    return file.documents


def bioc(infons: dict[str, str], *nodes: tuple[str, str]) -> dict[Format, str]:
    """The document with one relation, in JSON and XML; its annotations are 0, 1, … by entity."""
    collection = bioc_collection(DOCUMENTS[0])
    relation = BioCRelation()
    relation.id, relation.infons = "R0", infons
    for refid, role in nodes:
        relation.add_node(BioCNode(refid, role))
    collection.documents[0].add_relation(relation)
    return {Format.BIOC_JSON: biocjson.dumps(collection), Format.BIOC_XML: biocxml.dumps(collection)}


@pytest.mark.parametrize("content", [own_json(MADE, DOCUMENTS[1]), own_lines(MADE, DOCUMENTS[1])])
def test_our_own_json(content: str, tmp_path: Path) -> None:
    assert read(tmp_path, Format.JSON, content) == [MADE, DOCUMENTS[1]]


def test_parquet(tmp_path: Path) -> None:
    assert read(tmp_path, Format.PARQUET, parquet(rows(MADE, DOCUMENTS[1]))) == [MADE, DOCUMENTS[1]]


@pytest.mark.parametrize("format", [Format.BIOC_JSON, Format.BIOC_XML])
@pytest.mark.parametrize(
    ("infons", "nodes"),
    [
        ({"type": "CID", "head_id": CHEMICAL, "tail_id": DISEASE}, ()),
        ({"type": "CID", "entity1": CHEMICAL, "entity2": DISEASE, "novel": "No"}, ()),
        ({"relation": "CID", "Chemical": CHEMICAL, "Disease": DISEASE}, ()),
        ({"type": "CID"}, (("0", "Head"), ("1", "Tail"))),
        ({"type": "CID"}, (("1", "Tail"), ("0", "Head"))),
        ({"type": "CID"}, (("0", "Chemical"), ("1", "Disease"))),
    ],
)
def test_bioc_names_entities_by_infons_or_by_nodes(
    format: Format, infons: dict[str, str], nodes: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    (document,) = read(tmp_path, format, bioc(infons, *nodes)[format])
    assert document == replace(DOCUMENTS[0], facts=(Fact(CHEMICAL, DISEASE, "CID"),))


def test_relations_between_several_mentions_of_two_entities_are_one_fact(tmp_path: Path) -> None:
    content = json.loads(bioc({"type": "CID"}, ("0", ""), ("1", ""))[Format.BIOC_JSON])
    own = content["documents"][0]
    own["passages"][0]["relations"] = [own["relations"][0] | {"id": "R1"}]
    own["passages"][0]["annotations"][1]["infons"]["identifier"] = f"{DISEASE}|MESH:D9"
    (document,) = read(tmp_path, Format.BIOC_JSON, json.dumps(content))
    assert document.facts == (Fact(CHEMICAL, DISEASE, "CID"), Fact(CHEMICAL, "MESH:D9", "CID"))


@pytest.mark.parametrize("format", [Format.BIOC_JSON, Format.BIOC_XML])
@pytest.mark.parametrize(
    ("infons", "nodes", "found"),
    [
        ({"type": "treats", "head_id": CHEMICAL, "tail_id": DISEASE}, (), "the relation 'treats'"),
        ({"head_id": CHEMICAL, "tail_id": DISEASE}, (), "the relation ''"),
        ({"type": "CID", "head_id": CHEMICAL, "tail_id": "MESH:D9"}, (), "a relation with the unknown id 'MESH:D9'"),
        ({"type": "CID", "head_id": CHEMICAL, "tail_id": CHEMICAL}, (), f"a relation of '{CHEMICAL}' with itself"),
        ({"type": "CID", "head_id": CHEMICAL, "tail_id": "-"}, (), "'-' for the infon 'tail id'"),
        ({"type": "CID"}, (("0", ""), ("99", "")), "a node of no annotation, '99'"),
        ({"type": "CID"}, (("0", ""),), "1 node, and no infons that name two entities"),
    ],
)
def test_bioc_relations_that_are_refused(
    format: Format, infons: dict[str, str], nodes: tuple[tuple[str, str], ...], found: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, format, bioc(infons, *nodes)[format])
    assert caught.value.place == f"{tmp_path}/corpus, document 0 '1', relation 'R0'"
    assert caught.value.found == found


@pytest.mark.parametrize(
    ("fact", "found"),
    [
        ({"relation": "treats"}, "the relation 'treats'"),
        ({"tail": CHEMICAL}, f"a relation of '{CHEMICAL}' with itself"),
        ({"tail": "MESH:D9"}, "a relation with the unknown entity 'MESH:D9'"),
        ({"tail": None}, "None"),
    ],
)
def test_our_own_facts_that_are_refused(fact: dict[str, Any], found: str, tmp_path: Path) -> None:
    row = rows(MADE)[0]
    row["facts"][0] |= fact
    for format, content in ((Format.JSON, json.dumps(row).encode()), (Format.PARQUET, parquet([row]))):
        with pytest.raises(InputError) as caught:
            read(tmp_path, format, content)
        assert caught.value.place.startswith(f"{tmp_path}/corpus, ")
        assert caught.value.found == found


def test_a_document_that_cannot_be_used_ends_the_reading(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="document '1': found the id a second time"):
        read(tmp_path, Format.JSON, own_json(MADE, MADE))
    with pytest.raises(InputError, match="line 2: found invalid JSON"):
        read(tmp_path, Format.JSON, own_lines(MADE) + "{\n")


def test_ids_name_the_same_in_training_and_in_prediction(tmp_path: Path) -> None:
    text = "1|t|Velimide, ague and zornitis c.94delC\n1|a|\n"
    text += "1\t0\t8\tVelimide\tChemical\t-\n1\t10\t14\tague\tDisease\tNone\n1\t19\t27\tzornitis\tDisease\tD1;D3\n"
    text += "1\t28\t36\tc.94delC\tDNAMutation\tc|DEL|94|C\n1\tCID\tc|DEL|94|C\tD3\n"
    (document,) = read(tmp_path, Format.PUBTATOR, text)
    assert [entity.id for entity in document.entities] == ["D1", "D3", "c|DEL|94|C"]
    assert document.facts == (Fact("c|DEL|94|C", "D3", "CID"),)
