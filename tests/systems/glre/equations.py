"""The paper's equations as loops over nodes, heads, mentions and pairs: slow, and plain enough to check by eye.

They take their weights from the modules under test, and compute in whatever precision those have.
"""

from collections.abc import Sequence

import torch
from explicit_graph import KINDS, Edges, Node, edges, mentions_of, neighbours, nodes
from random_documents import Corpus
from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.glre.classifier import Classifier
from glre.systems.glre.context_attention import ContextAttention
from glre.systems.glre.global_representation import GlobalRepresentation, RGCNLayer
from glre.systems.glre.glre import GLRE
from glre.systems.glre.local_representation import LocalAttention
from glre.systems.layers.nodes import InitialNodes, Nodes

Vectors = dict[Node, Tensor]


def by_document(rows: Tensor, documents: Sequence[Document]) -> list[Tensor]:
    """The words' rows of each document."""
    return list(rows.split([document.words for document in documents]))


def mean(rows: Sequence[Tensor]) -> Tensor:
    return sum(rows[1:], start=rows[0]) / len(rows)


def initial_nodes(words: Tensor, documents: Sequence[Document], module: InitialNodes) -> Vectors:
    """Section 3.2: means with the vector of the node's type."""
    found: Vectors = {}
    for d, (document, h) in enumerate(zip(documents, by_document(words, documents), strict=True)):
        where = {}
        position = 0
        for s, sentence in enumerate(document.sentences):
            for i in range(len(sentence.words)):
                where[s, i] = position
                position += 1
        means = [
            (entity, mean([h[where[mention.sentence, i]] for i in range(mention.start, mention.end)]))
            for entity, mention in mentions_of(document)
        ]
        for i, (_, vector) in enumerate(means):
            found["mention", d, i] = torch.cat([vector, module.mention_type])
        for e in range(len(document.entities)):
            own = [vector for entity, vector in means if entity == e]
            found["entity", d, e] = torch.cat([mean(own), module.entity_type])
        for s, sentence in enumerate(document.sentences):
            vector = mean([h[where[s, i]] for i in range(len(sentence.words))])
            found["sentence", d, s] = torch.cat([vector, module.sentence_type])
    return found


def rgcn_layer(vectors: Vectors, listed: Edges, layer: RGCNLayer, wanted: Sequence[Node]) -> Vectors:
    """Eq. 2 for the wanted nodes."""
    found: Vectors = {}
    for node in wanted:
        total = layer.itself.weight @ vectors[node]
        for kind in KINDS:
            around = neighbours(listed[kind], node)
            for other in around:
                total = total + getattr(layer, kind).weight @ vectors[other] / len(around)
        found[node] = total.clamp(min=0)
    return found


def global_representations(vectors: Vectors, listed: Edges, module: GlobalRepresentation) -> Vectors:
    """L layers, one after the other; e^glo are the entity nodes of the last."""
    for layer in module.layers[:-1]:
        vectors = rgcn_layer(vectors, listed, layer, list(vectors))
    return rgcn_layer(vectors, listed, module.layers[-1], [node for node in vectors if node[0] == "entity"])


def stacked(vectors: Vectors, documents: Sequence[Document]) -> Nodes:
    """The nodes as the model keeps them: a table for each kind."""
    width = len(next(iter(vectors.values())))
    tables = {}
    for kind in ("mention", "entity", "sentence"):
        rows = [vectors[node] for node in nodes(documents) if node[0] == kind]
        tables[kind] = torch.stack(rows) if rows else next(iter(vectors.values())).new_zeros(0, width)
    return Nodes(tables["mention"], tables["entity"], tables["sentence"])


def linear(layer: nn.Linear, vector: Tensor) -> Tensor:
    return layer.weight @ vector if layer.bias is None else layer.weight @ vector + layer.bias


def layer_norm(norm: nn.LayerNorm, vector: Tensor) -> Tensor:
    centred = vector - vector.mean()
    return centred / (centred.square().mean() + norm.eps).sqrt() * norm.weight + norm.bias


def softmax(logits: Sequence[Tensor]) -> list[Tensor]:
    largest = max(float(logit.detach()) for logit in logits)
    exponentials = [(logit - largest).exp() for logit in logits]
    total = sum(exponentials[1:], start=exponentials[0])
    return [exponential / total for exponential in exponentials]


