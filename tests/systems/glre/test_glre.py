import equations
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, large_document
from small_models import ABLATIONS, STATE_WIDTH, glre_model, glre_scorer
from torch import Tensor

from glre.systems.network import Scorer

LARGE = Corpus((large_document(1, [9, 4, 7, 6], [3, 1, 7, 2, 2]), large_document(2, [8, 5], [4, 1, 2])), ANY)


def vectors(words: int) -> Tensor:
    return torch.randn(words, STATE_WIDTH)


@pytest.mark.parametrize("ablation", ABLATIONS)
@settings(max_examples=12, deadline=None)
@given(corpus=corpora(), seed=st.integers(0, 1000))
def test_agrees_with_the_equations(ablation: str, corpus: Corpus, seed: int) -> None:
    """Head and tail each with its own attention, asked by the other's e^glo; keys and values from initial nodes."""
    model = glre_model(seed, **ABLATIONS[ablation]).double()
    graph, words = corpus.graph, vectors(corpus.words).double()
    found = model(words, graph)
    expected = equations.glre(model, corpus, model.encode(words, graph))
    assert found.shape == (len(expected), 2)
    for row, other in zip(found, expected, strict=True):
        torch.testing.assert_close(row, other, rtol=1e-9, atol=1e-9)


def test_gradients_agree_with_those_of_the_equations() -> None:
    model = glre_model().double()
    words = vectors(LARGE.words).double()

    def gradients(logits: Tensor) -> dict[str, Tensor]:
        model.zero_grad()
        logits.square().sum().backward()
        return {
            name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None
        }

    expected = gradients(torch.stack(equations.glre(model, LARGE, model.encode(words, LARGE.graph))))
    found = gradients(model(words, LARGE.graph))
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-7, atol=1e-9, msg=name)


PARTS = {
    "use_global": ("global_representation.",),
    "use_local": ("local_head.", "local_tail."),
    "use_context": ("classifier.context.",),
}


@pytest.mark.parametrize("switch", PARTS)
def test_an_ablation_removes_the_parameters_that_it_names_and_no_other(switch: str) -> None:
    whole, without = glre_model(), glre_model(**{switch: False})
    named = {name for name in whole.state_dict() if name.startswith(PARTS[switch])}
    assert named
    assert set(without.state_dict()) == set(whole.state_dict()) - named


def test_without_bert_only_the_word_vectors_differ() -> None:
    states_based, without = set(glre_scorer(layers=2).state_dict()), set(glre_scorer(words=9).state_dict())
    assert states_based - without == {"source.mix"}
    assert without - states_based == {"source.vectors.weight"}


@pytest.mark.parametrize(
    ("ablation", "width"),
    [
        ("glre", 2 * 2 * (8 + 8 + 3)),
        ("without_global", 2 * 2 * (8 + 3)),
        ("without_local", 2 * 2 * (8 + 3)),
        ("without_context", 2 * (8 + 8 + 3)),
        ("local only", 2 * (8 + 3)),
        ("global only", 2 * (8 + 3)),
    ],
)
def test_the_classifier_narrows_with_what_is_left_out(ablation: str, width: int) -> None:
    model = glre_model(**ABLATIONS[ablation], classifier_hidden=())
    assert [(layer.in_features, layer.out_features) for layer in model.classifier.ffnn if hasattr(layer, "weight")] == [
        (width, 2)
    ]


def without_gradient(model: Scorer, inputs: Tensor) -> list[str]:
    model.train()
    torch.nn.functional.softplus(model(inputs, LARGE.graph)).sum().backward()
    missing = []
    for name, parameter in model.named_parameters():
        if name.startswith("network.local_") and name.endswith("key.bias"):
            continue  # It adds the same to every logit of a softmax: its gradient is zero but for rounding.
        if parameter.grad is None or not parameter.grad.abs().sum() > 0:
            missing.append(name)
    return missing


@pytest.mark.parametrize("ablation", ABLATIONS)
@pytest.mark.parametrize("layers", [1, 3])
def test_gradients_reach_every_parameter(ablation: str, layers: int) -> None:
    model = glre_scorer(layers=2, rgcn_layers=layers, classifier_hidden=(32,), hidden=16, **ABLATIONS[ablation])
    assert without_gradient(model, torch.randn(LARGE.words, 2, STATE_WIDTH)) == []


def test_gradients_reach_the_vectors_of_all_words_that_occur() -> None:
    model = glre_scorer(words=4, use_global=False)
    numbers = torch.randint(3, (LARGE.words,))
    assert without_gradient(model, numbers) == []
    assert model.source.vectors.weight.grad.abs().sum(1).gt(0).tolist() == [True, True, True, False]


@pytest.mark.parametrize("lstm", [0, 3])
def test_a_batch_without_any_pair_gives_no_logits(lstm: int) -> None:
    bare = Corpus((large_document(1, [4, 5], [3]), large_document(2, [4], [])), ANY)
    for ablation in ABLATIONS.values():
        assert glre_model(lstm=lstm, **ablation)(vectors(bare.words), bare.graph).shape == (0, 2)


@pytest.mark.parametrize(
    "part",
    [
        "encoder_dropout",
        "rgcn_input_dropout",
        "rgcn_output_dropout",
        "attention_dropout",
        "classifier_dropout",
    ],
)
def test_every_dropout_setting_acts_in_training_and_only_there(part: str) -> None:
    model = glre_model(**{part: 0.5})
    words = vectors(LARGE.words)
    assert torch.equal(model(words, LARGE.graph), model(words, LARGE.graph))
    model.train()
    assert not torch.equal(model(words, LARGE.graph), model(words, LARGE.graph))
