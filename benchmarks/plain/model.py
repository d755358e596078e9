"""GLRE's equations (sections 3.1 to 3.4) one after the other, without a thought for time or memory."""

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from benchmarks.plain.graph import EDGES, PlainBatch
from glre.errors import InputError
from glre.systems.glre.settings import GLRESettings
from glre.systems.layers.distance import DistanceEmbedding
from glre.systems.network import Scorer


class DenseConvolution(nn.Module):
    """`n_i' = σ( Σ_x Σ_{j∈N_i^x} 1/|N_i^x| · W_x n_j + W_0 n_i )` (Eq. 2) with a matrix of all nodes for each x."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.edges = nn.ModuleDict({edge: nn.Linear(inputs, outputs, bias=False) for edge in EDGES})
        self.itself = nn.Linear(inputs, outputs, bias=False)

    def forward(self, nodes: Tensor, adjacency: Tensor) -> Tensor:
        """`[documents, nodes, inputs]`, `[edges, documents, nodes, nodes]` → `[documents, nodes, outputs]`."""
        total = self.itself(nodes)
        for matrix, edge in zip(adjacency, EDGES, strict=True):
            total = total + torch.bmm(matrix, self.edges[edge](nodes))
        return functional.relu(total)


class PairAttention(nn.Module):
    """`e_a^loc = LN(MHead(Q = e_b^glo, K = {n_s}, V = {n_m}))` (Eq. 3–5), worked out for each pair by itself.

    Queries, keys, values and masks are repeated for every pair: tensors of pairs × mentions × hidden.
    """

    def __init__(self, query_width: int, node_width: int, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.query = nn.Linear(query_width, hidden)
        self.key = nn.Linear(node_width, hidden)
        self.value = nn.Linear(node_width, hidden)
        self.output = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.heads = heads
        self.dropout = dropout

    def forward(
        self, partners: Tensor, mentions: Tensor, sentences: Tensor, batch: PlainBatch, attended: Tensor, asking: Tensor
    ) -> Tensor:
        """e^loc `[pairs, hidden]` of the entities `attended [pairs]` as seen by `asking [pairs]`."""
        document = batch.document_of_pair
        rows = torch.arange(len(sentences)).unsqueeze(1)
        query = self._split(self.query(partners)[document, asking].unsqueeze(1))
        key = self._split(self.key(sentences)[rows, batch.sentence_of_mention][document])
        value = self._split(self.value(mentions)[document])
        mask = (batch.entity_mentions > 0)[document, attended][:, None, None].repeat(1, self.heads, 1, 1)
        logits = query @ key.transpose(2, 3) / key.shape[-1] ** 0.5
        weights = logits.masked_fill(~mask, float("-inf")).softmax(dim=-1)
        weights = functional.dropout(weights, self.dropout, self.training)
        found = (weights @ value).transpose(1, 2).flatten(1)
        normed: Tensor = self.norm(self.output(found))
        return normed

    def _split(self, rows: Tensor) -> Tensor:
        return rows.view(*rows.shape[:2], self.heads, -1).transpose(1, 2)


class PlainGLRE(nn.Module):
    """The whole model on frozen hidden states, no part left out; parameters as in the package's."""

    def __init__(self, layers: int, width: int, relations: int, settings: GLRESettings) -> None:
        super().__init__()
        if not (settings.use_global and settings.use_local and settings.use_context and settings.lstm):
            raise InputError("the plain model", "a setting that leaves a part out", "the whole model with its BiLSTM")
        hidden, node_width = settings.hidden, settings.hidden + settings.node_type
        self.settings = settings
        self.mix = nn.Parameter(torch.zeros(layers)) if layers > 1 else None
        self.lstm = nn.LSTM(width, settings.lstm, batch_first=True, bidirectional=True)
        self.project = nn.Linear(2 * settings.lstm, hidden)
        self.node_types = nn.ParameterDict(
            {name: torch.zeros(settings.node_type) for name in ("mention_type", "entity_type", "sentence_type")}
        )
        self.convolutions = nn.ModuleList(
            DenseConvolution(node_width if number == 0 else hidden, hidden) for number in range(settings.rgcn_layers)
        )
        sizes = (hidden, node_width, hidden, settings.heads, settings.attention_dropout)
        self.local_head, self.local_tail = PairAttention(*sizes), PairAttention(*sizes)
        self.distance = DistanceEmbedding(settings.distance_bins, settings.distance)
        pair_width = 2 * (2 * hidden + settings.distance)
        self.context = nn.Linear(pair_width, pair_width, bias=False)
        stack: list[nn.Module] = [nn.Dropout(settings.classifier_dropout)]
        inputs = 2 * pair_width
        for size in settings.classifier_hidden:
            stack += [nn.Linear(inputs, size), nn.ReLU(), nn.Dropout(settings.classifier_dropout)]
            inputs = size
        self.ffnn = nn.Sequential(*stack, nn.Linear(inputs, relations))

    def forward(self, states: list[Tensor], batch: PlainBatch) -> Tensor:
        """Hidden states `[words, layers, width]` of each document → logits `[pairs, relations]`."""
        words = self._words(states, batch)
        mentions, entities, sentences = self._nodes(words, batch)
        nodes = torch.cat([mentions, entities, sentences], dim=1)
        nodes = functional.dropout(nodes, self.settings.rgcn_input_dropout, self.training)
        for convolution in self.convolutions:
            nodes = convolution(nodes, batch.adjacency)
            nodes = functional.dropout(nodes, self.settings.rgcn_output_dropout, self.training)
        glo = nodes[:, mentions.shape[1] : mentions.shape[1] + entities.shape[1]]
        head, tail = batch.pairs
        target = torch.cat(
            [
                glo[batch.document_of_pair, head],
                self.local_head(glo, mentions, sentences, batch, head, tail),
                self.distance(batch.distance),
                glo[batch.document_of_pair, tail],
                self.local_tail(glo, mentions, sentences, batch, tail, head),
                self.distance(-batch.distance),
            ],
            dim=1,
        )
        logits: Tensor = self.ffnn(torch.cat([target, self._context(target, batch)], dim=1))
        return logits

    def _words(self, states: list[Tensor], batch: PlainBatch) -> Tensor:
        padded = pad_sequence(states, batch_first=True)
        padded = padded[:, :, 0] if self.mix is None else torch.einsum("dnlw,l->dnw", padded, self.mix.softmax(0))
        padded = functional.dropout(padded, self.settings.encoder_dropout, self.training)
        packed = pack_padded_sequence(padded, batch.words, batch_first=True, enforce_sorted=False)
        read, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        projected: Tensor = self.project(read)
        return projected

    def _nodes(self, words: Tensor, batch: PlainBatch) -> tuple[Tensor, Tensor, Tensor]:
        mentions = batch.mention_words @ words
        entities = batch.entity_mentions @ mentions
        sentences = batch.sentence_words @ words
        return (
            self._with_type(mentions, "mention_type"),
            self._with_type(entities, "entity_type"),
            self._with_type(sentences, "sentence_type"),
        )

    def _with_type(self, nodes: Tensor, name: str) -> Tensor:
        return torch.cat([nodes, self.node_types[name].expand(*nodes.shape[:2], -1)], dim=2)

    def _context(self, target: Tensor, batch: PlainBatch) -> Tensor:
        """`o_c = Σ_i θ_i o_i` (Eq. 7–8) with the whole pairs × pairs matrix of every document, padded."""
        counts = torch.bincount(batch.document_of_pair, minlength=len(batch.words))
        padded = pad_sequence(list(torch.split(target, counts.tolist())), batch_first=True)
        there = torch.arange(padded.shape[1]) < counts.unsqueeze(1)
        scores = self.context(padded) @ padded.transpose(1, 2)
        theta = scores.masked_fill(~there[:, None, :], float("-inf")).softmax(dim=-1)
        found: Tensor = (theta @ padded)[there]
        return found


