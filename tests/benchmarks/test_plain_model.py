"""The plain formulation is the package's model by another road: the same weights give the same scores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.plain.agreement import logit_difference
from benchmarks.plain.graph import plain_batch, plain_document
from benchmarks.plain.model import PlainGLRE, load_weights
from benchmarks.workloads import default_setting, generated_document, generated_documents, with_mentions
from glre.encoding.word_inputs import state_inputs
from glre.encoding.word_source import CachedStates, WordDescription
from glre.errors import InputError
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings
from glre.systems.network import Scorer
from glre.systems.split import Split, make_split
from glre.systems.trained import new_scorer
from sample_corpora.documents import Range

LAYERS, WIDTH = 2, 12


@pytest.fixture(scope="module")
def model_settings() -> GLRESettings:
    small = {"hidden": 16, "lstm": 8, "node_type": 4, "heads": 2, "rgcn_layers": 2, "distance": 3}
    return default_setting("sample").model.model_copy(update={**small, "classifier_hidden": (10,)})


@pytest.fixture(scope="module")
def split() -> Split:
    """Documents of different sizes, of which one has many mentions and one no candidate pair."""
    documents = generated_documents(4, Range(3, 12), entities=5)
    chemicals = tuple(entity for entity in documents[0].entities if entity.type == "Chemical")
    documents += [
        with_mentions(generated_document(80, 4), 40),
        replace(documents[0], id="no pair", entities=chemicals, facts=()),
    ]
    states = np.random.default_rng(3).standard_normal((sum(document.words for document in documents), LAYERS, WIDTH))
    inputs = state_inputs(states.astype(np.float16), documents)
    return make_split(GLRE, documents, inputs, default_setting("sample").candidates, ["CID"])


@pytest.fixture
def models(model_settings: GLRESettings, tmp_path: Path) -> tuple[Scorer, PlainGLRE]:
    torch.manual_seed(5)
    encoder, layers = default_setting("sample").encoder, tuple(range(LAYERS))
    words = WordDescription(encoder=encoder, identity="none", width=WIDTH, layers=layers)
    glre = new_scorer(model_settings, CachedStates(words, tmp_path), 1)
    with torch.no_grad():
        for parameter in glre.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        # Larger weights would make the softmax over pairs a choice of one.
        glre.get_parameter("network.classifier.context.weight.weight").mul_(0.1)
    plain = PlainGLRE(LAYERS, WIDTH, 1, model_settings)
    load_weights(plain, glre)
    return glre.eval(), plain.eval()


def test_same_weights_give_the_same_logits(split: Split, models: tuple[Scorer, PlainGLRE]) -> None:
    assert logit_difference(split, range(len(split.documents)), *models) < 1e-4
    assert logit_difference(split, [4], *models) < 1e-4


@pytest.mark.parametrize("name", ["context.weight", "convolutions.1.edges.entity_sentence.weight", "mix"])
def test_another_weight_gives_other_logits(split: Split, models: tuple[Scorer, PlainGLRE], name: str) -> None:
    glre, plain = models
    with torch.no_grad():
        plain.get_parameter(name).mul_(1.5)
    assert logit_difference(split, range(len(split.documents)), glre, plain) > 1e-3


def test_both_learn_the_same_from_a_batch(split: Split, models: tuple[Scorer, PlainGLRE]) -> None:
    glre, plain = models
    batch = split.batch([1, 4])
    glre(batch.inputs, batch.collated).square().sum().backward()
    states = list(torch.split(batch.inputs, list(batch.collated.layout.word_counts)))
    plain(states, plain_batch([plain_document(split, number) for number in (1, 4)])).square().sum().backward()
    projected = glre.get_parameter("network.encoding.project.weight").grad
    torch.testing.assert_close(plain.project.weight.grad, projected, rtol=1e-3, atol=1e-4)
    theirs = glre.get_parameter("network.encoding.bilstm.backwards.weight_hh_l0").grad
    torch.testing.assert_close(plain.get_parameter("lstm.weight_hh_l0_reverse").grad, theirs, rtol=1e-3, atol=1e-4)


def test_a_part_left_out_is_refused(model_settings: GLRESettings) -> None:
    with pytest.raises(InputError, match="the whole model"):
        PlainGLRE(LAYERS, WIDTH, 1, model_settings.model_copy(update={"use_local": False}))


def test_mentions_are_dealt_out_to_all_entities() -> None:
    document = generated_document(80, 6)
    dealt = with_mentions(document, 120)
    spans = [(m.sentence, m.start, m.end) for entity in dealt.entities for m in entity.mentions]
    assert dealt.sentences == document.sentences
    assert all(entity.mentions for entity in dealt.entities)
    assert len(spans) == len(set(spans)) == 120
