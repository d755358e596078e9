"""Scores of trained models: a document's depend on the document alone, and not on the order of what stands in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from random_documents import A_TO_B, RELATIONS, document, large_document
from shuffled import by_name, with_shuffled
from shuffled import furthest as furthest_named
from small_models import glre_scorer

from glre import paths
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document, ExcludedPair, Fact
from glre.documents.table import read_documents
from glre.encoding.word_inputs import WordNumbers, state_inputs
from glre.encoding.words_of_model import words_of_dataset
from glre.errors import InputError
from glre.settings import CandidateRule
from glre.systems.glre.glre import GLRE
from glre.systems.registry import network_type
from glre.systems.scoring import score
from glre.systems.split import Split, StepLimits, make_split
from glre.systems.trained import TrainedModel, load_model, load_settings

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
        return make_split(network_type(settings.model.system), made, inputs, settings.candidates, settings.relations)


def trained_on(root: Path, dataset: str, documents_scored: int) -> Trained:
    """The model of the first seed, and the longest and the first documents of the test split."""
    folder = min((root / paths.models(dataset, "glre")).iterdir())
    settings = load_settings(folder)
    made = read_documents(root / paths.documents(dataset, "test"))
    longest = sorted(range(len(made)), key=lambda number: -made[number].words)[: documents_scored // 4]
    chosen = sorted({*longest, *range(min(documents_scored, len(made)))})
    # A model folder says of its encoder what params.yaml said: the folder of features is found by what it holds.
    (features,) = [
        place.parent
        for place in (root / "data/features" / dataset).glob("*/test.json")
        if json.loads(place.read_text())["encoder"] == settings.words.identity
    ]
    source = words_of_dataset(settings.words, folder, features)
    states = np.concatenate([source.inputs(made).take([number]) for number in chosen]).astype(np.float16)
    return Trained(load_model(folder, settings, source), tuple(made[number] for number in chosen), states)


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
    return [found.scores for found in score(trained.model.scorer, trained.split(made), range(len(made)), limits(batch))]


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
        logits = trained.model.scorer(batch.inputs, batch.collated)
        found = trained.model.scorer.network.probabilities(logits).numpy()
        for number, part in zip(usable[start : start + 5], batch.documents, strict=True):
            assert np.abs(found[part.pairs] - alone[number]).max() < TOLERANCE


def test_nor_on_gold(trained: Trained) -> None:
    shuffled = [_shuffled(made, trained.model.settings.candidates, seed) for seed, made in enumerate(trained.documents)]
    assert _gold(shuffled) != _gold(trained.documents)
    removed = [replace(made, facts=(), excluded=()) for made in trained.documents]
    as_given = scores_of(trained, trained.documents)
    assert furthest(scores_of(trained, shuffled), as_given) == 0
    assert furthest(scores_of(trained, removed), as_given) == 0


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("batch", [1, 5, 100])
def test_nor_on_the_order_of_entities_and_pairs(trained: Trained, seed: int, batch: int) -> None:
    made = trained.split([replace(document, facts=(), excluded=()) for document in trained.documents])
    other = with_shuffled(made, seed)
    assert [document.entities for document in other.documents] != [document.entities for document in made.documents]
    as_given, found = (
        by_name(split.documents, score(trained.model.scorer, split, range(len(split.documents)), limits(batch)))
        for split in (made, other)
    )
    assert furthest_named(found, as_given) < TOLERANCE


def untrained_split() -> Split:
    """Documents with numbers of word vectors; one of them has no pair."""
    bare = document([4, 2], [[(0, 0, 1)], [(1, 0, 1)]], "aa")
    made = [large_document(1, [6, 4], [3, 1, 5, 2]), bare, large_document(3, [9, 3], [1, 2, 2, 1, 1])]
    numbers = tuple(np.arange(one.words) % 9 for one in made)
    return make_split(GLRE, made, WordNumbers(numbers), A_TO_B, RELATIONS)


def test_a_document_without_candidate_pairs_has_no_scores_and_keeps_its_place() -> None:
    made, scorer = untrained_split(), glre_scorer(words=9).train()
    found = score(scorer, made, range(3), limits(2))
    assert [scored.document_id for scored in found] == [one.id for one in made.documents]
    assert [scored.scores.shape for scored in found] == [(len(pairs), len(RELATIONS)) for pairs in made.pairs]
    assert found[1].scores.shape == (0, len(RELATIONS))
    assert len(found[0].pairs) * len(found[2].pairs) > 0
    assert scorer.training


def test_scoring_has_no_dropout() -> None:
    made, scorer = untrained_split(), glre_scorer(words=9, encoder_dropout=0.5, classifier_dropout=0.5)
    first, second = (score(scorer.train(), made, range(3), limits(4)) for _ in range(2))
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
