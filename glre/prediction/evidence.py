"""The mentions and sentences that a predicted relation rests on: the local attention (Eq. 3–5) of its pair."""

from collections.abc import Iterable
from dataclasses import dataclass

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, Mention
from glre.documents.relations import RelatedEntity, WeighedMention
from glre.systems.glre.attention_weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class LocalWeights:
    """Weights of a document's mentions as each entity asks for them, `[entities, mentions]`; None without that part.

    The mentions are in the order of the entities; row b of `head` weighs each entity's as head of a pair with tail b.
    """

    head: Weights | None
    tail: Weights | None


def related_entities(
    document: Document, pair: CandidatePair, weights: LocalWeights
) -> tuple[RelatedEntity, RelatedEntity]:
    """Head and tail of the pair, each with its mentions' weights given the other."""
    head = _related(document, pair.head, None if weights.head is None else weights.head[pair.tail])
    tail = _related(document, pair.tail, None if weights.tail is None else weights.tail[pair.head])
    return head, tail


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


def _related(document: Document, number: int, row: Weights | None) -> RelatedEntity:
    entity = document.entities[number]
    first = sum(len(earlier.mentions) for earlier in document.entities[:number])
    return RelatedEntity(
        id=entity.id,
        name=entity_name(entity),
        type=entity.type,
        mentions=tuple(
            _weighed(document, mention, None if row is None else float(row[first + place]))
            for place, mention in enumerate(entity.mentions)
        ),
    )


def _weighed(document: Document, mention: Mention, weight: float | None) -> WeighedMention:
    sentence = document.sentences[mention.sentence]
    start, end = mention.start, mention.end
    if sentence.starts:
        start, end = sentence.starts[start], sentence.ends[end - 1]
    return WeighedMention(mention.text, mention.sentence, start, end, weight)
