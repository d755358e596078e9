import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from glre.training.scoring import score
from word_documents import RELATIONS, documents, small_model, split, words_of

from glre import paths
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document, ExcludedPair, Fact
from glre.documents.table import read_documents
from glre.encoding.frozen.cache import read_features
from glre.encoding.word_inputs import state_inputs
from glre.errors import InputError
from glre.settings import CandidateRule, WordVectors
from glre.systems.trained import TrainedModel, build_model, load_model
from glre.training.batches import Split, StepLimits, make_split

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Trained:
    """A trained model with the documents of a split that are scored, and their hidden states."""

    model: TrainedModel
    documents: tuple[Document, ...]
    states: npt.NDArray[np.float16]

    def split(self, made: Sequence[Document]) -> Split:
        """`made`, the documents perhaps with other gold, ready for the model."""
        settings = self.model.settings
        inputs = state_inputs(self.states, made)
        return make_split(made, inputs, settings.candidates, settings.relations)


def trained_on(root: Path, dataset: str, documents_scored: int) -> Trained:
    """The model of the first seed, and the longest and the first documents of the test split."""
    model = load_model(min((root / paths.models(dataset, "glre")).iterdir()))
    made = read_documents(root / paths.documents(dataset, "test"))
    longest = sorted(range(len(made)), key=lambda number: -made[number].words)[: documents_scored // 4]
    chosen = sorted({*longest, *range(min(documents_scored, len(made)))})
    # A model folder says of its encoder what params.yaml said: the folder of features is found by what it holds.
    (folder,) = [
        place.parent
        for place in (root / "data/features" / dataset).glob("*/test.json")
        if json.loads(place.read_text())["encoder"] == model.settings.encoder_identity
    ]
    states = read_features(folder / "test.npy", made)
    starts = np.cumsum([0, *(document.words for document in made)])
    parts = [states[starts[number] : starts[number + 1]] for number in chosen]
    return Trained(model, tuple(made[number] for number in chosen), np.concatenate(parts))


@pytest.fixture(scope="session", params=["sample", "cdr"])
def trained(request: pytest.FixtureRequest) -> Trained:
    """A model trained for a few epochs on a part of the sample, and the one of CDR where it has been trained here."""
    if request.param == "sample":
        return trained_on(request.getfixturevalue("finished_folder"), "sample", 16)
    for needed in (paths.models("cdr", "glre"), paths.documents("cdr", "test"), Path("data/features/cdr")):
        if not (ROOT / needed).exists():
            pytest.skip(f"no {needed}: train CDR with `dvc repro train@cdr-glre` to have this test check its model")
    try:
        return trained_on(ROOT, "cdr", 24)
    except InputError as reason:
        pytest.skip(f"CDR is not whole here: {reason}")


def scores_of(trained: Trained, made: Sequence[Document], batch: int = 16) -> list[npt.NDArray[np.floating]]:
    return [found.scores for found in score(trained.model.glre, trained.split(made), range(len(made)), limits(batch))]


def limits(documents: int) -> StepLimits:
    return StepLimits(documents, words=10**6, pairs=10**6)


def furthest(one: list[npt.NDArray[np.floating]], other: list[npt.NDArray[np.floating]]) -> float:
    return max(float(np.abs(a - b).max(initial=0)) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="session")
def alone(trained: Trained) -> list[npt.NDArray[np.floating]]:
    """Scores of each document in a batch of its own."""
    found = scores_of(trained, trained.documents, batch=1)
    every = np.concatenate(found)
    assert every.std() > 1000 * TOLERANCE, "the model tells nothing apart: the tests below would always pass"
    return found


@pytest.mark.parametrize("batch", [2, 5, 100])
def test_scores_do_not_depend_on_the_batch(trained: Trained, alone: list[npt.NDArray[np.floating]], batch: int) -> None:
    assert furthest(scores_of(trained, trained.documents, batch), alone) < TOLERANCE


@pytest.mark.parametrize("seed", [0, 1])
@torch.inference_mode()
def test_nor_on_the_order_or_the_company(trained: Trained, alone: list[npt.NDArray[np.floating]], seed: int) -> None:
    made = trained.split(trained.documents)
    order = np.random.default_rng(seed).permutation(len(made.documents)).tolist()
    usable = [number for number in order if made.pairs[number]]
    for start in range(0, len(usable), 5):
        # Straight to the model: `score` would sort them by length.
        batch = made.batch(usable[start : start + 5])
        found = trained.model.glre(batch.inputs, batch.graph).sigmoid().numpy()
        for number, part in zip(batch.numbers, batch.graph.documents, strict=True):
            assert np.abs(found[part.pairs] - alone[number]).max() < TOLERANCE


def test_nor_on_gold(trained: Trained) -> None:
    shuffled = [_shuffled(made, trained.model.settings.candidates, seed) for seed, made in enumerate(trained.documents)]
    assert _gold(shuffled) != _gold(trained.documents)
    removed = [replace(made, facts=(), excluded=()) for made in trained.documents]
    as_given = scores_of(trained, trained.documents)
    assert furthest(scores_of(trained, shuffled), as_given) == 0
    assert furthest(scores_of(trained, removed), as_given) == 0


def test_a_document_without_candidate_pairs_has_no_scores_and_keeps_its_place() -> None:
    made = documents(8)
    torch.manual_seed(0)
    vectors = WordVectors(kind="word_vectors", width=8)
    model = build_model(small_model(), vectors, 8, len(words_of(made)), len(RELATIONS))
    model.train()
    found = score(model, split(made), range(8), limits(3))
    assert [scored.document_id for scored in found] == [document.id for document in made]
    assert [scored.scores.shape for scored in found] == [(len(scored.pairs), len(RELATIONS)) for scored in found]
    assert found[3].scores.shape == (0, len(RELATIONS))
    assert model.training


def test_scoring_has_no_dropout() -> None:
    made = split(documents(8))
    model = build_model(small_model(), WordVectors(kind="word_vectors", width=8), 8, 20, len(RELATIONS))
    first, second = (score(model.train(), made, range(8), limits(4)) for _ in range(2))
    assert all(np.array_equal(one.scores, other.scores) for one, other in zip(first, second, strict=True))


def _gold(made: Sequence[Document]) -> list[tuple[tuple[Fact, ...], tuple[ExcludedPair, ...]]]:
    return [(document.facts, document.excluded) for document in made]


def _shuffled(document: Document, rules: Sequence[CandidateRule], seed: int) -> Document:
    """The document with its facts and excluded pairs given to others of its pairs."""
    places = [(document.entities[p.head].id, document.entities[p.tail].id) for p in candidate_pairs(document, rules)]
    order = iter(np.random.default_rng(seed).permutation(len(places)).tolist())
    facts = tuple(Fact(*places[next(order)], fact.relation) for fact in document.facts[: len(places)])
    left = list(order)
    excluded = tuple(ExcludedPair(*places[place], "hypernym") for place in left[: max(1, len(document.excluded))])
    return replace(document, facts=facts, excluded=excluded)
