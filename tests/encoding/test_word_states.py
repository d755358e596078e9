from pathlib import Path

import pytest
import torch
from called_directly import loaded, word_states, words
from tiny_encoders import FAMILIES, WINDOW, settings, text
from torch import Tensor, nn

from glre.documents.document import Document
from glre.encoding.tokenization.subword_batch import SubwordBatch, subword_batch
from glre.encoding.transformer.pretrained import Pretrained, load_pretrained
from glre.encoding.transformer.word_states import WordStates, layer_depths

SHORT = [text("the drug", "was ."), text("asthma"), text("severe", "b c")]
LONG = text(*["the drug was severe"] * 9, "asthma ( severe ) was asthma ( severe ) , severe .", "x" * 50)
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def batch_of(pretrained: Pretrained, documents: list[Document], budget: int = 4096) -> SubwordBatch:
    return subword_batch([pretrained.subwords(document) for document in documents], pretrained.special, budget)


def weighted(states: Tensor) -> Tensor:
    """A number in which every part of the states counts differently."""
    return (states * torch.randn(states.shape, generator=torch.Generator().manual_seed(4))).sum()


def gradients(model: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.grad for name, parameter in model.named_parameters() if parameter.grad is not None}


def step(states: WordStates, batch: SubwordBatch) -> dict[str, Tensor]:
    """Gradients after one backward pass."""
    states.zero_grad(set_to_none=True)
    weighted(states(batch)).backward()
    return gradients(states)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layers", [(0, 1, 2), (-1,), (1,), (2, 0)])
def test_states_and_gradients_equal_those_of_the_model_called_directly(
    folders: dict[str, Path], family: str, layers: tuple[int, ...]
) -> None:
    pretrained = load_pretrained(settings(folders[family], layers))
    states = WordStates(pretrained).eval()
    found = states(batch_of(pretrained, SHORT))
    assert found.shape == (8, len(layers), 8)
    assert found.dtype == torch.float32
    model, tokenizer = loaded(folders[family])
    expected = torch.cat([word_states(model, tokenizer, words(document)) for document in SHORT])[:, list(layers)]
    torch.testing.assert_close(found, expected, **CLOSE)
    weighted(found).backward()
    weighted(expected).backward()
    ours = gradients(states)
    for name, gradient in gradients(model).items():
        # What no chosen layer depends on gets none here, and none but zeros there.
        found = ours.pop(f"model.{name}", torch.zeros_like(gradient))
        torch.testing.assert_close(found, gradient, rtol=1e-3, atol=1e-4, msg=name)
    assert ours == {}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layers", [(0,), (1,), (-1,), (0, 1)])
