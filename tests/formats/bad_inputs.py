"""Inputs that can't be used, and some that look as if they couldn't: how to make each, and what is said of it."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from export_texts import DOCUMENTS, EXPORTS, PUBTATOR, bioc_json, bioc_xml, own_json, own_lines, parquet, rows
from formatted import docred

from glre.document_format import Format
from glre.documents.document import to_json
from glre.documents.table import SCHEMA

FIRST, SECOND = DOCUMENTS
_BLOCK = PUBTATOR.partition("\n\n")[0] + "\n"


@dataclass(frozen=True, slots=True)
class BadInput:
    """`make` puts the input into an empty folder and returns its path; a message about it contains `words`.

    `documents` of it can be read all the same. Where it is refused as a whole (`refused`), the message ends the
    reading; otherwise it is about one document that is set aside.
    """

    name: str
    make: Callable[[Path], Path]
    words: str
    documents: int = 0
    refused: bool = False
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class GoodInput:
    """What is fine, though it looks odd."""

    name: str
    content: bytes
    documents: int = 1


def _file(content: bytes | str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "input"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def _refused(name: str, content: bytes | str, words: str, documents: int = 0, format: Format | None = None) -> BadInput:
    return BadInput(name, _file(content), words, documents, refused=True, format=format)


def _aside(name: str, content: bytes | str, words: str, documents: int = 0, format: Format | None = None) -> BadInput:
    return BadInput(name, _file(content), words, documents, format=format)


def _changed(old: str, new: str) -> str:
    assert old in PUBTATOR
    return PUBTATOR.replace(old, new, 1)


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("corpus.txt", PUBTATOR)
    return target.getvalue()


def _tar(mode: str, content: bytes = PUBTATOR.encode()) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo("corpus.txt")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _folder(folder: Path) -> Path:
    (folder / "input").mkdir()
    return folder / "input"


def _below_a_file(folder: Path) -> Path:
    return _file(PUBTATOR)(folder) / "input"


def _loop(folder: Path) -> Path:
    (folder / "input").symlink_to("input")
    return folder / "input"


def _bioc(**changes: Any) -> str:
    """A document of BioC JSON with `changes` to its first annotation, and a good one."""
    content = json.loads(bioc_json(FIRST, SECOND))
    content["documents"][0]["passages"][0]["annotations"][0] |= changes
    return json.dumps(content)


def _bioc_passage(**changes: Any) -> str:
    content = json.loads(bioc_json(FIRST, SECOND))
    (passage := content["documents"][0]["passages"][1]).update(changes)
    for annotation in passage["annotations"]:
        # Where passages are laid one behind the other, it doesn't fit either.
        annotation["locations"][0]["offset"] += 1
    return json.dumps(content)


def _docred(**changes: Any) -> str:
    return json.dumps([docred(FIRST) | changes, docred(SECOND)])


def _own(**changes: Any) -> str:
    return json.dumps([json.loads(to_json(FIRST)) | changes, json.loads(to_json(SECOND))])


REFUSED = [
    BadInput("no such file", lambda folder: folder / "absent", "No such file", refused=True),
    BadInput("a folder where a file is needed", _folder, "Is a directory", refused=True),
    BadInput("a folder, PubTator asked for", _folder, "Is a directory", refused=True, format=Format.PUBTATOR),
    BadInput("a path below a file", _below_a_file, "Not a directory", refused=True),
    BadInput("a link to itself", _loop, "symbolic links", refused=True),
    BadInput("too long a name", lambda folder: folder / ("x" * 300), "name too long", refused=True),
    BadInput("a name with a null character", lambda folder: folder / "a\0b", "no file can have", refused=True),
    _refused("empty file", b"", "an empty file"),
    _refused("white space", " \n\t\n", "an empty file"),
    _refused("a byte order mark alone", b"\xef\xbb\xbf", "an empty file"),
    _refused("prose", "Zelatrazine was given, and palsy came.\n", "'Zelatrazine was given"),
    _refused("binary junk", bytes(range(256)) * 9, "binary data"),
    _refused("binary junk without null bytes", bytes(range(128, 256)) * 9, "expected PubTator"),
    _refused("binary junk as PubTator", b"\x7fELF\2\1\1\0" * 9, "binary data", format=Format.PUBTATOR),
    _refused("UTF-16", PUBTATOR.encode("utf-16"), "text in UTF-16"),
    _refused("UTF-16 without a mark", PUBTATOR.encode("utf-16-le"), "binary data"),
    _refused("zip archive", _zip(), "a zip archive; expected documents; unpack it first"),
    _refused("tar archive", _tar("w"), "a tar archive"),
    _refused("tar archive packed by gzip", _tar("w:gz"), "a tar archive"),
    _refused("zip archive in a tar archive", _tar("w", _zip()), "a tar archive"),
    _refused("zip archive packed by gzip", gzip.compress(_zip()), "a zip archive"),
    _refused("gzip in gzip", gzip.compress(gzip.compress(PUBTATOR.encode())), "a gzip file inside another"),
    _refused("bzip2", bz2.compress(PUBTATOR.encode()), "compressed by bzip2"),
    _refused("xz", lzma.compress(PUBTATOR.encode()), "compressed by xz"),
    _refused("truncated gzip", gzip.compress(PUBTATOR.encode())[:-40], "a broken or incomplete gzip file"),
    _refused("gzip with another checksum", EXPORTS["gz"][:-8] + b"\1" * 8, "a broken or incomplete gzip file"),
    _refused("gzip's first bytes alone", b"\x1f\x8b", "a broken or incomplete gzip file"),
    _refused("a page of HTML", "<!DOCTYPE html><html><body>1|x</body></html>", "'<!DOCTYPE html>"),
    _refused("other XML as BioC", "<corpus/>", "the element <corpus>", format=Format.BIOC_XML),
    _refused("truncated JSON", json.dumps([docred(FIRST)])[:-20], "invalid JSON (EOF while parsing"),
    _refused(
        "JSON in Latin-1",
        json.dumps([docred(SECOND)], ensure_ascii=False)[:-3].replace("β", "é").replace("😀", "").encode("latin-1"),
        "expected UTF-8 text",
    ),
    _refused("an empty list", "[]", "an empty list"),
    _refused("a collection of nothing", '{"source": "", "documents": []}', "an empty list"),
    _refused("a number", "[3]", "found 3"),
    _refused("an object of other keys", '{"tweet": "palsy"}', "the keys ['tweet']"),
    _refused("nested too deeply", "[" * 100_000, "invalid JSON"),
    _refused("truncated BioC XML", bioc_xml(FIRST, SECOND)[:-40], "XML that is broken or incomplete", 1),
    _refused("BioC XML with a bare ampersand", bioc_xml(FIRST).replace("Hand or", "Hand & "), "XML that is broken"),
    _refused("BioC XML without documents", "<collection><source>x</source></collection>", "no document"),
    _refused("BioC XML of an unknown encoding", '<?xml version="1.0" encoding="x-none"?><collection/>', "broken"),
    _refused(
        "entities that multiply",
        '<!DOCTYPE collection [<!ENTITY a "'
        + "a" * 1000
        + '">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(8))
        + "]><collection><document><id>&i;</id></document></collection>",
        "XML that is broken",
    ),
    _refused("truncated Parquet", EXPORTS["parquet"][:-30], "a broken table"),
    _refused("text as Parquet", PUBTATOR, "a broken table", format=Format.PARQUET),
    _refused(
        "a Parquet table of something else", parquet([{"a": "1"}], pa.schema([("a", pa.string())])), "without the"
    ),
    _refused(
        "Parquet with a column of another type",
        parquet([], SCHEMA.set(0, pa.field("id", pa.list_(pa.int32())))),
        "the column id of type",
    ),
]

SET_ASIDE = [
    _aside(
        "PubTator cut in a row",
        PUBTATOR[: PUBTATOR.rindex("Weakness") + 3],
        "line 16, document '2': found 4 columns",
        1,
    ),
    _aside(
        "PubTator cut in a type",
        PUBTATOR[:-3],
        "breaks off",
        1,
    ),
    _aside(
        "one byte of Latin-1", PUBTATOR.encode().replace(b"Hand or", b"H\xe4nd or", 1), "the byte 0xe4 at column 6", 1
    ),
    _aside("offsets one too low", _changed("16\t21\tpalsy", "15\t20\tpalsy"), "where the text has ' pals'", 1),
    _aside("offsets one too high", _changed("16\t21\tpalsy", "17\t22\tpalsy"), "where the text has 'alsy.'", 1),
    _aside("offsets in bytes", _changed("2\t18\t22\trats", "2\t22\t26\trats"), "the mention 'rats' where", 1),
    _aside("a mention behind the text", _changed("16\t21\tpalsy", "160\t165\tpalsy"), "offsets inside the text", 1),
    _aside("a mention that ends before it starts", _changed("16\t21", "21\t16"), "a start below the end", 1),
    _aside("a mention of no length", _changed("16\t21\tpalsy", "16\t16\t"), "a start below the end", 1),
    _aside("a mention from title into abstract", _changed("16\t21\tpalsy", "16\t27\tpalsy. Hand"), "runs from one", 1),
    _aside("an offset that is no number", _changed("1\t16\t21\tpalsy", "1\t16\tx\tpalsy"), "the offset 'x'", 1),
    _aside("a row of another document", _changed("1\t16", "9\t16"), "a row of document '9'", 1),
    _aside("a title without an id", _changed("1|t|", "|t|").replace("1|a|", "|a|", 1), "the document id", 1),
    _aside(
        "rows without a text",
        "1\t0\t5\tPalsy\tDisease\tD1\n\n" + PUBTATOR,
        "expected the title line",
        2,
    ),
    _aside("neither title nor abstract", "9|t|\n9|a|\n\n" + PUBTATOR, "neither title nor abstract", 2),
    _aside("a document twice", PUBTATOR + "\n" + _BLOCK, "document '1': found the id a second time", 2),
    _aside("prose as PubTator", "Palsy came.\n", "expected the title line", format=Format.PUBTATOR),
    _aside("truncated JSON Lines", own_lines(FIRST, SECOND)[:-30], "line 2: found invalid JSON", 1),
    _aside("a bad line in JSON Lines", "{\n" + own_lines(FIRST, SECOND), "line 1: found invalid JSON", 2),
    _aside("JSON Lines in Latin-1", own_lines(FIRST).encode() + b'{"id": "\xe9"}\n', "line 2: found the byte 0xe9", 1),
    _aside("a list with a number", json.dumps([docred(FIRST), 3]), "document 1: found 3", 1),
    _aside("DocRED as our own JSON", _docred(), "found no such key", format=Format.JSON),
    _aside("DocRED without sentences", _docred(sents=[]), "no sentence", 1),
    _aside("DocRED with an empty sentence", _docred(sents=[[]]), "an empty sentence", 1),
    _aside("DocRED with a span outside", _docred(sents=[["Palsy", "."]]), "a non-empty span that begins inside", 1),
    _aside("DocRED without a title", _docred(title=" "), "a text that is not blank", 1),
    _aside("DocRED with an entity of no mention", _docred(vertexSet=[[]]), "no mention", 1),
    _aside("our own without sentences", _own(sentences=[], entities=[]), "no sentence", 1),
    _aside("our own without an id", _own(id=""), "a document without an id", 1),
    _aside("our own with another text", _own(text="Palsy."), "the same word in the text", 1),
    _aside("our own with a mention outside", _own(sentences=[{"words": ["Palsy"]}]), "a non-empty span inside", 1),
    _aside("our own with two entities of an id", _own(entities=[rows(FIRST)[0]["entities"][0]] * 2), "the same id", 1),
    _aside("BioC offsets one too low", _bioc(locations=[{"offset": 15, "length": 5}]), "the same text in both", 1),
    _aside(
        "BioC with a negative offset", _bioc(locations=[{"offset": -1, "length": 5}]), "greater than or equal to 0", 1
    ),
    _aside("BioC without a type", _bioc(infons={"identifier": "D1"}), "expected an entity type", 1),
    _aside("BioC passages that overlap", _bioc_passage(offset=4), "below one that ends at 22", 1),
    _aside("BioC passages far apart", _bioc_passage(offset=2**31 - 1), "characters in no passage", 1),
    _aside("BioC offset that is no number", _bioc_passage(offset="x"), "offset: found 'x'", 1),
    _aside("BioC without a text", '{"id": "1", "passages": []}', "no sentence"),
    _aside("BioC XML without an id", bioc_xml(FIRST, SECOND).replace("<id>1</id>", "", 1), "id: found no such key", 1),
    _aside("a Parquet row of nothing", parquet([*rows(FIRST), {}]), "row 1", 1),
    _aside(
        "a Parquet row with a mention outside",
        parquet([rows(FIRST)[0] | {"sentences": rows(SECOND)[0]["sentences"][:1], "text": SECOND.text}, *rows(SECOND)]),
        "a sentence from 0 to 0",
        1,
    ),
]

BAD_INPUTS = [*REFUSED, *SET_ASIDE]

_LONG = "palsy " * 100_000
_MANY = "".join(f"N{number:03} " for number in range(500))

GOOD_INPUTS = [
    GoodInput("overlapping mentions", _changed("1\t16", "1\t23\t35\tHand or foot\tAnatomy\tA1\n1\t16").encode(), 2),
    GoodInput("one entity only", b"1|t|Palsy came.\n1|a|\n1\t0\t5\tPalsy\tDisease\tD1\n"),
    GoodInput("no entity", b"1|t|Palsy came.\n1|a|It went.\n"),
    GoodInput(
        "no candidate pair", b"1|t|Palsy and ague.\n1|a|\n1\t0\t5\tPalsy\tDisease\tD1\n1\t10\t14\tague\tDisease\tD2\n"
    ),
    GoodInput("no line end", _BLOCK.rstrip("\n").encode()),
    GoodInput("100,000 words", f"1|t|Much.\n1|a|{_LONG}\n1\t6\t11\tpalsy\tDisease\tD1\n".encode()),
    GoodInput(
        "500 entities",
        f"1|t|\n1|a|{_MANY}\n".encode()
        + b"".join(b"1\t%d\t%d\tN%03d\tGene\t%d\n" % (1 + 5 * n, 5 + 5 * n, n, n) for n in range(500)),
    ),
    GoodInput("an empty Parquet table", parquet([]), 0),
    GoodInput("BioC without locations", _bioc(locations=[]).encode(), 2),
    GoodInput("DocRED with titles that repeat", json.dumps([docred(FIRST)] * 3).encode(), 3),
    GoodInput("a document with control characters", own_json(replace(FIRST, title="\x07")).encode()),
    *(GoodInput(f"a sound file in {name}", content, 2) for name, content in EXPORTS.items()),
]
