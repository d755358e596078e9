from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glre.document_format import Format
from glre.documents.document import Document, Fact, check
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file

SAMPLE = """\
1|t|Zelatrazine and palsy.
1|a|Hand or foot palsy followed tavolomide.
1\t0\t11\tZelatrazine\tChemical\tC1
1\t16\t21\tpalsy\tDisease\tD1
1\t23\t41\tHand or foot palsy\tDisease\tD2|D3\tHand palsy|foot palsy
1\t51\t61\ttavolomide\tChemical\t-1\t
1\tCID\tC1\tD1

2|t|Nothing here.
2|a|
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "corpus.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_pubtator(path: Path, relations: list[str]) -> list[Document]:
    return read_corpus_file(path, Format.PUBTATOR, relations).documents


def test_reads_mentions_composites_and_relations(tmp_path: Path) -> None:
    first, second = read_pubtator(written(tmp_path, SAMPLE), ["CID"])
    assert [(entity.id, entity.type) for entity in first.entities] == [
        ("C1", "Chemical"),
        ("D1", "Disease"),
        ("D2", "Disease"),
        ("D3", "Disease"),
    ]
    assert first.facts == (Fact("C1", "D1", "CID"),)
    assert first.entities[3].mentions[0].text == "Hand or foot palsy"
    assert (second.id, second.entities, len(second.sentences)) == ("2", (), 1)


def test_an_id_of_none_among_others_names_nothing(tmp_path: Path) -> None:
    content = SAMPLE.replace("D2|D3\t", "D2|-1\t")
    first, _ = read_pubtator(written(tmp_path, content), ["CID"])
    assert [entity.id for entity in first.entities] == ["C1", "D1", "D2"]


def test_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    plain = read_pubtator(written(tmp_path, SAMPLE), ["CID"])
    assert read_pubtator(written(tmp_path, SAMPLE.replace("\n", "\r\n")), ["CID"]) == plain
    assert read_pubtator(written(tmp_path, b"\xef\xbb\xbf" + SAMPLE.encode()), ["CID"]) == plain
    assert read_pubtator(written(tmp_path, "\n\n" + SAMPLE.replace("\n\n", "\n \n\n") + "\n\n"), ["CID"]) == plain
    assert read_pubtator(written(tmp_path, SAMPLE.rstrip("\n")), ["CID"]) == plain


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\x0b", "\x1c", "|"])
def test_a_line_ends_at_line_feeds_only(tmp_path: Path, character: str) -> None:
    content = f"1|t|One{character}two tavolomide\n1|a|\n1\t8\t18\ttavolomide\tChemical\tC1\n"
    (document,) = read_pubtator(written(tmp_path, content), [])
    assert document.entities[0].mentions[0].text == "tavolomide"


def test_offsets_count_characters_not_bytes(tmp_path: Path) -> None:
    content = "1|t|\u03b2-blocker \U0001f600 tavolomide\n1|a|\n1\t12\t22\ttavolomide\tChemical\tC1\n"
    (document,) = read_pubtator(written(tmp_path, content), [])
    assert document.sentences[0].words[-1] == "tavolomide"


@pytest.mark.parametrize(
    ("old", "new", "line", "found"),
    [
        ("1\t16\t21\tpalsy\tDisease\tD1\n", "1\t16\t21\tpalsy\tDisease\n", 4, "5 columns"),
        ("1\t16\t21\tpalsy", "1\t16\t21\tpolsy", 4, "the mention 'polsy' where the text has 'palsy'"),
        ("1\t16\t21\tpalsy", "1\t16\t999\tpalsy", 4, "a mention from 16 to 999"),
        ("1\t16\t21\tpalsy", "1\t-6\t21\tpalsy", 4, "the offset '-6'"),
        ("1\t16\t21\tpalsy", "1\t\u0661\t21\tpalsy", 4, "the offset '\u0661'"),
        ("1\t16\t21\tpalsy", "1\t" + "9" * 5000 + "\t21\tpalsy", 4, f"the offset '{'9' * 40}'"),
        ("1\t16\t21\tpalsy", "1\t21\t16\tpalsy", 4, "a mention from 21 to 16"),
        (
            "1\t16\t21\tpalsy",
            "1\t16\t27\tpalsy. Hand",
            4,
            "a mention that runs from one passage, such as the title, into the next",
        ),
        ("CID\tC1\tD1", "CID\tC1\tD9", 7, "a relation with the unknown id 'D9'"),
        ("CID\tC1\tD1", "CID\tC1\t-1", 7, "a relation with the unknown id '-1'"),
        ("CID\tC1\tD1", "GAD\tC1\tD1", 7, "the relation 'GAD'"),
        ("\tHand palsy|foot palsy", "\tHand palsy", 5, "column 7 'Hand palsy' for the ids 'D2|D3'"),
        ("D2|D3\tHand palsy|foot palsy", "D2|\tHand palsy|foot palsy", 5, "the entity ids 'D2|'"),
    ],
)
def test_refuses_and_says_where(tmp_path: Path, old: str, new: str, line: int, found: str) -> None:
    assert old in SAMPLE
    path = written(tmp_path, SAMPLE.replace(old, new))
    with pytest.raises(InputError) as error:
        read_pubtator(path, ["CID"])
    assert error.value.place == f"{path}, line {line}, document '1'"
    assert error.value.found == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.data())
def test_damaged_files_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = SAMPLE.encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 12)))
        piece = data.draw(st.binary(max_size=3) | st.sampled_from([b"\t", b"\n", b"\n\n", b"|", b"1|t|", b"-1", b"\r"]))
        content = content[:start] + piece + content[end:]
    path = written(tmp_path, content)
    place, documents = str(path), []
    try:
        documents = read_pubtator(path, ["CID"])
    except InputError as error:
        place = error.place
    assert place.startswith(str(path))
    for document in documents:
        check(document, "here")