def test_exactly_what_asks_for_a_gradient_gets_one(
    folders: dict[str, Path], family: str, layers: tuple[int, ...]
) -> None:
    pretrained = load_pretrained(settings(folders[family], layers))
    states = WordStates(pretrained)
    found = step(states, batch_of(pretrained, SHORT))
    asking = {name for name, parameter in states.named_parameters() if parameter.requires_grad}
    assert asking == found.keys() == layer_depths(states).keys()
    assert not any("pooler" in name for name in states.state_dict())
    # One layer has to stay where the embeddings alone are read; XLNet's mask stands for words that are left out.
    idle = states.state_dict().keys() - asking
    assert layers == (0,) or idle <= {"model.mask_emb"}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_document_s_states_do_not_depend_on_its_batch(folders: dict[str, Path], family: str) -> None:
    pretrained = load_pretrained(settings(folders[family]))
    states = WordStates(pretrained).eval()
    documents = [*SHORT, LONG, text("Ångström 😀 \x01 drug", "a")]
    with torch.no_grad():
        alone = [states(batch_of(pretrained, [document])) for document in documents]
        for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 1, 3]):
            for budget in (1, 60, 4096):
                together = states(batch_of(pretrained, [documents[number] for number in order], budget))
                torch.testing.assert_close(together, torch.cat([alone[number] for number in order]), **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_tables_change_nothing_in_the_gradients(folders: dict[str, Path], family: str) -> None:
    pretrained = load_pretrained(settings(folders[family]))
    states = WordStates(pretrained).eval()
    together = step(states, batch_of(pretrained, [*SHORT, LONG]))
    apart = step(states, batch_of(pretrained, [*SHORT, LONG], budget=1))
    assert together.keys() == apart.keys()
    for name, gradient in together.items():
        torch.testing.assert_close(gradient, apart[name], rtol=1e-3, atol=1e-3, msg=name)


def test_a_word_in_several_windows_is_the_mean_over_all_its_subwords(bert: Path) -> None:
    pretrained = load_pretrained(settings(bert, (2,)))
    states = WordStates(pretrained).eval()
    document = text("x" * 50)
    subwords = pretrained.subwords(document)
    assert [window.length for window in subwords.windows] == [WINDOW, WINDOW, 50 - 2 * WINDOW]
    rows = []
    for window in subwords.windows:
        ids = [*pretrained.special.before, *subwords.ids[window.start : window.stop], *pretrained.special.after]
        rows.append(pretrained.model(input_ids=torch.tensor([ids])).last_hidden_state[0, 1:-1])
    expected = torch.cat(rows).mean(0)
    found = states(batch_of(pretrained, [text("the drug"), document]))[2, 0]
    torch.testing.assert_close(found, expected, **CLOSE)
    found.sum().backward()
    ours = gradients(states)
    states.zero_grad(set_to_none=True)
    expected.sum().backward()
    for name, gradient in gradients(states).items():
        torch.testing.assert_close(ours[name], gradient, rtol=1e-3, atol=1e-4, msg=name)


@pytest.mark.parametrize("family", FAMILIES)
def test_checkpointing_changes_no_gradient(folders: dict[str, Path], family: str) -> None:
    found = []
    for checkpointing in (False, True):
        pretrained = load_pretrained(settings(folders[family]))
        states = WordStates(pretrained, checkpointing).train()
        torch.manual_seed(2)
        found.append(step(states, batch_of(pretrained, [*SHORT, LONG], budget=60)))
    plain, checkpointed = found
    assert plain.keys() == checkpointed.keys()
    for name, gradient in plain.items():
        torch.testing.assert_close(checkpointed[name], gradient, **CLOSE, msg=name)


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "deberta"])
def test_bfloat16_is_near_and_not_the_same(folders: dict[str, Path], family: str, checkpointing: bool) -> None:
    found = []
    for precision in ("float32", "bfloat16"):
        pretrained = load_pretrained(settings(folders[family], (0, 1, 2), precision))
        states = WordStates(pretrained, checkpointing).eval()
        if checkpointing:
            states.train()
            for module in states.modules():
                if isinstance(module, nn.Dropout):
                    module.p = 0.0
        batch = batch_of(pretrained, SHORT)
        found.append((states(batch).detach(), step(states, batch)))
        assert {parameter.dtype for parameter in states.parameters()} == {torch.float32}
    (exact, exact_gradients), (rough, rough_gradients) = found
    assert rough.dtype == torch.float32
    assert not torch.equal(rough, exact)
    assert torch.linalg.vector_norm(rough - exact) < 0.02 * torch.linalg.vector_norm(exact)
    ours = torch.cat([gradient.flatten() for gradient in rough_gradients.values()])
    theirs = torch.cat([exact_gradients[name].flatten() for name in rough_gradients])
    assert torch.cosine_similarity(ours, theirs, dim=0) > 0.98


def test_autocast_around_the_model_is_not_what_decides(bert: Path) -> None:
    pretrained = load_pretrained(settings(bert))
    states = WordStates(pretrained).eval()
    batch = batch_of(pretrained, SHORT)
    expected = states(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(states(batch), expected)


def test_no_words_have_no_states(bert: Path) -> None:
    pretrained = load_pretrained(settings(bert))
    empty = Document("1", "", None, (), ())
    states = WordStates(pretrained).eval()
    assert states(batch_of(pretrained, [empty])).shape == (0, 3, 8)
    torch.testing.assert_close(
        states(batch_of(pretrained, [empty, SHORT[0], empty])), states(batch_of(pretrained, SHORT[:1]))
    )


def test_depths_are_named_as_in_the_model_that_the_encoder_is_part_of(bert: Path) -> None:
    states = WordStates(load_pretrained(settings(bert)))
    whole = nn.ModuleDict({"source": nn.Sequential(states), "head": nn.Linear(8, 1)})
    depths = layer_depths(whole)
    assert depths == {
        name: 0 if "embeddings" in name else int(name.split(".layer.")[1][0]) + 1
        for name, _ in whole.named_parameters()
        if not name.startswith("head")
    }
    assert layer_depths(whole["head"]) == {}


def test_training_lowers_a_loss_that_only_the_encoder_can_lower(bert: Path) -> None:
    pretrained = load_pretrained(settings(bert, (-1,)))
    states = WordStates(pretrained, checkpointing=True).train()
    batch = batch_of(pretrained, SHORT)
    optimizer = torch.optim.Adam([p for p in states.parameters() if p.requires_grad], lr=0.01)
    target = torch.zeros(batch.words, 1, 8)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(states(batch), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 4


@pytest.mark.parametrize("family", FAMILIES)
def test_without_context_a_word_is_the_mean_of_its_subwords_input_embeddings(
    folders: dict[str, Path], family: str
) -> None:
    chosen = settings(folders[family], (0,)).model_copy(update={"context": False})
    pretrained = load_pretrained(chosen)
    states = WordStates(pretrained).eval()
    found = states(batch_of(pretrained, [LONG]))[:, 0]
    table = loaded(folders[family])[0].get_input_embeddings()
    assert found.shape == (LONG.words, pretrained.width)
    own = pretrained.subwords(LONG)
    for place, (word, state) in enumerate(zip(words(LONG), found, strict=True)):
        ids = torch.tensor([number for number, of in zip(own.ids, own.word, strict=True) if of == place])
        torch.testing.assert_close(state, table(ids).mean(0), msg=word)
