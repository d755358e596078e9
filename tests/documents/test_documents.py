import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence, check, from_json, to_json
from glre.documents.table import SCHEMA, read_documents, write_documents
from glre.errors import InputError

GOOD = Document(
    id="7",
    title="A title.",
    text="A title. It goes on.",
    sentences=(Sentence(("A", "title", "."), (0, 2, 7), (1, 7, 8)), Sentence(("It", "goes", "on"))),
    entities=(
        Entity("C1", "Chemical", (Mention(0, 1, 2, "title", "Chemical"), Mention(1, 0, 3, "It goes on", "Chemical"))),
        Entity("D1", "Disease", (Mention(1, 2, 3, "on", "Disease"),)),
    ),
    facts=(Fact("C1", "D1", "CID", (0, 1)),),
    excluded=(ExcludedPair("D1", "C1", "hypernym"),),
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    sentences = []
    for length in draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)):
        offsets = tuple(range(0, 7 * length, 7)) if draw(st.booleans()) else ()
        ends = tuple(offset + 3 for offset in offsets)
        sentences.append(Sentence(tuple(draw(words) for _ in range(length)), offsets, ends))
    ids = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    entities = []
    for name in ids:
        mentions = []
        for _ in range(draw(st.integers(1, 3))):
            sentence = draw(st.integers(0, len(sentences) - 1))
            start = draw(st.integers(0, len(sentences[sentence].words) - 1))
            end = draw(st.integers(start + 1, len(sentences[sentence].words)))
            mentions.append(Mention(sentence, start, end, draw(texts), draw(texts)))
        entities.append(Entity(name, draw(texts), tuple(mentions)))
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids))
    evidence = st.lists(st.integers(0, 3), max_size=2).map(tuple)
    return Document(
        id=draw(words),
        title=draw(texts),
        text=draw(st.none() | texts),
        sentences=tuple(sentences),
        entities=tuple(entities),
        facts=tuple(Fact(*pair, draw(words), draw(evidence)) for pair in draw(st.lists(pairs, max_size=3))),
        excluded=tuple(ExcludedPair(*pair, draw(texts)) for pair in draw(st.lists(pairs, max_size=3))),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents(), max_size=3))
def test_what_is_written_is_read(tmp_path: Path, made: list[Document]) -> None:
    path = tmp_path / "documents.parquet"
    write_documents(made, path)
    assert read_documents(path) == made
    assert pq.read_schema(path).equals(SCHEMA)


@settings(max_examples=40, deadline=None)
@given(documents())
def test_json_there_and_back(made: Document) -> None:
    text = to_json(made)
    assert from_json(text, "a test") == made
    assert json.loads(text)["id"] == made.id


