"""The sample corpus: its format, what can be asked for, and that the committed files come from the generator."""

import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sample_blocks import Block, all_positive_f1, blocks, split_blocks

from glre.document_format import Format
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file
from glre.grid.params import read_settings
from sample_corpora.documents import Range, SampleSettings, generate
from sample_corpora.lexicon import chemicals, diseases
from sample_corpora.splits import SplitSizes, write_splits

ROOT = Path(__file__).parents[2]
SPLITS = ("train", "dev", "test")


@pytest.fixture(scope="module")
def many() -> list[Block]:
    return blocks(SampleSettings(1500))


@pytest.fixture(scope="module", params=SPLITS)
def committed(request: pytest.FixtureRequest) -> list[Block]:
    return committed_blocks(request.param)


def committed_blocks(split: str) -> list[Block]:
    return split_blocks((ROOT / f"data/sample/{split}.PubTator.txt").read_text(encoding="utf-8"))


def test_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    for path in write_splits(tmp_path, SplitSizes(), SampleSettings(documents=0)):
        assert path.read_bytes() == (ROOT / "data/sample" / path.name).read_bytes()


def test_settings_hold_the_checksums_of_the_committed_files() -> None:
    files = read_settings(ROOT / "params.yaml").dataset("sample").files
    assert {name: source.sha256 for name, source in files.items()} == {
        f"{split}.PubTator.txt": hashlib.sha256((ROOT / f"data/sample/{split}.PubTator.txt").read_bytes()).hexdigest()
        for split in SPLITS
    }


def test_the_reader_takes_the_committed_files() -> None:
    for split in SPLITS:
        documents = read_corpus_file(ROOT / f"data/sample/{split}.PubTator.txt", Format.PUBTATOR, ["CID"]).documents
        written = committed_blocks(split)
        assert [document.id for document in documents] == [block.id for block in written]
        assert [{(fact.head, fact.tail) for fact in document.facts} for document in documents] == [
            set(block.relations) for block in written
        ]


def test_document_ids_are_unique_across_splits() -> None:
    ids = [block.id for split in SPLITS for block in committed_blocks(split)]
    assert len(ids) == len(set(ids))


def test_mentions_stand_where_their_rows_say(many: list[Block], committed: list[Block]) -> None:
    for block in (*many, *committed):
        for mention in block.mentions:
            assert block.text[mention.start : mention.end] == mention.text
        for one, other in pairwise(block.mentions):
            assert one.end <= other.start


def test_relations_are_between_annotated_chemicals_and_diseases(many: list[Block], committed: list[Block]) -> None:
    for block in (*many, *committed):
        assert set(block.relations) <= set(block.candidates)
        assert len(set(block.relations)) == len(block.relations)


def test_every_distance_has_its_share(committed: list[Block]) -> None:
    distances = Counter(min(3, block.distance(pair)) for block in committed for pair in block.relations)
    across = 1 - distances[0] / distances.total()
    assert 0.25 <= across <= 0.45
    assert all(distances[distance] / distances.total() >= 0.03 for distance in (1, 2, 3))


def test_distances_are_as_chosen() -> None:
    for distance in (1, 3, 5):
        across = [
            block.distance(pair)
            for block in blocks(SampleSettings(300, distances=(distance,), sentences=Range(14, 18)))
            for pair in block.relations
            if block.distance(pair)
        ]
        # Fewer than chosen only where the text had no room left.
        assert max(across) == distance
        assert across.count(distance) / len(across) > 0.9


def test_positive_pairs_are_neither_rare_nor_common(many: list[Block], committed: list[Block]) -> None:
    for documents in (many, committed):
        share = sum(len(b.relations) for b in documents) / sum(len(b.candidates) for b in documents)
        assert 0.25 <= share <= 0.35
        assert 0.4 <= all_positive_f1(documents) <= 0.5


def test_test_split_uses_names_that_training_does_not() -> None:
    seen = {id for block in committed_blocks("train") for pair in block.candidates for id in pair}
    for split in ("dev", "test"):
        used = {id for block in committed_blocks(split) for pair in block.candidates for id in pair}
        assert 0.3 <= len(used - seen) / len(used) <= 0.7


