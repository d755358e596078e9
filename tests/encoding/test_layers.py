import copy
from pathlib import Path

import pytest
import torch
from tiny_encoders import FAMILIES, settings
from torch import Tensor, nn
from transformers import AutoModel

from glre.encoding.transformer.layers import (
    hidden_states,
    layer_stack,
    leave_out_layers_above,
    parameter_depths,
    recompute_activations,
)
from glre.encoding.transformer.pretrained import load_pretrained

LAYERS = {"albert": 1}
"""Of the tiny encoders with another number of layers of their own than two."""


def inputs() -> dict[str, Tensor]:
    ids = torch.tensor([[5, 6, 7, 8]])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def model_of(folder: Path) -> nn.Module:
    """All of the encoder, without its pooler."""
    model = AutoModel.from_pretrained(folder).eval()
    if hasattr(model, "pooler"):
        model.pooler = None
    return model


@pytest.mark.parametrize("family", FAMILIES)
def test_a_stack_has_the_layers_in_order(folders: dict[str, Path], family: str) -> None:
    model = model_of(folders[family])
    stack = layer_stack(model)
    assert len(stack) == LAYERS.get(family, 2)
    called: list[nn.Module] = []
    for layer in stack:
        layer.register_forward_hook(lambda module, _, __: called.append(module))
    hidden_states(model, inputs())
    assert called == (list(stack) if len(stack) == 2 else [stack[0], stack[0]])


def test_lists_before_and_within_the_layers_are_not_the_stack() -> None:
    layers = nn.ModuleList([nn.Sequential(nn.ModuleList([nn.Linear(2, 2)]), nn.Linear(2, 2)) for _ in range(3)])
    model = nn.Sequential(nn.ModuleList([nn.Linear(2, 2)]), layers, nn.ModuleList([nn.Linear(2, 3)]))
    assert layer_stack(model) is layers
    groups = nn.ModuleList([nn.ModuleList([nn.Linear(2, 2)])])
    assert layer_stack(nn.Sequential(groups)) is groups


def test_a_model_without_layers() -> None:
    with pytest.raises(ValueError, match="no list of layers"):
        layer_stack(nn.Linear(1, 1))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("deepest", [0, 1, 2])
def test_a_parameter_s_depth_is_the_first_state_with_a_gradient_for_it(
    folders: dict[str, Path], family: str, deepest: int
) -> None:
    model = model_of(folders[family])
    expected: dict[str, int] = {}
    for depth, states in enumerate(hidden_states(model, inputs())[: deepest + 1]):
        for name, parameter in model.named_parameters():
            (gradient,) = torch.autograd.grad(states.sum(), parameter, retain_graph=True, allow_unused=True)
            if gradient is not None:
                expected.setdefault(name, depth)
    assert expected
    assert parameter_depths(model, inputs(), deepest) == expected


OTHERS = {
    "embeddings": 0,
    "embeddings_project": 0,
    "word_embedding": 0,
    "embedding_hidden_mapping_in": 0,
    "rel_embeddings": 1,
    "relative_attention_bias": 1,
    "conv": 1,
    "albert_layer_groups": 1,
    "final_norm": 2,
}
"""Depths of what is in no numbered layer, by a part of its name."""


@pytest.mark.parametrize("family", FAMILIES)
def test_depths_follow_the_layers_numbers(folders: dict[str, Path], family: str) -> None:
    depths = load_pretrained(settings(folders[family], (-1,))).depths
    assert set(depths.values()) == set(range(LAYERS.get(family, 2) + 1))
    for name, depth in depths.items():
        parts = name.split(".")
        numbers = [int(parts[place + 1]) for place, part in enumerate(parts[:-1]) if part in {"layer", "layers"}]
        if numbers:
            assert depth == numbers[0] + 1, name
        elif not name.startswith("encoder.LayerNorm"):  # of DeBERTa's relative positions
            assert next(OTHERS[part] for part in parts if part in OTHERS) == depth, name


