import copy
import gzip
import json
import os
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glre.corpora.sources import Folders, obtain
from glre.document_format import Format
from glre.documents.document import Document, Entity, Fact, Mention, Sentence, check
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file
from glre.grid.params import read_settings

ROOT = Path(__file__).parents[3]
RELATIONS = ("S1", "S2")
SAMPLE: dict[str, Any] = {
    "title": "Talan Krelvik",
    "sents": [["Talan", "Krelvik", "was", "born", "in", "Skelstead", "."], ["Krelvik", "\u00a0", "sang", "."]],
    "vertexSet": [
        [
            {"name": "Krelvik", "sent_id": 1, "pos": [0, 1], "type": "PER", "global_pos": [7, 8], "index": "0_0"},
            {"name": "Talan Krelvik", "sent_id": 0, "pos": [0, 2], "type": "PER"},
        ],
        [{"name": "Skelstead", "sent_id": 0, "pos": [5, 6], "type": "LOC"}],
    ],
    "labels": [{"h": 0, "t": 1, "r": "S1", "evidence": [1, 0]}],
}
DOCUMENT = Document(
    id="Talan Krelvik",
    title="Talan Krelvik",
    text=None,
    sentences=(
        Sentence(("Talan", "Krelvik", "was", "born", "in", "Skelstead", ".")),
        Sentence(("Krelvik", "\u00a0", "sang", ".")),
    ),
    entities=(
        Entity("0", "PER", (Mention(0, 0, 2, "Talan Krelvik", "PER"), Mention(1, 0, 1, "Krelvik", "PER"))),
        Entity("1", "LOC", (Mention(0, 5, 6, "Skelstead", "LOC"),)),
    ),
    facts=(Fact("0", "1", "S1", (0, 1)),),
)


class File(NamedTuple):
    """What a file holds, and what was mended in it."""

    documents: tuple[Document, ...]
    mended: dict[str, int]


def read_docred(path: Path, relations: Collection[str]) -> File:
    file = read_corpus_file(path, Format.DOCRED, relations)
    return File(tuple(file.documents), {own.kind: own.count for own in file.passed_over})


def mended(**counts: int) -> dict[str, int]:
    return {kind.replace("_", " "): count for kind, count in counts.items() if count}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
NAMES = TEXT.filter(str.strip)


def written(folder: Path, content: Any) -> Path:
    path = folder / "corpus.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def mention(sentence: int, start: int, end: int, name: str = "x", kind: str = "PER") -> dict[str, Any]:
    return {"name": name, "sent_id": sentence, "pos": [start, end], "type": kind}


def test_reads_words_entities_and_facts(tmp_path: Path) -> None:
    file = read_docred(written(tmp_path, [SAMPLE]), RELATIONS)
    assert file.documents == (DOCUMENT,)
    assert file.mended == mended()


def test_facts_may_be_kept_back(tmp_path: Path) -> None:
    without = {key: value for key, value in SAMPLE.items() if key != "labels"}
    for kept_back in (without, without | {"labels": None}, without | {"labels": []}):
        file = read_docred(written(tmp_path, [kept_back]), RELATIONS)
        assert file.documents == (replace(DOCUMENT, facts=()),)
        assert file.mended == mended()


def test_one_object_or_one_per_line(tmp_path: Path) -> None:
    other = SAMPLE | {"title": "Another"}
    assert read_docred(written(tmp_path, SAMPLE), RELATIONS).documents == (DOCUMENT,)
    lines = f"{json.dumps(SAMPLE)}\n{json.dumps(other)}\n".encode()
    assert read_docred(written(tmp_path, lines), RELATIONS) == read_docred(
        written(tmp_path, [SAMPLE, other]), RELATIONS
    )


def test_byte_order_mark_and_unescaped_characters(tmp_path: Path) -> None:
    content = json.dumps([SAMPLE], ensure_ascii=False, indent=4).encode("utf-8-sig")
    assert read_docred(written(tmp_path, content), RELATIONS).documents == (DOCUMENT,)


