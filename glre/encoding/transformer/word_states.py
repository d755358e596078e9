"""H = BERT(D) (Eq. 1) as a module: hidden states of every word, differentiable, for any encoder."""

from typing import Any

import torch
from torch import Tensor, nn

from glre.encoding.tokenization.subword_batch import SubwordBatch, WindowTable
from glre.encoding.transformer.layers import hidden_states, recompute_activations
from glre.encoding.transformer.pretrained import Pretrained


class WordStates(nn.Module):
    """The encoder's states of each word: the mean over all subwords of it, also where it lies in two windows.

    Parameters that no chosen layer depends on do not ask for gradients. With `checkpointing`, training computes each
    layer's activations anew in the backward pass instead of keeping them.
    """

    def __init__(self, pretrained: Pretrained, checkpointing: bool = False) -> None:
        super().__init__()
        self.model: Any = pretrained.model
        self.layers = pretrained.layers
        self.width = pretrained.width
        self._precision = pretrained.settings.precision
        self._context = pretrained.settings.context
        self._depths = pretrained.depths
        for name, parameter in self.model.named_parameters():
            if name not in self._depths:
                parameter.requires_grad_(False)
        if checkpointing:
            recompute_activations(self.model)

    def forward(self, batch: SubwordBatch) -> Tensor:
        """`[words, layers, width]` in single precision, on the batch's device."""
        states = torch.zeros(batch.words, len(self.layers), self.width, device=batch.lengths.device)
        for table in batch.tables:
            states.index_add_(0, table.word, self._subword_states(table))
        return states / batch.lengths.view(-1, 1, 1)

    def layer_depths(self) -> dict[str, int]:
        """For each trained parameter the layer that it belongs to, 0 for the embeddings; see `layer_depths`."""
        return {f"model.{name}": depth for name, depth in self._depths.items()}

    def _subword_states(self, table: WindowTable) -> Tensor:
        if not self._context:
            embeddings: Tensor = self.model.get_input_embeddings()(table.ids)
            return embeddings.flatten(0, 1)[table.place].unsqueeze(1).float()
        inputs = {"input_ids": table.ids, "attention_mask": table.mask}
        if table.types is not None:
            inputs["token_type_ids"] = table.types
        hidden = hidden_states(self.model, inputs, self._precision)
        return torch.stack([hidden[layer].flatten(0, 1)[table.place] for layer in self.layers], dim=1).float()


def layer_depths(model: nn.Module) -> dict[str, int]:
    """Depth in the encoder of each encoder parameter of `model`, by its name there, for layer-wise learning rates.

    0 for the embeddings, 1 for the first layer, and so on to the deepest layer that is read, the greatest depth there
    is. What layers share has the depth of the first of them: of ALBERT, whose layers are one, the greatest depth is 1.
    So count decay from the greatest depth found, not from the number of layers.
    """
    return {
        f"{name}.{parameter}" if name else parameter: depth
        for name, module in model.named_modules()
        if isinstance(module, WordStates)
        for parameter, depth in module.layer_depths().items()
    }