class Normalised(nn.Module):
    """Three layers and a norm behind them, its output handed on by `leave`."""

    def __init__(self, leave: nn.Module) -> None:
        super().__init__()
        self.config = Config()
        self.embed = nn.Embedding(9, 4)
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
        self.norm = nn.LayerNorm(4)
        self.leave = leave

    def forward(self, input_ids: Tensor, attention_mask: Tensor, output_hidden_states: bool = False) -> "Output":
        states = [self.embed(input_ids) * attention_mask.unsqueeze(-1)]
        for layer in self.layers:
            states.append(layer(states[-1]))
        last = self.leave(self.norm(states[-1]))
        return Output(last, (*states[:-1], last) if output_hidden_states else ())


class Config:
    num_hidden_layers = 3


class Output:
    def __init__(self, last: Tensor, hidden: tuple[Tensor, ...]) -> None:
        self.last_hidden_state = last
        self.hidden_states = hidden


class Copied(nn.Module):
    def forward(self, states: Tensor) -> Tensor:
        return states.clone()


def test_a_norm_behind_the_last_layer_does_not_become_that_of_another() -> None:
    torch.manual_seed(1)
    model = Normalised(nn.Sequential())
    before = hidden_states(model, inputs())
    leave_out_layers_above(model, 2, inputs())
    after = hidden_states(model, inputs())
    assert len(after) == 3
    for found, expected in zip(after, before[:3], strict=True):
        assert torch.equal(found, expected)
    assert [name for name, _ in model.named_parameters()] == [
        "embed.weight",
        *(f"layers.{number}.{kind}" for number in (0, 1) for kind in ("weight", "bias")),
    ]


def test_layers_that_others_behind_them_cannot_be_taken_from() -> None:
    """Here, because it can't be seen what it is that normalises."""
    model = Normalised(Copied())
    with pytest.raises(ValueError, match="layer 2 can't be had without those above it"):
        leave_out_layers_above(model, 2, inputs())


def passes_through_layers(model: nn.Module) -> list[int]:
    """Counts how often a layer's first matrix was multiplied with."""
    counted: list[int] = []
    for layer in layer_stack(model):
        matrix = next(module for module in layer.modules() if isinstance(module, nn.Linear))
        matrix.register_forward_hook(lambda _, __, ___: counted.append(1))
    return counted


@pytest.mark.parametrize("family", FAMILIES)
def test_activations_are_computed_anew_in_training_alone(folders: dict[str, Path], family: str) -> None:
    model = model_of(folders[family])
    recompute_activations(model)
    counted = passes_through_layers(model)
    hidden_states(model, inputs())[-1].sum().backward()
    once = len(counted)
    model.train()
    with torch.no_grad():
        hidden_states(model, inputs())
    assert len(counted) == 2 * once
    hidden_states(model, inputs())[-1].sum().backward()
    assert len(counted) == 4 * once


@pytest.mark.parametrize("family", FAMILIES)
def test_computing_anew_changes_neither_states_nor_gradients_nor_dropout(folders: dict[str, Path], family: str) -> None:
    found = []
    for checkpointing in (False, True):
        model = model_of(folders[family]).train()
        if checkpointing:
            recompute_activations(model)
        torch.manual_seed(3)
        states = hidden_states(model, inputs())
        torch.stack(states).square().sum().backward()
        gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
        found.append((states, gradients))
    (plain_states, plain), (states, gradients) = found
    assert not torch.equal(plain_states[-1], hidden_states(model_of(folders[family]), inputs())[-1]), "no dropout"
    for one, other in zip(states, plain_states, strict=True):
        assert torch.equal(one, other)
    assert any(gradient is not None for gradient in plain.values())
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, plain[name], rtol=0, atol=0, msg=name)


def test_a_copy_of_a_checkpointed_model_computes_with_its_own_weights(bert: Path) -> None:
    model = model_of(bert).train()
    recompute_activations(model)
    other = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in layer_stack(other).parameters():
            parameter.zero_()
    assert not torch.equal(hidden_states(other.eval(), inputs())[-1], hidden_states(model.eval(), inputs())[-1])
    assert hidden_states(other, inputs())[1].abs().max() == 0


def test_only_layers_above_the_deepest_are_left_out(folders: dict[str, Path]) -> None:
    for family in FAMILIES:
        whole = hidden_states(model_of(folders[family]), inputs())
        model = model_of(folders[family])
        leave_out_layers_above(model, 1, inputs())
        states = hidden_states(model, inputs())
        assert len(states) == 2
        for found, expected in zip(states, whole[:2], strict=True):
            assert torch.equal(found, expected), family
        assert len(layer_stack(model)) == 1
