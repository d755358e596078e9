"""The least that a system can be: it gives scores, tells nothing of where it looks, and has no part to silence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.layers.pooling import segment_mean
from glre.systems.layout import Layout, LayoutBatch
from glre.systems.network import Network
from glre.systems.registry import SYSTEMS, Registered
from glre.systems.system import SystemSettings
from glre.systems.trained import ModelSettings


class SilentSettings(SystemSettings):
    """None."""

    system: Literal["silent"] = "silent"


class Silent(Network[None, LayoutBatch]):
    """The means of the words of head and tail, and a linear layer."""

    def __init__(self, width: int, relations: int, settings: SilentSettings) -> None:
        super().__init__()
        del settings
        self.scores = nn.Linear(2 * width, relations)

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> None:
        del document, layout

    @classmethod
    def collate(cls, prepared: Sequence[None], layouts: Sequence[Layout], batch: LayoutBatch) -> LayoutBatch:
        del prepared, layouts
        return batch

    def relate(self, words: Tensor, batch: LayoutBatch) -> Tensor:
        mentions = segment_mean(words[batch.mention_words], batch.mention_of_word, batch.mentions)
        entities = segment_mean(mentions, batch.entity_of_mention, batch.entities)
        head, tail = batch.pairs[:, batch.asked]
        logits: Tensor = self.scores(torch.cat([entities[head], entities[tail]], dim=1))
        return logits


@contextmanager
def registered() -> Iterator[SilentSettings]:
    """The system in the registry, so that its models' folders are read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SYSTEMS, "silent", Registered(SilentSettings, f"{__name__}:Silent"))
        ModelSettings.model_rebuild(force=True)
        yield SilentSettings()
    ModelSettings.model_rebuild(force=True)
