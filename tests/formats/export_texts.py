"""Documents as users bring them, in every format; the text is made up."""

import gzip
import io
import json
from typing import Any

import bioc
import pyarrow as pa
import pyarrow.parquet as pq
from bioc import biocjson, biocxml
from formatted import docred_text

from glre.documents.document import Document, to_json
from glre.documents.table import SCHEMA
from glre.formats.reader import read_text

PUBTATOR = """\
1|t|Zelatrazine and palsy.
1|a|Hand or foot palsy followed tavolomide.
1\t0\t11\tZelatrazine\tChemical\tMESH:C1
1\t16\t21\tpalsy\tDisease\tMESH:D1
1\t23\t41\tHand or foot palsy\tDisease\tMESH:D2|MESH:D3
1\t51\t61\ttavolomide\tChemical\t-
1\tCID\tMESH:C1\tMESH:D1

2|t|β-Tavolomide 😀 in rats: QRN1 p.V12E
2|a|No palsy was seen. Weakness was.
2\t0\t12\tβ-Tavolomide\tChemical\tMESH:C2
2\t18\t22\trats\tSpecies\t10116
2\t24\t28\tQRN1\tGene\t7157;1017
2\t29\t35\tp.V12E\tProteinMutation\ttmVar:p|SUB|V|12|E;HGVS:p.V12E;VariantGroup:0;CorrespondingGene:7157
2\t39\t44\tpalsy\tDisease\tMESH:D1
2\t55\t63\tWeakness\tPhenotype
"""
DOCUMENTS = read_text(PUBTATOR, "here")


def bioc_collection(*documents: Document) -> bioc.BioCCollection:
    """Title and abstract as passages, every mention as an annotation, made by the reference library."""
    collection = bioc.BioCCollection()
    collection.source, collection.date, collection.key = "made up", "2020", "none"
    for document in documents:
        own = bioc.BioCDocument()
        own.id = document.id
        assert document.text is not None
        title = len(document.title)
        for kind, start, end in (("title", 0, title), ("abstract", title + 1, len(document.text))):
            passage = bioc.BioCPassage()
            passage.offset, passage.text, passage.infons["type"] = start, document.text[start:end], kind
            passage.annotations = [
                annotation for annotation in _annotations(document) if start <= annotation.locations[0].offset < end
            ]
            own.add_passage(passage)
        collection.add_document(own)
    return collection


def _annotations(document: Document) -> list[bioc.BioCAnnotation]:
    assert document.text is not None
    found = []
    for entity in document.entities:
        for mention in entity.mentions:
            sentence = document.sentences[mention.sentence]
            start, end = sentence.starts[mention.start], sentence.ends[mention.end - 1]
            annotation = bioc.BioCAnnotation()
            annotation.id = str(len(found))
            annotation.infons |= {"identifier": entity.id, "type": mention.type}
            annotation.text = document.text[start:end]
            annotation.add_location(bioc.BioCLocation(start, end - start))
            found.append(annotation)
    return found


def bioc_json(*documents: Document) -> str:
    return str(biocjson.dumps(bioc_collection(*documents)))


def bioc_xml(*documents: Document) -> str:
    return str(biocxml.dumps(bioc_collection(*documents)))


def own_json(*documents: Document) -> str:
    return f"[{','.join(map(to_json, documents))}]"


def own_lines(*documents: Document) -> str:
    return "".join(f"{to_json(document)}\n" for document in documents)


def parquet(rows: list[dict[str, Any]], schema: pa.Schema = SCHEMA) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), target)
    return target.getvalue()


def rows(*documents: Document) -> list[dict[str, Any]]:
    return [json.loads(to_json(document)) for document in documents]


EXPORTS: dict[str, bytes] = {
    "pubtator": PUBTATOR.encode(),
    "bioc-json": bioc_json(*DOCUMENTS).encode(),
    "bioc-xml": bioc_xml(*DOCUMENTS).encode(),
    "docred": docred_text(*DOCUMENTS).encode(),
    "json": own_json(*DOCUMENTS).encode(),
    "jsonl": own_lines(*DOCUMENTS).encode(),
    "parquet": parquet(rows(*DOCUMENTS)),
    "gz": gzip.compress(PUBTATOR.encode()),
}
"""The two documents in each format; in BioC the composite mention is one annotation for each of its entities."""
