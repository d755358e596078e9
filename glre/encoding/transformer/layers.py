"""The layers of an encoder of any family, found by what depends on what rather than by their names."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


def hidden_states(model: nn.Module, inputs: Mapping[str, Tensor], precision: str = "float32") -> tuple[Tensor, ...]:
    """Hidden states `[texts, subwords, width]` of every layer, the embeddings first, computed in this precision."""
    device = inputs["input_ids"].device.type
    with torch.autocast(device, dtype=torch.bfloat16, enabled=precision == "bfloat16"):
        states: tuple[Tensor, ...] = tuple(model(**inputs, output_hidden_states=True).hidden_states)
    return states


def layer_stack(model: nn.Module) -> nn.ModuleList:
    """The model's layers, in order; of ALBERT, whose layers share their parameters, the groups that share them."""
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    if not lists:
        raise ValueError("no list of layers")
    # The first of the largest: lists within layers come after the list that they are in.
    return max(lists, key=lambda stack: sum(parameter.numel() for parameter in stack.parameters()))


@torch.no_grad()
def leave_out_layers_above(model: Any, deepest: int, inputs: Mapping[str, Tensor]) -> None:
    """Take the layer behind layer `deepest` out of a model that ends with it, and what follows it.

    `inputs` are those of any text. Raises ValueError where layer `deepest` then has other states than before.
    """
    before = hidden_states(model, inputs)[deepest]
    stack = layer_stack(model)
    if len(stack) == model.config.num_hidden_layers:
        del stack[-1]
    model.config.num_hidden_layers -= 1
    # Some models normalise behind their last layer, which layer `deepest` was not.
    for name in _behind_the_layers(model, inputs):
        model.set_submodule(name, nn.Identity())
    after = hidden_states(model, inputs)
    if len(after) != deepest + 1 or not torch.equal(after[deepest], before):
        raise ValueError(f"layer {deepest} can't be had without those above it")


def parameter_depths(model: nn.Module, inputs: Mapping[str, Tensor], deepest: int) -> dict[str, int]:
    """For each parameter the first hidden state, up to `deepest`, that depends on it: 0 for those of the embeddings.

    What several layers share (ALBERT's layer, relative positions of DeBERTa and MPNet) has the depth of the first of
    them. A parameter that none of these states depends on is not in the result.
    """
    names = {parameter: name for name, parameter in model.named_parameters()}
    depths: dict[str, int] = {}
    visited: set[Any] = set()
    with torch.enable_grad():
        states = hidden_states(model, inputs)
    for depth, state in enumerate(states[: deepest + 1]):
        pending = [state.grad_fn]
        while pending:
            node = pending.pop()
            if node is None or node in visited:
                continue
            visited.add(node)
            parameter = getattr(node, "variable", None)
            if parameter in names:
                depths[names[parameter]] = depth
            pending += [before for before, _ in node.next_functions]
    return depths


def recompute_activations(model: nn.Module) -> None:
    """Gradient checkpointing: keep only what enters each layer, and compute the rest anew in the backward pass.

    Transformers' own switch does not know ALBERT, MPNet and XLNet.
    """
    layer: Any
    for layer in layer_stack(model):
        layer.forward = partial(_checkpointed, layer, type(layer).forward)


def _checkpointed(layer: nn.Module, forward: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    if layer.training and torch.is_grad_enabled():
        return checkpoint(partial(forward, layer), *inputs, use_reentrant=False, **options)
    return forward(layer, *inputs, **options)


def _behind_the_layers(model: nn.Module, inputs: Mapping[str, Tensor]) -> list[str]:
    """Names of the modules with parameters that give the model's output, unless they are part of a layer."""
    layers = set(layer_stack(model).modules())
    given: dict[str, Any] = {}

    def remember(name: str, _module: nn.Module, _inputs: Any, output: Any) -> None:
        given[name] = output

    hooks = [
        module.register_forward_hook(partial(remember, name))
        for name, module in model.named_modules()
        if module not in layers and not list(module.children()) and list(module.parameters())
    ]
    try:
        last = model(**inputs).last_hidden_state
    finally:
        for hook in hooks:
            hook.remove()
    return [name for name, output in given.items() if output is last]
