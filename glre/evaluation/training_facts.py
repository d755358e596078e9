"""Which facts the training split already holds, by the names of the entities (for Ign F1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glre.documents.document import Document, Entity


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """The relations of the training facts, by the texts of a head mention and a tail mention."""

    relations: Mapping[tuple[str, str], frozenset[str]]

    def seen(self, head: Entity, tail: Entity) -> frozenset[str]:
        """Relations with which any text of `head` and any text of `tail` occur together as a training fact."""
        found: set[str] = set()
        tails = {mention.text for mention in tail.mentions}
        for text in {mention.text for mention in head.mentions}:
            for other in tails:
                found |= self.relations.get((text, other), frozenset())
        return frozenset(found)


def training_facts(documents: Iterable[Document]) -> TrainingFacts:
    """Every (head mention text, tail mention text, relation) of the documents' facts, as DocRED's scorer takes them."""
    relations: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for document in documents:
        texts = {entity.id: {mention.text for mention in entity.mentions} for entity in document.entities}
        for fact in document.facts:
            for head in texts[fact.head]:
                for tail in texts[fact.tail]:
                    relations[head, tail].add(fact.relation)
    return TrainingFacts({names: frozenset(found) for names, found in relations.items()})