def test_mentions_come_in_all_forms(many: list[Block], committed: list[Block]) -> None:
    full_names = {name.id: name.full for name in (*chemicals(), *diseases())}
    for documents in (many, committed):
        mentions = [(block, mention) for block in documents for mention in block.mentions]
        composite = [m for _, m in mentions if m.parts]
        assert composite
        assert all(m.parts == tuple(full_names[id] for id in m.ids) for m in composite)
        assert all(len(m.ids) == 1 for _, m in mentions if not m.parts)
        assert any(m.ids == ("-1",) for _, m in mentions)
        assert any(m.text in {"drug", "agent", "compound"} for _, m in mentions)
        assert any(m.text in {"complication", "disorder", "condition"} for _, m in mentions)
        for block in documents:
            introduced = set(re.findall(r"\((\w+)\)", block.text))
            assert {m.text for m in block.mentions if m.text.isupper()} == introduced


def test_text_is_clean(many: list[Block]) -> None:
    for block in many:
        assert not re.search(r"[\[\]{}#|=]|  ", block.text), block.text
        assert all(re.fullmatch(r"[A-Z].*[a-zA-Z0-9)]\.", sentence) for sentence in block.sentences), block.text


def test_a_document_depends_on_its_seed_and_id_alone() -> None:
    first = list(generate(SampleSettings(20)))
    assert first == list(islice(generate(SampleSettings(60_000_000)), 20))
    assert first[10:] == list(generate(SampleSettings(10, first_id=900_000_011)))
    assert not set(first) & set(generate(SampleSettings(20, seed=2)))
    assert len({text.split("|t|")[1] for text in first}) == len(first)


@given(seed=st.integers(0, 10**9), entities=st.integers(2, 80), more=st.integers(0, 60))
@hypothesis_settings(max_examples=60, deadline=None)
def test_length_and_entities_are_as_asked(seed: int, entities: int, more: int) -> None:
    sentences = 1 + -(-entities // 6) + more
    settings = SampleSettings(
        3, seed=seed, sentences=Range(sentences, sentences), entities=Range(entities, entities), names=100, unseen=0.3
    )
    for block in blocks(settings):
        assert len(block.sentences) == sentences
        assert len(block.entities("Chemical")) + len(block.entities("Disease")) == entities
        assert block.entities("Chemical")
        assert block.entities("Disease")
        assert all(block.text[m.start : m.end] == m.text for m in block.mentions)


def test_long_documents_have_thousands_of_words() -> None:
    (block,) = blocks(SampleSettings(1, sentences=Range(1000, 1000), entities=Range(80, 80), names=100))
    assert len(block.text.split()) > 7500
    assert len(block.mentions) > 1500


@pytest.mark.parametrize(
    ("place", "settings"),
    [
        ("documents", lambda: SampleSettings(-1)),
        ("seed", lambda: SampleSettings(1, seed=-1)),
        ("first_id", lambda: SampleSettings(2, first_id=999_999_999)),
        ("sentences", lambda: SampleSettings(1, sentences=Range(9, 5))),
        ("sentences", lambda: SampleSettings(1, entities=Range(14, 14), sentences=Range(3, 9))),
        ("entities", lambda: SampleSettings(1, entities=Range(1, 4))),
        ("entities", lambda: SampleSettings(1, entities=Range(4, 61))),
        ("distances", lambda: SampleSettings(1, distances=(0,))),
        ("names", lambda: SampleSettings(1, names=217)),
        ("unseen", lambda: SampleSettings(1, unseen=1.5)),
        ("train", lambda: SplitSizes(train=30_000_001)),
    ],
)
def test_settings_that_cannot_be_met_are_refused(place: str, settings: Callable[[], object]) -> None:
    with pytest.raises(InputError, match=f"^sample corpus, {place}: "):
        settings()


def test_command_line_writes_the_splits_asked_for(tmp_path: Path) -> None:
    run = command(tmp_path / "out", "--train", "3", "--dev", "2", "--test", "0", "--sentences", "6", "6")
    assert (run.returncode, run.stdout.split()) == (
        0,
        [str(tmp_path / "out" / f"{split}.PubTator.txt") for split in ("train", "dev")],
    )
    texts = (tmp_path / "out/train.PubTator.txt").read_text(encoding="utf-8")
    assert len(split_blocks(texts)) == 3
    assert all(len(block.sentences) == 6 for block in split_blocks(texts))


def test_command_line_names_the_mistake_and_writes_nothing(tmp_path: Path) -> None:
    run = command(tmp_path / "out", "--entities", "1", "4")
    assert run.returncode == 2
    assert (
        run.stderr
        == "error: sample corpus, entities: found 1 to 4; expected low to high, from 2 to 60, the number of names\n"
    )
    assert not (tmp_path / "out").exists()


def command(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "sample_corpora", str(folder), *options]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)
