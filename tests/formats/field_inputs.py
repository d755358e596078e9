"""Inputs as they are met in the field: what each holds, and what has to come out; all of our own writing.

Of the kinds `tests/formats/field` has a file each; the others here are their neighbours.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glre.formats.reading import OffsetUnit

TITLE = "Velimide and zornitis"
ABSTRACT = "Ten patients took velimide daily. Zornitis followed in three of them."
FOLDER = Path(__file__).parent / "field"
WITHOUT_ID = "mentions without an identifier"
WITHOUT_PLACE = "mentions without an identifier that don't fit the text"
WRITTEN_OTHERWISE = "mentions whose text is written otherwise, taken by their offsets"
PARTS = "parts of mentions that don't fit the text"
LAYOUT = "documents whose offsets are of another layout: "


@dataclass(frozen=True, slots=True)
class FieldInput:
    """An input of a `kind`, with what comes out: documents, entities of all of them, and what is told."""

    kind: str
    name: str
    content: bytes
    documents: int
    entities: int
    told: Mapping[str, int] = field(default_factory=dict)
    words: str = ""
    """What the reason of a document set aside, or of the refusal, holds."""
    offsets: OffsetUnit = OffsetUnit.CHARACTERS


def _told(kind: str, name: str, content: bytes | str, documents: int, entities: int, **told: Any) -> FieldInput:
    raw = content.encode() if isinstance(content, str) else content
    return FieldInput(kind, name, raw, documents, entities, **told)


def rows(id: str, *mentions: tuple[int, int, str, str, str]) -> str:
    return "".join("\t".join((id, str(start), str(end), *rest)) + "\n" for start, end, *rest in mentions)


def pubtator(
    *mentions: tuple[int, int, str, str, str],
    id: str = "1",
    title: str = TITLE,
    abstract: str = ABSTRACT,
    more: str = "",
) -> str:
    return f"{id}|t|{title}\n{id}|a|{abstract}\n{rows(id, *mentions)}{more}"


def plain(id: str = "1", title: str = TITLE, abstract: str = ABSTRACT, moved: int = 0, gap: int = 1) -> str:
    """A document of two entities, each once in title and abstract; offsets of the abstract are `moved`."""
    start = len(title) + gap + moved
    first, second = title.index("Velimide"), title.index("zornitis")
    return pubtator(
        (first, first + 8, "Velimide", "Chemical", "MESH:C01"),
        (second, second + 8, "zornitis", "Disease", "MESH:D02"),
        (
            start + abstract.index("velimide"),
            start + abstract.index("velimide") + 8,
            "velimide",
            "Chemical",
            "MESH:C01",
        ),
        (start + abstract.index("Zornitis"), start + abstract.index("Zornitis") + 8, "Zornitis", "Disease", "MESH:D02"),
        id=id,
        title=title,
        abstract=abstract,
    )


def annotation(offset: Any, text: str, infons: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "7",
        "infons": {"type": "Chemical", **infons},
        "text": text,
        "locations": [{"offset": offset, "length": len(text)}],
        **changes,
    }


def bioc(
    *extra: dict[str, Any], key: str = "identifier", id: Any = "1", body: Any = 22, moved: int = 0
) -> dict[str, Any]:
    """The document as BioC, ids under `key`, the abstract at `body`, its annotations `moved`, and `extra` ones."""
    passages = [
        {
            "infons": {"type": "title"},
            "offset": 0,
            "text": TITLE,
            "annotations": [
                annotation(0, "Velimide", {key: "MESH:C01"}),
                annotation(13, "zornitis", {key: "MESH:D02", "type": "Disease"}),
            ],
        },
        {
            "infons": {"type": "abstract"},
            "offset": body,
            "text": ABSTRACT,
            "annotations": [
                annotation(40 + moved, "velimide", {key: "MESH:C01"}),
                annotation(56 + moved, "Zornitis", {key: "MESH:D02", "type": "Disease"}),
                *extra,
            ],
        },
    ]
    return {"id": id, "passages": passages}


def docred(title: str = "Ada Nord", **changes: Any) -> dict[str, Any]:
    entities = (("Ada Nord", 0, 2, "PER"), ("Velmar", 5, 6, "LOC"))
    return {
        "title": title,
        "sents": [["Ada", "Nord", "was", "born", "in", "Velmar", "."]],
        "vertexSet": [[{"name": n, "sent_id": 0, "pos": [a, b], "type": t}] for n, a, b, t in entities],
        **changes,
    }


def lines(*items: Any, end: str = "\n") -> str:
    return "".join(json.dumps(item) + end for item in items)


def pretty(*items: Any) -> str:
    return "\n".join(json.dumps(item, indent=2) for item in items) + "\n"


def collection(*documents: Any) -> dict[str, Any]:
    return {"source": "x", "date": "", "key": "", "infons": {}, "documents": list(documents)}


def of_file(kind: str, name: str, documents: int, entities: int, **told: Any) -> FieldInput:
    return FieldInput(kind, name, (FOLDER / name).read_bytes(), documents, entities, **told)


def _with_id(kind: str, text: str) -> str:
    return pubtator((0, 8, "Velimide", kind, text), (13, 21, "zornitis", "Disease", "MESH:D02"))


def _marked(marked: str, there: str, kind: str = "Chemical") -> str:
    """One mention whose text in the file is `there`."""
    return pubtator((0, len(there), marked, kind, "MESH:C01"), title=f"{there} and zornitis")


def _xml(text: str) -> str:
    return f"<?xml version='1.0'?><!DOCTYPE collection SYSTEM 'BioC.dtd'><collection><source/>{text}</collection>"


_XML_ANNOTATION = (
    "<annotation id='{}'><infon key='{}'>MESH:C01</infon><infon key='type'>Chemical</infon>{}<text>{}</text>"
    "</annotation>"
)
_XML_DOCUMENT = (
    "<document><id>1</id><passage><infon key='type'>title</infon><offset>{}</offset><text>Velimide</text>{}</passage>"
    "</document>"
)
_GREEK = "β-users: Velimide and zornitis"


def _in_unit(unit: OffsetUnit, text: str = _GREEK) -> str:
    def offset(place: int) -> int:
        before = text[:place]
        return len(before.encode()) if unit is OffsetUnit.BYTES else len(before.encode("utf-16-le")) // 2

    first, second = text.index("Velimide"), text.index("zornitis")
    return pubtator(
        (offset(first), offset(first) + 8, "Velimide", "Chemical", "MESH:C01"),
        (offset(second), offset(second) + 8, "zornitis", "Disease", "MESH:D02"),
        title=text,
    )


def _files() -> Iterable[FieldInput]:
    yield of_file("format by its look", "bioc_two_braces.json", 1, 0)
    yield of_file("keys of ids", "bioc_id_key_cui.json", 1, 2)
    yield of_file("silent zero", "no_ids.pubtator", 1, 0, told={WITHOUT_ID: 4})
    yield of_file("silent zero", "other_type_names.pubtator", 1, 4)
    name = f"{LAYOUT}without the blank at the end of the title"
    yield of_file("layout of offsets", "title_trailing_blank.pubtator", 1, 2, told={name: 1})
    name = f"{LAYOUT}passages follow one another"
    yield of_file("layout of offsets", "bioc_escaped_offset.json", 1, 2, told={name: 1})
    yield of_file("what takes no part", "bioc_no_location.json", 1, 2, told={"annotations without a location": 1})
    yield of_file("what takes no part", "no_id_outside_text.pubtator", 1, 2, told={WITHOUT_PLACE: 1})
    yield of_file("ids", "ids_in_training.pubtator", 3, 8, told={WITHOUT_ID: 3})
    yield of_file("dividers of ids", "plus_between_ids.pubtator", 1, 3)
    yield of_file("line ends", "cr_line_ends.pubtator", 1, 2)
    yield of_file("null bytes", "nul_early.pubtator", 2, 4)
    yield of_file("DocRED", "docred_labels_null.json", 1, 3)
    yield of_file("DocRED", "docred_title_twice.json", 3, 9, told={"repeated titles": 2})


def _formats() -> Iterable[FieldInput]:
    kind = "format by its look"
    two = [bioc(), bioc(id="2")]
    yield _told(kind, "collection over lines", '{"documents": [\n' + ",\n".join(map(json.dumps, two)) + "\n]}\n", 2, 4)
    yield _told(kind, "a brace a line", pretty(collection(*two)), 2, 4)
    yield _told(kind, "pretty objects one behind the other", pretty(*two), 2, 4)
    yield _told(kind, "pretty DocRED one behind the other", pretty(docred("A"), docred("B")), 2, 4)
    yield _told(kind, "two objects a line", "".join(map(json.dumps, two)) + "\n", 2, 4)
    yield _told(
        kind,
        "two objects a line, two lines",
        f"{json.dumps(bioc())} {json.dumps(bioc(id=2))}\n" + lines(bioc(id=3), bioc(id=4)),
        4,
        8,
    )
    yield _told(kind, "a text sequence", "".join(f"\x1e{json.dumps(own)}\n" for own in two), 2, 4)
    yield _told(kind, "a list a line", lines([docred("A"), docred("B")], [docred("C")]), 3, 6)
    yield _told(kind, "a list of collections", json.dumps([collection(bioc()), collection(bioc(id="2"))]), 2, 4)
    yield _told(kind, "a collection a line", lines(collection(bioc()), collection(bioc(id="2"))), 2, 4)
    yield _told(kind, "PubTator3's answer over lines", pretty({"PubTator3": two}), 2, 4)
    yield _told(kind, "JSON Lines behind a mark and blank lines", "\ufeff\n\n" + lines(*two), 2, 4)
    yield _told(kind, "JSON Lines with a mark in each", "".join("\ufeff" + lines(own) for own in two), 2, 4)
    yield _told(kind, "JSON Lines ended by carriage returns", lines(*two, end="\r"), 2, 4)
    yield _told(kind, "JSON Lines packed by gzip", gzip.compress(lines(*two).encode()), 2, 4)
    yield _told(kind, "one line, no end", json.dumps(bioc()), 1, 2)
    yield _told(kind, "a huge line", json.dumps([docred(f"T{n}") for n in range(300)]), 300, 600)
    yield _told(kind, "objects divided by commas", ",\n".join(map(json.dumps, two)) + ",\n", 2, 4)
    twice = '{"documents": [' + json.dumps(two[0]) + '], "documents": [' + json.dumps(two[1]) + "]}"
    yield _told(kind, "a key given twice", twice, 0, 0, words="the key 'documents' twice in an object")
    followed = f"{json.dumps(bioc(id='3'))} {twice}"
    expected = "the key 'documents' twice in an object"
    yield _told(kind, "a key given twice behind another object", followed, 0, 0, words=expected)
    yield _told(kind, "cut in the middle", pretty(*two)[:-40], 0, 0, words="invalid JSON")


def _keys() -> Iterable[FieldInput]:
    kind = "keys of ids"
    for key in ("CUI", "UMLS_CUI", "Concept-ID", "conceptId", "NormalizedID", "db_id", "mesh", "IDENTIFIER"):
        yield _told(kind, f"the key {key}", json.dumps(bioc(key=key)), 1, 2)
    told = {f"{WITHOUT_ID}, of infons shade": 4}
    yield _told(kind, "a key that nobody knows", json.dumps(bioc(key="shade")), 1, 0, told=told)
    of_xml = _XML_DOCUMENT.format(0, _XML_ANNOTATION.format(1, "CUI", '<location offset="0" length="8"/>', "Velimide"))
    yield _told(kind, "the key CUI in XML", _xml(of_xml), 1, 1)
    yield _told(
        kind,
        "infons null",
        json.dumps(bioc(annotation(40, "velimide", {}) | {"infons": None})),
        1,
        2,
        told={WITHOUT_ID: 1},
    )


def _layouts() -> Iterable[FieldInput]:
    kind = "layout of offsets"

    def laid(name: str, *what: str) -> dict[str, Any]:
        return {"told": {LAYOUT + ", ".join((name, *what)): 1}}

    title = f" {TITLE}"
    yield _told(
        kind,
        "blank before the title stripped",
        plain(title=title)
        .replace("1\t1\t9", "1\t0\t8")
        .replace("1\t14\t22", "1\t13\t21")
        .replace("41\t49", "40\t48")
        .replace("57\t65", "56\t64"),
        1,
        2,
        **laid("without the blank before the title"),
    )
    yield _told(
        kind, "nothing between title and abstract", plain(moved=-1), 1, 2, **laid("nothing between title and abstract")
    )
    yield _told(
        kind, "two characters between", plain(moved=1), 1, 2, **laid("two characters between title and abstract")
    )
    yield _told(
        kind,
        "blank before the abstract stripped",
        plain(abstract=f" {ABSTRACT}", moved=-1),
        1,
        2,
        **laid("without the blank before the abstract"),
    )
    yield _told(kind, "two blanks at the title's end kept", plain(title=f"{TITLE}  "), 1, 2)
    yield _told(
        kind, "an abstract alone from 0", f"1|a|{ABSTRACT}\n" + rows("1", (18, 26, "velimide", "Chemical", "C1")), 1, 1
    )
    yield _told(
        kind,
        "an abstract alone from 1",
        f"1|t|\n1|a|{ABSTRACT}\n" + rows("1", (19, 27, "velimide", "Chemical", "C1")),
        1,
        1,
    )
    yield _told(
        kind, "an empty abstract", f"1|t|{TITLE}\n1|a|\n" + rows("1", (0, 8, "Velimide", "Chemical", "C1")), 1, 1
    )
    follow = laid("passages follow one another")
    yield _told(kind, "BioC passages that overlap", json.dumps(bioc(body=4)), 1, 2, **follow)
    yield _told(kind, "BioC passages far apart", json.dumps(bioc(body=2**31 - 1)), 1, 2, **follow)
    yield _told(kind, "BioC passages without offsets", json.dumps(bioc(body=None)), 1, 2)
    yield _told(
        kind,
        "BioC passages with nothing between",
        json.dumps(bioc(body=30, moved=-1)),
        1,
        2,
        **laid("passages follow one another with nothing between"),
    )
    yield _told(
        kind,
        "BioC offsets anew in each passage",
        json.dumps(bioc(moved=-22)),
        1,
        2,
        **laid("offsets of annotations begin anew in each passage"),
    )
    yield _told(
        kind,
        "BioC passages all at 0",
        json.dumps(bioc(body=0, moved=-22)),
        1,
        2,
        **laid("offsets of annotations begin anew in each passage"),
    )
    of_xml = _XML_DOCUMENT.format(5, _XML_ANNOTATION.format(1, "MESH", '<location offset="5" length="8"/>', "Velimide"))
    yield _told(kind, "XML that begins later", _xml(of_xml), 1, 1)
    yield _told(kind, "offsets that fit nowhere", plain(moved=5), 0, 0, words="the mention 'velimide' where")


def _without_place() -> Iterable[FieldInput]:
    kind = "what takes no part"
    none = {"annotations without a location": 1}
    listed = annotation(0, "", {"identifier": "MESH:C01"})
    yield _told(kind, "locations null", json.dumps(bioc(listed | {"locations": None})), 1, 2, told=none)
    yield _told(
        kind,
        "no key locations",
        json.dumps(bioc({k: v for k, v in listed.items() if k != "locations"})),
        1,
        2,
        told=none,
    )
    of_xml = _XML_DOCUMENT.format(0, _XML_ANNOTATION.format(1, "MESH", "", ""))
    yield _told(kind, "no location in XML", _xml(of_xml), 1, 0, told=none)
    for name, offset in (("below 0", -1), ("with a fraction", 1.5), ("that is no number", "x"), ("far behind", 9_000)):
        yield _told(
            kind,
            f"no id and an offset {name}",
            json.dumps(bioc(annotation(offset, "some", {}))),
            1,
            2,
            told={WITHOUT_PLACE: 1},
        )
    for name, row in (
        ("below 0", "-5\t8"),
        ("that is no number", "x\t8"),
        ("with a fraction", "0.0\t8.0"),
        ("behind the end", "8\t0"),
    ):
        yield _told(
            kind,
            f"PubTator, no id and an offset {name}",
            plain() + f"1\t{row}\tVelimide\tChemical\t-\n",
            1,
            2,
            told={WITHOUT_PLACE: 1},
        )
    yield _told(
        kind,
        "PubTator, no id and another text",
        plain() + rows("1", (0, 8, "zornitis", "Disease", "-1")),
        1,
        2,
        told={WITHOUT_PLACE: 1},
    )
    yield _told(
        kind,
        "PubTator, an id outside the text",
        plain() + rows("1", (300, 308, "zornitis", "Disease", "D9")),
        0,
        0,
        words="offsets inside the text",
    )
    yield _told(kind, "an annotation that is no object", json.dumps(bioc("Velimide")), 1, 2, told={WITHOUT_PLACE: 1})


def _ids() -> Iterable[FieldInput]:
    kind = "dividers of ids"
    for text, count in (
        ("C01|C02", 2),
        ("C01;C02", 2),
        ("C01,C02", 2),
        ("C01+C02", 2),
        ("MESH:C01+MESH:C02", 2),
        ("C01; C02, C03", 3),
    ):
        yield _told(kind, text, _with_id("Chemical", text), 1, count + 1)
    for text, count in (
        ("C01;-", 1),
        ("C01|None", 1),
        ("|C01", 1),
        ("2,4-D", 1),
        ("CHEBI:12+CHEBI:15", 2),
        ("Q8N4U5,P01308", 2),
    ):
        yield _told(kind, text, _with_id("Chemical", text), 1, count + 1)
    for type, text, count in (
        ("DNAMutation", "c|DEL|94|C", 1),
        ("SequenceVariant", "g|94|x", 1),
        ("sequence_variant", "c|94+12|x", 1),
        ("SNP", "rs12;rs15", 2),
        ("ProteinMutation", "p|SUB|V|12|E;HGVS:p.V12E", 1),
    ):
        yield _told("ids of variants", f"{type} {text}", _with_id(type, text), 1, count + 1)
    for text in ("-", "-1", "None", "", "none", "NULL", "N/A", "nan", "MESH:-1", "OMIM:", " "):
        yield _told("no id", repr(text), _with_id("Chemical", text), 1, 1, told={WITHOUT_ID: 1})
    yield _told(
        "no id",
        "null in JSON",
        json.dumps(bioc(annotation(40, "velimide", {"identifier": None}))),
        1,
        2,
        told={WITHOUT_ID: 1},
    )
    yield _told(
        "numbers",
        "ids that are numbers",
        json.dumps(bioc(annotation(40, "velimide", {"NCBI Gene": 7157}), id=12)),
        1,
        3,
    )
    yield _told(
        "numbers", "offsets as text", json.dumps(bioc(annotation("40", "velimide", {"mesh": "C1"}), body="22")), 1, 3
    )
    yield _told(
        "numbers", "offsets as 40.0", json.dumps(bioc(annotation(40.0, "velimide", {"mesh": "C1"}), body=22.0)), 1, 3
    )


def _lines() -> Iterable[FieldInput]:
    kind = "line ends"
    two = f"{plain()}\n{plain('2')}"
    yield _told(kind, "carriage returns, two documents", two.replace("\n", "\r"), 2, 4)
    yield _told(kind, "carriage returns and a last line feed", plain().replace("\n", "\r") + "\n", 1, 2)
    yield _told(kind, "both, of joined files", plain().replace("\n", "\r") + "\r" + plain("2"), 2, 4)
    yield _told(kind, "both together", two.replace("\n", "\r\n"), 2, 4)
    yield _told(kind, "U+2028 in a title", plain(title=f"{TITLE}\u2028again"), 1, 2)
    yield _told(kind, "a form feed between documents", f"{plain()}\f\n{plain('2')}", 2, 4)
    yield _told(kind, "a vertical tab and U+0085 in a text", plain(abstract=f"\v{ABSTRACT}\x85"), 1, 2)
    yield _told("byte order marks", "one in each of joined files", f"\ufeff{plain()}\n\ufeff{plain('2')}", 2, 4)
    yield _told("null bytes", "late", plain(abstract=ABSTRACT + " " + "x" * 70_000 + "\0"), 1, 2)
    yield _told(
        "null bytes",
        "in a row without an id",
        plain() + "1\t0\t8\tVeli\0ide\tChemical\t-\n",
        1,
        2,
        told={WITHOUT_PLACE: 1},
    )
    title, _, rest = plain().partition("\n")
    yield _told("blank lines", "between title and abstract", f"{title}\n\n{rest}", 1, 2)
    yield _told("blank lines", "above the rows", plain().replace("them.\n", "them.\n\n"), 1, 2)
    yield _told("blank lines", "between rows", plain().replace("C01\n", "C01\n \n", 1), 1, 2)
    yield _told("blank lines", "none between documents", plain() + plain("2"), 2, 4)
    yield _told(
        "encodings",
        "Latin-1 in one of two",
        f"{plain(abstract=ABSTRACT + ' né')}\n{plain('2')}".encode("latin-1"),
        1,
        2,
        words="the byte 0xe9",
    )
    yield _told("encodings", "UTF-16", plain().encode("utf-16"), 0, 0, words="text in UTF-16")
    yield _told(
        "encodings", "JSON in UTF-16 without a mark", json.dumps(bioc()).encode("utf-16-le"), 0, 0, words="binary data"
    )
    yield _told("encodings", "nothing", b"", 0, 0, words="an empty file")


def _texts() -> Iterable[FieldInput]:
    kind = "text of a mention"
    for marked, there in (
        ("TNF-a", "TNF-α"),
        ("TNF-alpha", "TNF-α"),
        ("tnf-α", "TNF-α"),
        ("IL2", "IL-2"),
        ("IL 2", "IL-2"),
        ("Sjogren", "Sjögren"),
        ("beta cell", "β\u2010cell"),
    ):
        yield _told(kind, f"{marked} for {there}", _marked(marked, there), 1, 1, told={WRITTEN_OTHERWISE: 1})
    yield _told(
        kind, "another word", _marked("TNF-b", "TNF-α"), 0, 0, words="the mention 'TNF-b' where the text has 'TNF-α'"
    )
    kind = "mentions in pieces"
    where = {"locations": [{"offset": 13, "length": 8}, {"offset": 900, "length": 3}]}
    yield _told(
        kind,
        "one outside the text",
        json.dumps(bioc(annotation(0, "zornitis abc", {"mesh": "D9"}, **where))),
        1,
        3,
        told={PARTS: 1},
    )
    where = {"locations": [{"offset": 13, "length": 8}, {"offset": 26, "length": 8}]}
    yield _told(
        kind,
        "in title and abstract",
        json.dumps(bioc(annotation(0, "zornitis patients", {"mesh": "D9"}, **where))),
        1,
        3,
        told={PARTS: 1},
    )
    where = {"locations": [{"offset": 900, "length": 8}, {"offset": 950, "length": 3}]}
    yield _told(
        kind,
        "all outside the text",
        json.dumps(bioc(annotation(0, "zornitis abc", {"mesh": "D9"}, **where))),
        0,
        0,
        words="offsets inside the text",
    )
    kind = "offsets in other units"
    for unit, text in ((OffsetUnit.BYTES, _GREEK), (OffsetUnit.UTF16, _GREEK.replace("β", "😀"))):
        reason = f"all mentions fit where offsets count {unit} (predict: --offsets {unit})"
        yield _told(kind, f"{unit}, not asked for", _in_unit(unit, text), 0, 0, words=reason)
        yield _told(kind, f"{unit}, asked for", _in_unit(unit, text), 1, 2, offsets=unit)
    reason = "--offsets bytes"
    body = bioc(annotation(len(TITLE) + 1 + 5 + 18, "velimide", {"mesh": "C9"}))
    body["passages"][1]["text"] = f"ββ {ABSTRACT}"
    body["passages"][1]["annotations"] = body["passages"][1]["annotations"][2:]
    yield _told(kind, "bytes in BioC, not asked for", json.dumps(body), 0, 0, words=reason)
    yield _told(kind, "bytes in BioC, asked for", json.dumps(body), 1, 3, offsets=OffsetUnit.BYTES)


def _others() -> Iterable[FieldInput]:
    relations = "1\tCID\tMESH:C01\tMESH:D02\tNovel\n1\tCID\tMESH:C01|MESH:C01\tMESH:D02\n"
    yield _told("relations", "of five columns, of several ids", plain() + relations, 1, 2)
    yield _told(
        "DocRED",
        "lines, one with a title twice",
        lines(docred(), docred(labels=None)),
        2,
        4,
        told={"repeated titles": 1},
    )
    yield _told(
        "DocRED",
        "a mention twice",
        json.dumps([docred(vertexSet=[docred()["vertexSet"][0] * 2])]),
        1,
        1,
        told={"repeated mentions": 1},
    )
    yield _told("mentions", "one twice", plain() + rows("1", (0, 8, "Velimide", "Chemical", "MESH:C01")), 1, 2)


FIELD_INPUTS = [
    *_files(),
    *_formats(),
    *_keys(),
    *_layouts(),
    *_without_place(),
    *_ids(),
    *_lines(),
    *_texts(),
    *_others(),
]
