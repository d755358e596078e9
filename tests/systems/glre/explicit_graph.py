"""The document graph spelt out: every node by name, every edge listed, straight from the definitions of section 3.2."""

from collections.abc import Sequence

from glre.documents.document import Document, Mention

Node = tuple[str, int, int]
"""Kind, document, number within the document."""

KINDS = ("mention_mention", "mention_entity", "mention_sentence", "entity_sentence", "sentence_sentence")

Edges = dict[str, set[frozenset[Node]]]


def mentions_of(document: Document) -> list[tuple[int, Mention]]:
    """Every mention with the number of the entity that it refers to."""
    return [(number, mention) for number, entity in enumerate(document.entities) for mention in entity.mentions]


def nodes(documents: Sequence[Document]) -> list[Node]:
    """Mentions of all documents, then entities, then sentences."""
    counts = {
        "mention": [len(mentions_of(document)) for document in documents],
        "entity": [len(document.entities) for document in documents],
        "sentence": [len(document.sentences) for document in documents],
    }
    return [(kind, d, i) for kind, numbers in counts.items() for d, count in enumerate(numbers) for i in range(count)]


def edges(documents: Sequence[Document]) -> Edges:
    """The edges of each kind, as sets of the two nodes that they join."""
    found: Edges = {kind: set() for kind in KINDS}
    for d, document in enumerate(documents):
        mentions = mentions_of(document)
        sentences = range(len(document.sentences))
        for i, (entity, mention) in enumerate(mentions):
            node = ("mention", d, i)
            for j, (_, other) in enumerate(mentions):
                if i != j and mention.sentence == other.sentence:
                    found["mention_mention"].add(frozenset({node, ("mention", d, j)}))
            found["mention_entity"].add(frozenset({node, ("entity", d, entity)}))
            found["mention_sentence"].add(frozenset({node, ("sentence", d, mention.sentence)}))
        for number, entity in enumerate(document.entities):
            for s in sentences:
                if any(mention.sentence == s for mention in entity.mentions):
                    found["entity_sentence"].add(frozenset({("entity", d, number), ("sentence", d, s)}))
        for s in sentences:
            for other in sentences:
                if s != other:
                    found["sentence_sentence"].add(frozenset({("sentence", d, s), ("sentence", d, other)}))
    return found


def neighbours(listed: set[frozenset[Node]], node: Node) -> list[Node]:
    """N_i^x for the edges of one kind."""
    return [other for edge in listed if node in edge for other in edge if other != node]
