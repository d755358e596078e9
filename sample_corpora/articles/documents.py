"""Articles in DocRED format: as many as wanted, of a chosen length and number of entities."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sample_corpora.articles.article import Article
from sample_corpora.articles.episodes import KnownFact, known_facts, tell
from sample_corpora.articles.lexicon import ORGANISATION, PERSON, PLACE, Name, names
from sample_corpora.documents import LAST_ID, Range, SampleSettings
from sample_corpora.lexicon import Chance

ARTICLES = SampleSettings(documents=0, sentences=Range(7, 11), entities=Range(6, 9))
"""What is generated unless something else is asked for."""

_SHARES = ((PERSON, 40), (ORGANISATION, 25), (PLACE, 35))
_KNOWN_FACT = 0.7


def generate(settings: SampleSettings) -> Iterator[str]:
    """The documents one by one, which together are a JSON list, a line each."""
    last = settings.first_id + settings.documents - 1
    for id in range(settings.first_id, last + 1):
        opening = "[\n" if id == settings.first_id else ""
        yield f"{opening}{json.dumps(_document(settings, id))}{',' if id < last else chr(10) + ']'}\n"


def _document(settings: SampleSettings, id: int) -> dict[str, Any]:
    chance = Chance(settings.seed * (LAST_ID + 1) + id)
    count = chance.between(settings.entities.low, settings.entities.high)
    known = _known(chance, settings.names, count // 2)
    cast = _cast(chance, settings, [name for _, a, b in known for name in (a, b)], count)
    article = Article(chance, cast, settings.distances)
    tell(article, known, chance.between(settings.sentences.low, settings.sentences.high))
    named = list(article.mentions)
    return {
        "title": f"{named[0].full}, article {id}",
        "sents": article.sentences,
        "vertexSet": [
            [
                {"name": own.text, "sent_id": own.sentence, "pos": [own.start, own.end], "type": name.type}
                for own in article.mentions[name]
            ]
            for name in named
        ],
        "labels": [
            {"h": named.index(head), "t": named.index(tail), "r": relation, "evidence": sorted(evidence)}
            for (head, relation, tail), evidence in article.facts.items()
        ],
    }


def _known(chance: Chance, common: int, most: int) -> list[KnownFact]:
    """Well-known facts of different entities: none, one or two, and `most` at most."""
    facts = known_facts(common)
    drawn = [chance.pick(facts) for _ in range(min(2, most)) if facts and chance.yes(_KNOWN_FACT)]
    named = {name for _, a, b in drawn for name in (a, b)}
    return drawn if len(named) == 2 * len(drawn) else drawn[:1]


def _cast(chance: Chance, settings: SampleSettings, first: Sequence[Name], count: int) -> list[Name]:
    """`count` entities: those of well-known facts, and others by the shares of the types."""
    cast = dict.fromkeys(first)
    kinds = [kind for kind, share in _SHARES for _ in range(share)]
    while len(cast) < count:
        lexicon = names(chance.pick(kinds))
        start = settings.names if chance.yes(settings.unseen) else 0
        cast[lexicon[start + chance.below(settings.names)]] = None
    return list(cast)
