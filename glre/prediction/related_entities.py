"""The mentions and sentences that a predicted relation rests on."""

from collections.abc import Iterable

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, Mention
from glre.documents.relations import RelatedEntity, WeighedMention
from glre.systems.evidence import MentionWeights, Weights


def related_entities(
    document: Document, pair: CandidatePair, weights: MentionWeights
) -> tuple[RelatedEntity, RelatedEntity]:
    """Head and tail of the pair, each with its mentions' weights, where the system tells them."""
    return _related(document.entities[pair.head], document, weights.head), _related(
        document.entities[pair.tail], document, weights.tail
    )


def entity_name(entity: Entity) -> str:
    """The text of the entity's first mention."""
    return entity.mentions[0].text


def carrying_sentences(entities: Iterable[RelatedEntity]) -> tuple[int, ...]:
    """The sentences, in order, of the mentions with no less than an even share of their entity's attention."""
    found = set()
    for entity in entities:
        even = 1 / len(entity.mentions)
        found |= {
            mention.sentence
            for mention in entity.mentions
            # Weights are single precision: those of equal mentions may lie a little below an even share.
            if mention.weight is None or mention.weight >= even - 1e-6
        }
    return tuple(sorted(found))


def _related(entity: Entity, document: Document, weights: Weights | None) -> RelatedEntity:
    return RelatedEntity(
        id=entity.id,
        name=entity_name(entity),
        type=entity.type,
        mentions=tuple(
            _weighed(document, mention, None if weights is None else float(weights[place]))
            for place, mention in enumerate(entity.mentions)
        ),
    )


def _weighed(document: Document, mention: Mention, weight: float | None) -> WeighedMention:
    sentence = document.sentences[mention.sentence]
    start, end = mention.start, mention.end
    if sentence.starts:
        start, end = sentence.starts[start], sentence.ends[end - 1]
    return WeighedMention(mention.text, mention.sentence, start, end, weight)