def local_attention(module: LocalAttention, query: Tensor, keys: Sequence[Tensor], values: Sequence[Tensor]) -> Tensor:
    """LN(MHead(Q, K, V)), head by head (Eq. 3–5)."""
    hidden = module.output.in_features
    width = hidden // module.heads
    heads = []
    for z in range(module.heads):
        part = slice(z * width, (z + 1) * width)
        q = linear(module.query, query)[part]
        logits = [(q * linear(module.key, key)[part]).sum() / width**0.5 for key in keys]
        weighted = [
            weight * linear(module.value, value)[part] for weight, value in zip(softmax(logits), values, strict=True)
        ]
        heads.append(sum(weighted[1:], start=weighted[0]))
    return layer_norm(module.norm, linear(module.output, torch.cat(heads)))


def local_representation(
    module: LocalAttention, initial: Vectors, document: Document, d: int, attended: int, query: Tensor
) -> Tensor:
    """e^loc of entity `attended` of document number `d`: keys are its mentions' sentences, values its mentions."""
    own = [(i, mention) for i, (entity, mention) in enumerate(mentions_of(document)) if entity == attended]
    keys = [initial["sentence", d, mention.sentence] for _, mention in own]
    values = [initial["mention", d, i] for i, _ in own]
    return local_attention(module, query, keys, values)


def context_relations(module: ContextAttention, targets: Sequence[Tensor]) -> list[Tensor]:
    """Eq. 7–8 for the target relations of one document."""
    found = []
    for target in targets:
        thetas = softmax([other @ module.weight.weight @ target for other in targets])
        weighted = [theta * other for theta, other in zip(thetas, targets, strict=True)]
        found.append(sum(weighted[1:], start=weighted[0]))
    return found


def distance_bin(distance: int, bins: int) -> int:
    """0 for 0, else the number of bins from 1, 2, 4, … 2^bins that |δ| has reached, with the sign of δ."""
    reached = sum(1 for k in range(bins + 1) if abs(distance) >= 2**k)
    return reached if distance > 0 else -reached


def first_word(document: Document, entity: int) -> int:
    """Position in the document of the first word of the entity's first mention."""
    position, found = 0, []
    for s, sentence in enumerate(document.sentences):
        found += [position + mention.start for mention in document.entities[entity].mentions if mention.sentence == s]
        position += len(sentence.words)
    return min(found)


def ffnn(module: Classifier, vector: Tensor) -> Tensor:
    layers = [layer for layer in module.ffnn if isinstance(layer, nn.Linear)]
    for layer in layers[:-1]:
        vector = linear(layer, vector).clamp(min=0)
    return linear(layers[-1], vector)


def distance_vector(module: Classifier, distance: int) -> Tensor:
    """Δ(δ)."""
    bins = module.distance.bins
    return module.distance.vectors.weight[distance_bin(distance, bins) + bins + 1]


def classifier(module: Classifier, entities: Sequence[tuple[Tensor, Tensor]], distances: Sequence[int]) -> list[Tensor]:
    """Logits of one document's pairs from [e^glo ; e^loc] of heads and tails and the distances δ_ab (Eq. 6–9)."""
    targets = []
    for (head, tail), distance in zip(entities, distances, strict=True):
        e_a = torch.cat([head, distance_vector(module, distance)])
        e_b = torch.cat([tail, distance_vector(module, -distance)])
        targets.append(torch.cat([e_a, e_b]))
    if module.context is None:
        return [ffnn(module, target) for target in targets]
    contexts = context_relations(module.context, targets)
    return [ffnn(module, torch.cat([o_r, o_c])) for o_r, o_c in zip(targets, contexts, strict=True)]


def glre(model: GLRE, corpus: Corpus, words: Tensor) -> list[Tensor]:
    """Logits of every pair of every document from the words' representations h."""
    documents = corpus.documents
    initial = initial_nodes(words, documents, model.nodes)
    final = initial
    if model.global_representation is not None:
        final = global_representations(initial, edges(documents), model.global_representation)
    logits = []
    for d, document in enumerate(documents):
        entities, distances = [], []
        for pair in corpus.pairs(d):
            a, b = pair.head, pair.tail
            head, tail = [], []
            if model.global_representation is not None:
                head.append(final["entity", d, a])
                tail.append(final["entity", d, b])
            if model.local_head is not None and model.local_tail is not None:
                head.append(local_representation(model.local_head, initial, document, d, a, final["entity", d, b]))
                tail.append(local_representation(model.local_tail, initial, document, d, b, final["entity", d, a]))
            entities.append((torch.cat(head), torch.cat(tail)))
            distances.append(first_word(document, b) - first_word(document, a))
        logits += classifier(model.classifier, entities, distances)
    return logits