_RENAMED = (
    ("source.", ""),
    ("encoding.bilstm.forwards.", "lstm."),
    ("encoding.project.", "project."),
    ("nodes.", "node_types."),
    ("classifier.context.weight.", "context."),
    ("classifier.", ""),
)


def load_weights(plain: PlainGLRE, glre: Scorer) -> None:
    """Give `plain` the weights of `glre`.

    Every parameter of `glre` has one of the same size in `plain`, which has more only in its last convolution: there it
    computes mentions and sentences that nothing reads.
    """
    weights = {_renamed(name): tensor.clone() for name, tensor in glre.state_dict().items()}
    last = f"convolutions.{len(plain.convolutions) - 1}.edges"
    for edge in ("mention_mention", "mention_sentence", "sentence_sentence"):
        name = f"{last}.{edge}.weight"
        weights.setdefault(name, plain.get_parameter(name).detach())
    plain.load_state_dict(weights)


def _renamed(name: str) -> str:
    name = name.removeprefix("network.")
    backwards = "encoding.bilstm.backwards."
    if name.startswith(backwards):
        return f"lstm.{name.removeprefix(backwards)}_reverse"
    if name.startswith("global_representation.layers."):
        number, matrix = name.removeprefix("global_representation.layers.").split(".", 1)
        return f"convolutions.{number}.{matrix if matrix.startswith('itself') else f'edges.{matrix}'}"
    for theirs, here in _RENAMED:
        if name.startswith(theirs):
            return here + name.removeprefix(theirs)
    return name