def test_the_same_documents_make_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_documents([GOOD, replace(GOOD, id="8")], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_words_and_where_sentences_start() -> None:
    assert GOOD.words == 6
    assert GOOD.sentence_offsets == (0, 3)
    assert replace(GOOD, sentences=()).sentence_offsets == ()


def entities(*mentions: Mention) -> tuple[Entity, ...]:
    return (Entity("C1", "Chemical", mentions), GOOD.entities[1])


WRONG: dict[str, tuple[Document, str]] = {
    "no id": (replace(GOOD, id=""), "a test: found a document without an id"),
    "no words": (replace(GOOD, sentences=(*GOOD.sentences, Sentence(()))), "sentence 2: found an empty sentence"),
    "an empty word": (replace(GOOD, sentences=(Sentence(("a", "")),)), "sentence 0: found an empty sentence or word"),
    "too few starts": (
        replace(GOOD, sentences=(Sentence(("a", "b", "c"), (0, 2), (1, 3)), GOOD.sentences[1])),
        "sentence 0: found 3 words with 2 starts and 2 ends",
    ),
    "too few ends": (
        replace(GOOD, sentences=(Sentence(("a", "b", "c"), (0, 2, 4), (1, 3)), GOOD.sentences[1])),
        "sentence 0: found 3 words with 3 starts and 2 ends",
    ),
    "an id twice": (replace(GOOD, entities=GOOD.entities * 2), "found two entities with the same id"),
    "no mention": (replace(GOOD, entities=entities()), "entity 'C1': found no mention"),
    "a sentence too many": (
        replace(GOOD, entities=entities(Mention(2, 0, 1, "", ""))),
        "entity 'C1': found a mention in sentence 2; expected a sentence from 0 to 1",
    ),
    "a sentence below zero": (replace(GOOD, entities=entities(Mention(-1, 0, 1, "", ""))), "in sentence -1"),
    "a span of nothing": (
        replace(GOOD, entities=entities(Mention(0, 1, 1, "", ""))),
        "words 1 to 1 of a sentence of 3",
    ),
    "a span backwards": (replace(GOOD, entities=entities(Mention(0, 2, 1, "", ""))), "words 2 to 1 of a sentence of 3"),
    "a span below zero": (replace(GOOD, entities=entities(Mention(0, -1, 1, "", ""))), "words -1 to 1"),
    "a span too long": (replace(GOOD, entities=entities(Mention(1, 2, 4, "", ""))), "words 2 to 4 of a sentence of 3"),
    "a fact's head": (replace(GOOD, facts=(Fact("X", "D1", "CID"),)), "a relation with the unknown entity 'X'"),
    "a fact's tail": (replace(GOOD, facts=(Fact("C1", "X", "CID"),)), "a relation with the unknown entity 'X'"),
    "an excluded pair": (replace(GOOD, excluded=(ExcludedPair("C1", "X", ""),)), "the unknown entity 'X'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_together_is_refused(tmp_path: Path, name: str) -> None:
    made, message = WRONG[name]
    path = tmp_path / "documents.parquet"
    write_documents([GOOD], path)
    with pytest.raises(InputError, match=message):
        check(made, "a test")
    with pytest.raises(InputError, match=message.replace("a test", "documents.parquet")):
        write_documents([replace(GOOD, id="6"), made], path)
    assert read_documents(path) == [GOOD]
    with pytest.raises(InputError, match=message):
        from_json(to_json(made), "a test")


def test_a_good_document_is_not_refused() -> None:
    check(GOOD, "a test")
    check(replace(GOOD, sentences=tuple(Sentence(sentence.words) for sentence in GOOD.sentences), text=None), "a test")


def without(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda content: {key: value for key, value in content.items() if key not in keys}


def test_facts_offsets_and_evidence_may_be_left_out_of_json() -> None:
    content = without("facts", "excluded")(json.loads(to_json(GOOD)))
    for sentence in content["sentences"]:
        del sentence["starts"], sentence["ends"]
    found = from_json(json.dumps(content), "a test")
    assert (found.facts, found.excluded) == ((), ())
    assert [sentence.words for sentence in found.sentences] == [sentence.words for sentence in GOOD.sentences]
    fact = json.loads(to_json(GOOD))["facts"][0]
    del fact["evidence"]
    content["facts"] = [fact]
    assert from_json(json.dumps(content), "a test").facts == (Fact("C1", "D1", "CID"),)


@pytest.mark.parametrize("key", ["id", "title", "text", "sentences", "entities"])
def test_what_may_not_be_left_out(key: str) -> None:
    with pytest.raises(InputError, match=f"^a test, {key}: found no such key; expected a value"):
        from_json(json.dumps(without(key)(json.loads(to_json(GOOD)))), "a test")


@pytest.mark.parametrize("text", ["", "{", "null", "3", "[]", '"text"', '{"id": "\ud800"}'])
def test_json_that_is_no_document(text: str) -> None:
    with pytest.raises(InputError, match=r"^a test, "):
        from_json(text, "a test")


def test_values_of_a_wrong_type_name_their_place() -> None:
    content = json.loads(to_json(GOOD))
    content["entities"][0]["mentions"][1]["start"] = "first"
    with pytest.raises(
        InputError, match=r"^a test, entities\.0\.mentions\.1\.start: found 'first'; expected .*integer"
    ):
        from_json(json.dumps(content), "a test")


def test_an_empty_value_in_a_table_names_file_and_row(tmp_path: Path) -> None:
    path = tmp_path / "documents.parquet"
    write_documents([GOOD, GOOD], path)
    rows = pq.read_table(path).to_pylist()
    rows[1]["entities"][0]["type"] = None
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
    with pytest.raises(InputError, match=r"documents\.parquet, row 1, entities\.0\.type: found None"):
        read_documents(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.parquet: found no such file; expected .* as `glre preprocess`"):
        read_documents(tmp_path / "absent.parquet")
