"""The DocRED format (Yao et al. 2019): a JSON list of documents that are cut into sentences and words already.

A document has a `title`, `sents` (the words of each sentence), `vertexSet` (the mentions of each entity: `name`,
`sent_id`, `pos`, the first word and the one after the last, and `type`) and, unless they are kept back, `labels` (the
facts: `h` and `t`, places in `vertexSet`, the relation `r`, and `evidence`, sentence numbers). Other keys, such as
those that Re-DocRED adds, are passed over.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, Field, StrictInt, StrictStr, ValidationError

from glre.counted import counted
from glre.documents.document import Document, Entity, Mention, Sentence, refusal
from glre.errors import InputError
from glre.formats.parsed import Gold, Parsed, Statement, shortened, stated_facts
from glre.formats.passed_over import PassedOver
from glre.formats.shared_ids import free_id

M = TypeVar("M", bound=BaseModel)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not blank")
    return text


Text = Annotated[StrictStr, AfterValidator(_not_blank)]


REPEATED_TITLES = "repeated titles"
"""Documents with the title of an earlier one; they get an id of their own."""
REPEATED_MENTIONS = "repeated mentions"
"""Mentions of the same words as an earlier one of the entity; they are dropped."""
CLIPPED_MENTIONS = "clipped mentions"
"""Mentions that run past the end of their sentence; they end with it."""
SEVERAL_TYPES = "entities of several types"
"""Entities whose mentions differ in type; they get the type of most mentions, of the first among equals."""
REPEATED_FACTS = "repeated facts"
"""Facts that an earlier one states; they are dropped, their evidence joins that of the earlier one."""
WITHOUT_EVIDENCE = "facts without evidence"
"""Facts, all kept, for which no sentence of the document is given as evidence."""
EVIDENCE_OUTSIDE = "evidence outside the document"
"""Sentence numbers in evidence that the document does not have; they are dropped."""


class _Mention(BaseModel):
    name: Text
    sent_id: StrictInt
    pos: Annotated[list[StrictInt], Field(min_length=2, max_length=2)]
    type: Text


class _Label(BaseModel):
    h: StrictInt
    t: StrictInt
    r: StrictStr
    evidence: list[StrictInt] = []


class _Document(BaseModel):
    title: Text
    sents: list[list[StrictStr]]
    entities: list[list[_Mention]] = Field(alias="vertexSet")


class _Labels(BaseModel):
    labels: list[_Label] | None = None


def docred_parser() -> Callable[[Any, str], Parsed]:
    """A parser for the JSON objects of one source, each with the place that messages name.

    An entity's id is its place in `vertexSet`, a document's id its title or, where an earlier one has that, the first
    of `title (2)`, `title (3)` … that none has: titles are no ids in this format, so they may repeat. InputError where
    an object breaks the format.
    """
    given: set[str] = set()

    def parse(item: Any, place: str) -> Parsed:
        source = _source(item, place)
        sentences = _sentences(source)
        read = [_entity(source, number) for number in range(len(source.raw.entities))]
        title = source.raw.title
        id = free_id(title, given)
        given.add(id)
        document = Document(id, title, None, sentences, tuple(entity for entity, _ in read))
        mended = [PassedOver(REPEATED_TITLES, int(id != title), f"{source.place}: it is {shortened(id)} here")]
        mended += (own for _, of_entity in read for own in of_entity)
        return Parsed(source.place, document, partial(_gold, source, item, document), passed_over=tuple(mended))

    return parse


@dataclass(frozen=True, slots=True)
class _Source:
    """A document as the file has it, and the place that messages name."""

    raw: _Document
    place: str

    def error(self, part: str, found: str, expected: str) -> InputError:
        return InputError(f"{self.place}, {part}", found, expected)


def _source(item: Any, place: str) -> _Source:
    if not isinstance(item, dict):
        raise InputError(place, shortened(item), "an object with title, sents and vertexSet")
    title = item.get("title")
    if isinstance(title, str):
        place = f"{place} {shortened(title)}"
    return _Source(_validated(_Document, item, place), place)


def _validated(kind: type[M], item: Any, place: str) -> M:
    try:
        return kind.model_validate(item)
    except ValidationError as error:
        raise refusal(error, place) from None


def _sentences(source: _Source) -> tuple[Sentence, ...]:
    if not source.raw.sents:
        raise source.error("sents", "no sentence", "one or more sentences")
    for number, words in enumerate(source.raw.sents):
        # White space is a word like others: the release has no-break spaces.
        if not words or not all(words):
            raise source.error(f"sentence {number}", "an empty sentence or word", "words")
    return tuple(Sentence(tuple(words)) for words in source.raw.sents)


def _entity(source: _Source, number: int) -> tuple[Entity, tuple[PassedOver, ...]]:
    raw = source.raw.entities[number]
    if not raw:
        raise source.error(f"entity {number}", "no mention", "one or more mentions")
    mentions = [_mention(source, f"entity {number}, mention {place}", mention) for place, mention in enumerate(raw)]
    # Reversed, so that of mentions with the same span the first one stays.
    different = {(mention.sentence, mention.start, mention.end): mention for mention in reversed(mentions)}
    kept = tuple(different[span] for span in sorted(different))
    # Of equals, a counter names the one that it met first.
    kind = Counter(mention.type for mention in kept).most_common(1)[0][0]
    counts = {
        REPEATED_MENTIONS: len(mentions) - len(kept),
        CLIPPED_MENTIONS: sum(own.end < mention.pos[1] for own, mention in zip(mentions, raw, strict=True)),
        SEVERAL_TYPES: len({mention.type for mention in mentions}) > 1,
    }
    where = f"{source.place}, entity {number}: {shortened(raw[0].name)}"
    return Entity(str(number), kind, kept), tuple(PassedOver(defect, int(n), where) for defect, n in counts.items())


def _mention(source: _Source, part: str, raw: _Mention) -> Mention:
    sentences = source.raw.sents
    if not 0 <= raw.sent_id < len(sentences):
        raise source.error(part, f"the sentence {raw.sent_id}", f"a sentence from 0 to {len(sentences) - 1}")
    start, end = raw.pos
    length = len(sentences[raw.sent_id])
    if not 0 <= start < min(end, length):
        found = f"words {start} to {end} of a sentence of {counted(length, 'word')}"
        raise source.error(part, found, "a non-empty span that begins inside the sentence")
    return Mention(raw.sent_id, start, min(end, length), raw.name, raw.type)


def _gold(source: _Source, item: Any, document: Document, relations: Collection[str]) -> Gold:
    labels = _validated(_Labels, item, source.place).labels or []
    evidence = [[number for number in own.evidence if 0 <= number < len(document.sentences)] for own in labels]
    stated = [
        Statement(f"{source.place}, fact {number}", str(own.h), own.r, str(own.t), tuple(inside))
        for number, (own, inside) in enumerate(zip(labels, evidence, strict=True))
    ]
    facts = stated_facts(stated, document, relations)
    counts = {
        REPEATED_FACTS: len(labels) - len(facts),
        WITHOUT_EVIDENCE: sum(not fact.evidence for fact in facts),
        EVIDENCE_OUTSIDE: sum(len(own.evidence) for own in labels) - sum(map(len, evidence)),
    }
    return Gold(facts, passed_over=tuple(PassedOver(defect, n, source.place) for defect, n in counts.items()))