def test_a_document_may_have_no_entity(tmp_path: Path) -> None:
    (document,) = read_docred(written(tmp_path, [SAMPLE | {"vertexSet": [], "labels": []}]), RELATIONS).documents
    assert (document.entities, document.facts) == ((), ())


def test_a_mention_given_twice_is_kept_once_under_its_first_name(tmp_path: Path) -> None:
    entity = [mention(1, 0, 1, "Krel-vik"), mention(0, 0, 2), mention(1, 0, 1, "Krel - vik", "ORG")]
    file = read_docred(written(tmp_path, [SAMPLE | {"vertexSet": [entity], "labels": []}]), RELATIONS)
    assert file.documents[0].entities == (
        Entity("0", "PER", (Mention(0, 0, 2, "x", "PER"), Mention(1, 0, 1, "Krel-vik", "PER"))),
    )
    assert file.mended == mended(repeated_mentions=1, entities_of_several_types=1)


def test_an_entity_has_the_type_of_most_mentions_else_of_the_first(tmp_path: Path) -> None:
    most = [mention(0, 0, 1, kind="LOC"), mention(0, 1, 2, kind="ORG"), mention(0, 2, 3, kind="ORG")]
    first = [mention(1, 0, 1, kind="LOC"), mention(0, 3, 4, kind="ORG")]
    file = read_docred(written(tmp_path, [SAMPLE | {"vertexSet": [most, first], "labels": []}]), RELATIONS)
    assert [entity.type for entity in file.documents[0].entities] == ["ORG", "ORG"]
    assert [own.type for own in file.documents[0].entities[0].mentions] == ["LOC", "ORG", "ORG"]
    assert file.mended == mended(entities_of_several_types=2)


def test_a_mention_ends_with_its_sentence(tmp_path: Path) -> None:
    entity = [mention(1, 3, 10**30), mention(1, 3, 5), mention(0, 6, 8)]
    file = read_docred(written(tmp_path, [SAMPLE | {"vertexSet": [entity], "labels": []}]), RELATIONS)
    assert [(own.sentence, own.start, own.end) for own in file.documents[0].entities[0].mentions] == [
        (0, 6, 7),
        (1, 3, 4),
    ]
    assert file.mended == mended(clipped_mentions=3, repeated_mentions=1)


def test_repeated_facts_are_one_with_the_evidence_of_all(tmp_path: Path) -> None:
    labels = [
        {"h": 0, "t": 1, "r": "S1", "evidence": [1]},
        {"h": 1, "t": 0, "r": "S1", "evidence": []},
        {"h": 0, "t": 1, "r": "S2"},
        {"h": 0, "t": 1, "r": "S1", "evidence": [0, 1, 1]},
    ]
    file = read_docred(written(tmp_path, [SAMPLE | {"labels": labels}]), RELATIONS)
    assert file.documents[0].facts == (Fact("0", "1", "S1", (0, 1)), Fact("1", "0", "S1"), Fact("0", "1", "S2"))
    assert file.mended == mended(repeated_facts=1, facts_without_evidence=2)


def test_evidence_outside_the_document_is_dropped(tmp_path: Path) -> None:
    labels = [{"h": 0, "t": 1, "r": "S1", "evidence": [2, 0, -1]}, {"h": 0, "t": 1, "r": "S2", "evidence": [10**30]}]
    file = read_docred(written(tmp_path, [SAMPLE | {"labels": labels}]), RELATIONS)
    assert file.documents[0].facts == (Fact("0", "1", "S1", (0,)), Fact("0", "1", "S2"))
    assert file.mended == mended(evidence_outside_the_document=3, facts_without_evidence=1)


def test_documents_of_one_title_get_ids_that_no_other_has(tmp_path: Path) -> None:
    titles = ["x", "x", "x (2)", "x", "y", "x (2)", "x"]
    file = read_docred(written(tmp_path, [SAMPLE | {"title": title} for title in titles]), RELATIONS)
    assert [document.id for document in file.documents] == [
        "x",
        "x (2)",
        "x (2) (2)",
        "x (3)",
        "y",
        "x (2) (3)",
        "x (4)",
    ]
    assert [document.title for document in file.documents] == titles
    assert file.mended == mended(repeated_titles=5)


