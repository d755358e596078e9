"""EOG: "Connecting the Dots: Document-level Neural Relation Extraction with Edge-oriented Graphs" (EMNLP 2019).

Sections 2.1 (`encode`), 2.2 (`graph`, `edges`), 2.3 (`walks`) and 2.4 of Christopoulou, Miwa and Ananiadou.

Departures and choices: words of any source, none of them taken for unknown by chance; a sentence is the mean of its
words, where the authors' code counts padding too; distances, signed, in bins that double; a sigmoid for each relation,
which for a single one is the softmax over it and none; a moving average of the weights instead of the mean over all
epochs.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.eog.edges import InitialEdges
from glre.systems.eog.graph import EdgePlaces, EOGBatch, batch_edges, edge_places
from glre.systems.eog.settings import EOGSettings
from glre.systems.eog.walks import Walks
from glre.systems.layers.bilstm import BiLSTM
from glre.systems.layers.nodes import InitialNodes, Nodes
from glre.systems.layout import Layout, LayoutBatch
from glre.systems.network import Network


class EOG(Network[EdgePlaces, EOGBatch]):
    """Vectors of words → a logit for each asked pair and relation, from the edge that walks have made between the two.

    A document takes nodes² · edge of memory and nodes³ · edge of time. It tells nothing of where it looks.
    """

    def __init__(self, width: int, relations: int, settings: EOGSettings) -> None:
        super().__init__()
        self.input_dropout = nn.Dropout(settings.input_dropout)
        self.bilstm = BiLSTM(width, settings.lstm)
        self.nodes = InitialNodes(settings.node_type)
        self.edges = InitialEdges(2 * settings.lstm, settings)
        self.walks = Walks(settings.edge, settings.walks, settings.kept)
        self.classifier = nn.Sequential(nn.Dropout(settings.output_dropout), nn.Linear(settings.edge, relations))

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> EdgePlaces:
        """The places of the document's edges."""
        del document
        return edge_places(layout)

    @classmethod
    def collate(cls, prepared: Sequence[EdgePlaces], layouts: Sequence[Layout], batch: LayoutBatch) -> EOGBatch:
        """The documents' edges, one document after the other."""
        return batch_edges(prepared, layouts, batch)

    def encode(self, words: Tensor, batch: EOGBatch) -> Tensor:
        """Vectors of words `[words, width]` → `[words, 2 · lstm]`, each sentence read by itself."""
        read: Tensor = self.bilstm(self.input_dropout(words), batch.padding)
        return read

    def relate(self, words: Tensor, batch: EOGBatch) -> Tensor:
        """What `encode` gave → logits `[asked, relations]`."""
        nodes: Nodes = self.nodes(words, batch.layout)
        found = []
        for document, edges in zip(batch.layout.documents, batch.edges, strict=True):
            asked = batch.layout.pairs[:, batch.layout.asked[document.asked]]
            if not asked.shape[1]:
                continue
            own = Nodes(
                nodes.mentions[document.mentions],
                nodes.entities[document.entities],
                nodes.sentences[document.sentences],
            )
            first = len(own.mentions) - document.entities.start
            heads, head = torch.unique(asked[0] + first, return_inverse=True)
            tails, tail = torch.unique(asked[1] + first, return_inverse=True)
            table = self.edges(words[document.words], own, edges)
            found.append(self.walks(table, heads, tails)[head, tail])
        between = torch.cat(found) if found else words.new_zeros(0, self.walks.map.out_features)
        logits: Tensor = self.classifier(between)
        return logits
