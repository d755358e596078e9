"""The sample corpus in DocRED format: its documents, what they state, and that the committed files come from here."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from glre.document_format import Format
from glre.documents.document import Document, Entity
from glre.evaluation.training_facts import training_facts
from glre.formats.corpus_file import CorpusFile, read_corpus_file
from glre.grid.params import read_settings
from sample_corpora.articles.documents import ARTICLES, generate
from sample_corpora.articles.lexicon import ORGANISATION, PERSON, PLACE, names
from sample_corpora.documents import Range, SampleSettings
from sample_corpora.splits import DOCRED, write_documents, write_splits

ROOT = Path(__file__).parents[2]
SPLITS = ("train", "dev", "test")
TYPES = {
    "S1": (PERSON, PLACE),
    "S2": (PERSON, ORGANISATION),
    "S3": (ORGANISATION, PLACE),
    "S4": (ORGANISATION, PERSON),
    "S5": (ORGANISATION, PERSON),
    "S6": (PERSON, PERSON),
    "S7": (PLACE, PLACE),
    "S8": (PLACE, PLACE),
}


def made(settings: SampleSettings, folder: Path) -> tuple[Document, ...]:
    write_documents(folder / "made.json", settings, DOCRED)
    return read_corpus_file(folder / "made.json", Format.DOCRED, list(TYPES)).documents


def committed(split: str) -> CorpusFile:
    return read_corpus_file(ROOT / f"data/sample_docred/{split}.json", Format.DOCRED, list(TYPES))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, ...]:
    return made(replace(ARTICLES, documents=1200), tmp_path_factory.mktemp("many"))


def triples(document: Document) -> set[tuple[str, str, str]]:
    return {(fact.head, fact.relation, fact.tail) for fact in document.facts}


def share_of(documents: Iterable[Document]) -> dict[str, float]:
    counts = Counter(fact.relation for document in documents for fact in document.facts)
    return {relation: count / counts.total() for relation, count in counts.items()}


def sentences_of(entity: Entity) -> set[int]:
    return {mention.sentence for mention in entity.mentions}


def test_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    paths = write_splits(tmp_path, DOCRED.sizes, DOCRED.settings, DOCRED)
    assert [path.name for path in paths] == [f"{split}.json" for split in SPLITS]
    for path in paths:
        assert path.read_bytes() == (ROOT / "data/sample_docred" / path.name).read_bytes()


def test_settings_hold_the_checksums_of_the_committed_files() -> None:
    dataset = read_settings(ROOT / "params.yaml").dataset("sample_docred")
    assert {name: source.sha256 for name, source in dataset.files.items()} == {
        f"{split}.json": hashlib.sha256((ROOT / f"data/sample_docred/{split}.json").read_bytes()).hexdigest()
        for split in SPLITS
    }
    assert dataset.relations == tuple(TYPES)


def test_committed_files_have_no_defect_and_share_no_title() -> None:
    files = [committed(split) for split in SPLITS]
    assert [file.passed_over for file in files] == [()] * 3
    titles = [document.title for file in files for document in file.documents]
    assert len(set(titles)) == len(titles) == 350


def test_mentions_are_the_words_at_their_place(many: tuple[Document, ...]) -> None:
    for document in many:
        taken: set[tuple[int, int]] = set()
        for entity in document.entities:
            for own in entity.mentions:
                words = document.sentences[own.sentence].words[own.start : own.end]
                assert own.text == " ".join(words)
                place = {(own.sentence, word) for word in range(own.start, own.end)}
                assert not place & taken
                taken |= place


def test_entities_come_in_all_types_and_under_several_names(many: tuple[Document, ...]) -> None:
    forms = Counter(
        (entity.type, len({own.text for own in entity.mentions})) for document in many for entity in document.entities
    )
    assert {kind for kind, _ in forms} == {PERSON, ORGANISATION, PLACE}
    assert forms[PERSON, 2] > 100
    assert forms[ORGANISATION, 2] > 100


def test_relations_hold_between_their_types(many: tuple[Document, ...]) -> None:
    for document in many:
        types = {entity.id: entity.type for entity in document.entities}
        for fact in document.facts:
            assert (types[fact.head], types[fact.tail]) == TYPES[fact.relation]


def test_evidence_names_both_entities(many: tuple[Document, ...]) -> None:
    for document in many:
        place = {entity.id: sentences_of(entity) for entity in document.entities}
        for fact in document.facts:
            assert fact.evidence
            assert place[fact.head] & set(fact.evidence)
            assert place[fact.tail] & set(fact.evidence)


@pytest.mark.parametrize("split", SPLITS)
def test_relations_differ_in_frequency(split: str, many: tuple[Document, ...]) -> None:
    for documents in (many, committed(split).documents):
        shares = share_of(documents)
        assert shares.keys() == TYPES.keys()
        assert 0.005 < shares["S8"] < 0.04
        assert max(shares.values()) > 0.15


def test_facts_run_within_and_across_sentences(many: tuple[Document, ...]) -> None:
    distances: Counter[int] = Counter()
    for document in many:
        place = {entity.id: sentences_of(entity) for entity in document.entities}
        for fact in document.facts:
            distances[min(3, *(abs(a - b) for a in place[fact.head] for b in place[fact.tail]))] += 1
    assert 0.15 < 1 - distances[0] / distances.total() < 0.4
    assert all(distances[distance] / distances.total() > 0.02 for distance in (1, 2, 3))


def test_some_pairs_have_several_relations_and_some_both_directions(many: tuple[Document, ...]) -> None:
    several = reverse = pairs = 0
    for document in many:
        counts = Counter((fact.head, fact.tail) for fact in document.facts)
        pairs += len(counts)
        several += sum(count > 1 for count in counts.values())
        reverse += sum((tail, head) in counts for head, tail in counts)
    assert several / pairs > 0.02
    assert reverse / pairs > 0.2


def test_sharing_a_sentence_does_not_settle_a_pair(many: tuple[Document, ...]) -> None:
    together = related = 0
    for document in many:
        facts = {(fact.head, fact.tail) for fact in document.facts}
        for head, tail in permutations(document.entities, 2):
            if sentences_of(head) & sentences_of(tail):
                together += 1
                related += (head.id, tail.id) in facts
    assert 0.1 < related / together < 0.4


@pytest.mark.parametrize("split", ["dev", "test"])
def test_some_facts_are_seen_in_training_and_most_are_not(split: str) -> None:
    known = training_facts(committed("train").documents)
    seen = [
        fact.relation in known.seen(entity[fact.head], entity[fact.tail])
        for document in committed(split).documents
        for entity in [{entity.id: entity for entity in document.entities}]
        for fact in document.facts
    ]
    assert 0.15 < sum(seen) / len(seen) < 0.45


def test_names_that_training_does_not_have() -> None:
    def used(split: str) -> set[str]:
        return {entity.mentions[0].text for document in committed(split).documents for entity in document.entities}

    for split in ("dev", "test"):
        assert 0.25 < len(used(split) - used("train")) / len(used(split)) < 0.65


def test_facts_follow_from_one_another(many: tuple[Document, ...]) -> None:
    for document in many:
        facts = triples(document)
        born = Counter(head for head, relation, _ in facts if relation == "S1")
        assert not born or max(born.values()) == 1
        for head, relation, tail in facts:
            if relation == "S5":  # who heads an organisation works for it
                assert (tail, "S2", head) in facts
            if relation == "S6":
                assert (tail, "S6", head) in facts
            if relation == "S8":  # a capital lies in its country
                assert (tail, "S7", head) in facts
            if relation == "S7":
                wider = {end for start, other, end in facts if (start, other) == (tail, "S7")}
                assert all((head, "S7", end) in facts for end in wider)


SAID = {
    r"{a} was born in {b} \.": ("S1", True),
    r"{a} was not born in {b} \.": ("S1", False),
    r"{a} (visited|passed through|spent a summer in) {b} \.": ("S1", False),
    r"{a} (worked for|was employed by|was on the staff of) {b} \.": ("S2", True),
    r"{a} never (worked for|was employed by) {b} \.": ("S2", False),
    r"{a} is (based|headquartered) in {b} \.": ("S3", True),
    r"{a} has no office in {b} \.": ("S3", False),
    r"{a} was (founded|established|set up) by {b} \.": ("S4", True),
    r"{a} was not (founded|established|set up) by {b} \.": ("S4", False),
    r"{a} was (founded|established) and (led|headed) by {b} \.": ("S5", True),
    r"{a} was (founded|established) by {b} , not by .*": ("S4", True),
    r"{a} married {b} in \d+ \.": ("S6", True),
    r"{a} refused to marry {b} \.": ("S6", False),
    r"{a} lies in {b} \.": ("S7", True),
    r"{a} does not lie in {b} \.": ("S7", False),
    r"The capital of {a} is {b} \.": ("S8", True),
}


@pytest.mark.parametrize("pattern", SAID)
def test_what_is_said_is_what_is_annotated(pattern: str, many: tuple[Document, ...]) -> None:
    relation, holds = SAID[pattern]
    found = 0
    for document in many:
        facts = triples(document)
        for head, tail in permutations(document.entities, 2):
            for one in head.mentions:
                for other in tail.mentions:
                    if one.sentence != other.sentence:
                        continue
                    words = list(document.sentences[one.sentence].words)
                    for place, mark in ((one, "{a}"), (other, "{b}")):
                        words[place.start : place.end] = [mark] + [""] * (place.end - place.start - 1)
                    text = re.sub(r" +(\( \w+ \) )?", " ", " ".join(words))
                    if re.fullmatch(pattern.replace("{", r"\{").replace("}", r"\}"), text):
                        assert ((head.id, relation, tail.id) in facts) == holds, (document.title, text)
                        found += 1
    assert found > 5


def test_text_is_clean(many: tuple[Document, ...]) -> None:
    for document in many:
        for sentence in document.sentences:
            text = " ".join(sentence.words)
            assert re.fullmatch(r"[A-Z][^\[\]{}#|=]* \.", text), text
            assert all(re.fullmatch(r"\w+|[.,()]", word) for word in sentence.words)


def test_names_are_all_different() -> None:
    for kind in (PERSON, ORGANISATION, PLACE):
        assert len({name.full for name in names(kind)}) == len(names(kind))
    assert len({name.short for name in names(PERSON)}) == len(names(PERSON))
    everything = [name.full for kind in (PERSON, ORGANISATION, PLACE) for name in names(kind)]
    assert len(set(everything)) == len(everything)


def test_a_document_depends_on_its_seed_and_id_alone() -> None:
    def lines(settings: SampleSettings, count: int) -> list[str]:
        return [text.strip("[],\n") for text in islice(generate(settings), count)]

    first = lines(replace(ARTICLES, documents=20), 20)
    assert first == lines(replace(ARTICLES, documents=60_000_000), 20)
    assert first[10:] == lines(replace(ARTICLES, documents=10, first_id=900_000_011), 10)
    assert not set(first) & set(lines(replace(ARTICLES, documents=20, seed=2), 20))
    assert len(set(first)) == 20


@given(seed=st.integers(0, 10**9), entities=st.integers(2, 80), more=st.integers(0, 60))
@hypothesis_settings(max_examples=30, deadline=None)
def test_length_and_entities_are_as_asked(seed: int, entities: int, more: int) -> None:
    sentences = 1 + -(-entities // 6) + more
    settings = SampleSettings(
        3, seed=seed, sentences=Range(sentences, sentences), entities=Range(entities, entities), names=100, unseen=0.3
    )
    for document in json.loads("".join(generate(settings))):
        assert len(document["sents"]) == sentences
        assert len(document["vertexSet"]) == entities


def test_few_names_leave_no_well_known_facts_but_documents(tmp_path: Path) -> None:
    documents = made(replace(ARTICLES, documents=30, names=2, entities=Range(2, 2)), tmp_path)
    assert len(documents) == 30
    assert {len(document.entities) for document in documents} == {2}


def test_command_line_writes_the_splits_asked_for(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "sample_corpora", str(tmp_path / "out"), "--format", "docred"]
    line += ["--train", "3", "--dev", "1", "--test", "0", "--sentences", "8", "8"]
    run = subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (run.returncode, run.stdout.split()) == (
        0,
        [str(tmp_path / f"out/{split}.json") for split in ("train", "dev")],
    )
    documents = read_corpus_file(tmp_path / "out/train.json", Format.DOCRED, list(TYPES)).documents
    assert [len(document.sentences) for document in documents] == [8, 8, 8]