def test_defects_of_several_documents_add_up(tmp_path: Path) -> None:
    doubled = SAMPLE | {"labels": [*SAMPLE["labels"], *SAMPLE["labels"]]}
    file = read_docred(written(tmp_path, [doubled, SAMPLE, doubled]), RELATIONS)
    assert file.mended == mended(repeated_titles=2, repeated_facts=2)


@pytest.mark.parametrize(("name", "found"), [("absent.json", "No such file or directory"), ("", "Is a directory")])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        read_docred(tmp_path / name, RELATIONS)
    assert error.value.place == str(tmp_path / name)
    assert error.value.found == found


def test_a_refusal_is_one_line_that_names_file_document_and_title(tmp_path: Path) -> None:
    other = SAMPLE | {"title": "Line\nbreak " + "x" * 500, "labels": [{"h": 0, "t": 0, "r": "S1", "evidence": []}]}
    path = written(tmp_path, [SAMPLE, other])
    with pytest.raises(InputError) as error:
        read_docred(path, RELATIONS)
    assert error.value.place.startswith(f"{path}, document 1 'Line\\nbreak xxx")
    assert error.value.place.endswith("…, fact 0")
    assert len(error.value.place) < len(str(path)) + 150
    assert "\n" not in str(error.value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | TEXT
    | st.sampled_from(["title", "sents", "S1", "", " "]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "sents", "vertexSet", "labels", "name", "sent_id", "pos", "type", "h", "t", "r"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(tmp_path: Path, value: Any) -> None:
    for content in (value, [value], [SAMPLE, value]):
        read_or_refused(written(tmp_path, content))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.data())
def test_a_document_with_another_value_somewhere_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = [copy.deepcopy(SAMPLE), copy.deepcopy(SAMPLE)]
    for _ in range(data.draw(st.integers(1, 3))):
        inside: Any = content
        while True:
            key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
            if not isinstance(inside[key], dict | list) or not inside[key] or data.draw(st.booleans()):
                break
            inside = inside[key]
        inside[key] = data.draw(JSON | st.integers(-2, 8))
        if not inside:
            break
    read_or_refused(written(tmp_path, content))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = json.dumps([SAMPLE, SAMPLE], ensure_ascii=False).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 12)))
        piece = data.draw(
            st.binary(max_size=3) | st.sampled_from([b'"', b"[", b"]", b"\\ud83d", b"9999", b"-1", b"{}"])
        )
        content = content[:start] + piece + content[end:]
    read_or_refused(written(tmp_path, content))


