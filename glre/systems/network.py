"""The base of the systems that torch trains, and the module in which one stands behind the source of its words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, Generic, TypeVar

from torch import Tensor, nn
from torch.nn import functional

from glre.documents.document import Document
from glre.systems.evidence import Heard
from glre.systems.layout import Layout, LayoutBatch
from glre.systems.system import CHOSEN_ON_DEV, Decision, Need

P = TypeVar("P")
"""What a system prepares of one document."""
B = TypeVar("B")
"""What it takes of several: a dataclass of tensors, the layout among them."""


class Network(nn.Module, Generic[P, B]):
    """Vectors of words and the layout of documents → a row of logits for each asked pair.

    A system is a subclass in a folder of its own, made with `(width, relations, settings)`: the width of a word's
    vector, the number of relations, its settings. It answers what is asked of it here, or keeps the answer given here.
    Facts never reach it, and a document's logits don't depend on the others of its batch.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({Need.WORD_STATES})
    decision: ClassVar[Decision] = CHOSEN_ON_DEV

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> P:
        """What is made once of a document beside its layout, in numpy; never from facts or from what is asked."""
        raise NotImplementedError

    @classmethod
    def collate(cls, prepared: Sequence[P], layouts: Sequence[Layout], batch: LayoutBatch) -> B:
        """Several documents as `relate` takes them; `batch` are their `layouts` side by side."""
        raise NotImplementedError

    def encode(self, words: Tensor, batch: B) -> Tensor:
        """Vectors of words `[words, width]` → the system's own `[words, …]`; by default as they are."""
        del batch
        return words

    def relate(self, words: Tensor, batch: B) -> Tensor:
        """What `encode` gave → logits `[asked, outputs]`, an output per relation unless `probabilities` says how."""
        raise NotImplementedError

    def forward(self, words: Tensor, batch: B) -> Tensor:
        """Vectors of words `[words, width]` → logits `[asked, outputs]`."""
        return self.relate(self.encode(words, batch), batch)

    def loss(self, logits: Tensor, gold: Tensor) -> Tensor:
        """`[asked, outputs]`, gold `[asked, relations]` of 0 and 1 → `[asked]`; binary cross-entropy, summed."""
        return functional.binary_cross_entropy_with_logits(logits, gold, reduction="none").sum(dim=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """`[asked, outputs]` → `[asked, relations]` in [0, 1]; sigmoid."""
        return logits.sigmoid()

    def heard(self) -> AbstractContextManager[Heard]:
        """Around a pass: tells where the network looked in it. One at a time; by default it can't tell."""
        return nullcontext(_nothing)

    def parts(self) -> dict[str, tuple[nn.Module, ...]]:
        """By name, what an explanation may silence: modules whose outputs become zeros together. By default none."""
        return {}


AnyNetwork = Network[Any, Any]


class Scorer(nn.Module):
    """A network behind the source of its words, as they are trained, kept and asked together."""

    def __init__(self, source: nn.Module, network: AnyNetwork) -> None:
        """`source` turns inputs, whatever it takes, into vectors of all words `[words, width]`."""
        super().__init__()
        self.source = source
        self.network = network

    def forward(self, inputs: Any, batch: Any) -> Tensor:
        """Inputs of the documents' words, what the network collated of them → logits `[asked, outputs]`."""
        logits: Tensor = self.network(self.source(inputs), batch)
        return logits


def _nothing(document: int) -> None:
    del document