def read_or_refused(path: Path) -> None:
    """Documents that hold together, or one line that begins with the file."""
    message, documents = str(path), []
    try:
        documents = list(read_docred(path, RELATIONS).documents)
    except InputError as error:
        message = str(error)
    assert message.startswith(str(path))
    assert len(message.splitlines()) == 1
    assert len({document.id for document in documents}) == len(documents)
    for document in documents:
        check(document, "here")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document without any defect."""
    sentences = draw(st.lists(st.lists(TEXT, min_size=1, max_size=5), min_size=1, max_size=4))
    spans = [
        (number, start, end)
        for number, words in enumerate(sentences)
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    ]
    entities = []
    for number in range(draw(st.integers(0, 4))):
        kind = draw(NAMES)
        own = sorted(draw(st.sets(st.sampled_from(spans), min_size=1, max_size=4)))
        entities.append(Entity(str(number), kind, tuple(Mention(*span, draw(NAMES), kind) for span in own)))
    pairs = [(one.id, other.id, r) for one in entities for other in entities if one is not other for r in RELATIONS]
    evidence = st.sets(st.integers(0, len(sentences) - 1), min_size=1).map(sorted)
    facts = [
        Fact(*triple, tuple(draw(evidence))) for triple in (draw(st.sets(st.sampled_from(pairs))) if pairs else ())
    ]
    title = draw(NAMES)
    return Document(
        title, title, None, tuple(Sentence(tuple(words)) for words in sentences), tuple(entities), tuple(facts)
    )


def as_docred(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "sents": [list(sentence.words) for sentence in document.sentences],
        "vertexSet": [
            [mention(own.sentence, own.start, own.end, own.text, own.type) for own in entity.mentions]
            for entity in document.entities
        ],
        "labels": [
            {"h": int(fact.head), "t": int(fact.tail), "r": fact.relation, "evidence": list(fact.evidence)}
            for fact in document.facts
        ],
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id))
def test_what_is_written_is_read(tmp_path: Path, made: list[Document]) -> None:
    file = read_docred(written(tmp_path, [as_docred(document) for document in made]), RELATIONS)
    assert file.documents == tuple(made)
    assert file.mended == mended()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents(), st.data())
def test_every_mended_defect_is_counted_and_leaves_the_document_as_it_was(
    tmp_path: Path, document: Document, data: st.DataObject
) -> None:
    raw = as_docred(document)
    done: Counter[str] = Counter()
    for entity in raw["vertexSet"]:
        entity.reverse()
        for own in list(entity):
            length = len(document.sentences[own["sent_id"]].words)
            if own["pos"][1] == length and data.draw(st.booleans()):
                own["pos"] = [own["pos"][0], length + data.draw(st.integers(1, 3))]
                done["clipped_mentions"] += 1
            if data.draw(st.booleans()):
                entity.append(own | {"name": "another"})
                done["repeated_mentions"] += 1
                done["clipped_mentions"] += own["pos"][1] > length
    for fact in list(raw["labels"]):
        if data.draw(st.booleans()):
            raw["labels"].append(fact | {"evidence": fact["evidence"][:1]})
            done["repeated_facts"] += 1
        if data.draw(st.booleans()):
            fact["evidence"] = [*fact["evidence"], len(document.sentences), -1]
            done["evidence_outside_the_document"] += 2
    file = read_docred(written(tmp_path, [raw, raw]), RELATIONS)
    again = replace(document, id=f"{document.title} (2)")
    assert file.documents == (document, again)
    assert file.mended == mended(repeated_titles=1, **{name: 2 * count for name, count in done.items()})


real_corpora = pytest.mark.skipif(
    "GLRE_MIRROR" not in os.environ, reason="needs the real corpora: set GLRE_MIRROR to a mirror of them"
)


@real_corpora
@pytest.mark.parametrize(
    ("dataset", "name", "documents", "facts", "counts"),
    [
        (
            "redocred",
            "dev_revised.json",
            500,
            17284,
            mended(repeated_mentions=35, entities_of_several_types=9, facts_without_evidence=9811),
        ),
        (
            "redocred",
            "test_revised.json",
            500,
            17448,
            mended(repeated_mentions=68, entities_of_several_types=9, facts_without_evidence=9901),
        ),
        ("docred", "test.json", 1000, 0, mended(repeated_mentions=264, entities_of_several_types=19)),
    ],
)
def test_the_real_files(
    tmp_path: Path, dataset: str, name: str, documents: int, facts: int, counts: dict[str, int]
) -> None:
    own = read_settings(ROOT / "params.yaml").dataset(dataset)
    obtain(name, own.files[name], Folders(tmp_path / "raw", tmp_path / "partial", mirror=own.mirror or dataset))
    file = read_docred(tmp_path / "raw" / name, own.relations)
    assert len(file.documents) == documents
    assert sum(len(document.facts) for document in file.documents) == facts
    assert file.mended == counts
    for document in file.documents:
        check(document, name)


@real_corpora
def test_relations_are_called_what_the_release_calls_them() -> None:
    released = json.loads(gzip.decompress((Path(os.environ["GLRE_MIRROR"]) / "docred/rel_info.json.gz").read_bytes()))
    for dataset in ("docred", "docred_train_dev", "redocred", "redocred_1k"):
        own = read_settings(ROOT / "params.yaml").dataset(dataset)
        assert own.relation_names == released
        assert set(own.relations) == set(released)
