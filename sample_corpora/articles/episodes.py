"""What an article tells: episodes that make a claim, in one sentence or across several, or say something like it.

Two entities have a relation because an episode says so and for no other reason: which take part is left to chance.
Only what is well known holds of the same entities in every article that names them.
"""

from collections.abc import Callable, Sequence

from sample_corpora.articles import claims, wording
from sample_corpora.articles.article import Article
from sample_corpora.articles.claims import Claim
from sample_corpora.articles.lexicon import PLACE, Name, names

KnownFact = tuple[Claim, Name, Name]
"""A claim that holds of a and b in every article."""

_LISTED_AT_ONCE = 6
_NOW = 0.3
"""How likely the next episode is to be something well known, where it waits to be told."""


def known_facts(common: int) -> tuple[KnownFact, ...]:
    """Claims about names in common use, of which there are `common` of each type; fewer names, fewer claims."""
    return tuple(
        (claim, names(claim.types[0])[a + number], names(claim.types[1])[b + number])
        for claim, a, b, count in _KNOWN
        for number in range(count)
        if max(a, b) + number < common
    )


def tell(article: Article, known: Sequence[KnownFact], sentences: int) -> None:
    """Write `sentences` sentences that name every entity of the cast, what is well known among them."""
    waiting = list(known)
    for claim, a, b in waiting:
        _settle(article, claim, a, b, holds=True)
    while (left := sentences - len(article.sentences)) > 0:
        unnamed = [name for name in article.cast if article.is_new(name)]
        room = left - -(-len(unnamed) // _LISTED_AT_ONCE)
        if room <= 0 and unnamed:
            article.write(article.chance.pick(wording.ALSO_NAMED), {"all": unnamed[:_LISTED_AT_ONCE]})
        elif waiting and (room <= len(waiting) or article.chance.yes(_NOW)):
            claim, a, b = waiting.pop()
            evidence = [article.write(article.chance.pick(claim.says), {"a": [a], "b": [b]})]
            _keep(article, claim, a, b, evidence)
        elif not any(article.chance.pick(_EPISODES)(article, room) for _ in range(6)):
            article.write(article.chance.pick(wording.NOTHING_NAMED), {})


def _one_sentence(article: Article, _room: int) -> bool:
    """A claim, or what sounds like one, in one sentence."""
    claim, holds = article.chance.pick(_CLAIMS), article.chance.yes(0.55)
    pair = _pair(article, claim, holds)
    if pair is None:
        return False
    a, b = pair
    number = article.write(article.chance.pick(claim.says if holds else claim.denies), {"a": [a], "b": [b]})
    _keep(article, claim, a, b, [number] if holds else [])
    return True


def _across(article: Article, room: int) -> bool:
    """A sentence about one entity, and some sentences later another that says something of it without naming it."""
    claim, holds = article.chance.pick(_CLAIMS), article.chance.yes(0.6)
    distance = article.distance(room)
    pair = _pair(article, claim, holds)
    if distance < 1 or pair is None:
        return False
    a, b = pair
    first = article.write(article.chance.pick(wording.INTRODUCTIONS[a.type]), {"a": [a]})
    _pass_time(article, distance - 1)
    last = article.write(article.chance.pick(claim.later if holds else claim.not_later), {"b": [b]})
    _keep(article, claim, a, b, [first, last] if holds else [])
    return True


def _contrast(article: Article, _room: int) -> bool:
    """One sentence that claims of one entity what does not hold of another."""
    claim = article.chance.pick(_CLAIMS)
    pair = _pair(article, claim, holds=True)
    if not claim.contrasts or pair is None:
        return False
    a, b = pair
    others = [name for name in article.cast if name.type == a.type and name is not a]
    others = [name for name in others if not article.are_settled(name, b)]
    if not others:
        return False
    other = article.chance.pick(others)
    number = article.write(article.chance.pick(claim.contrasts), {"a": [a], "b": [b], "c": [other]})
    _keep(article, claim, a, b, [number])
    article.settle(other, b)
    return True


def _chain(article: Article, room: int) -> bool:
    """A place lies in another, which some sentences later is said to lie in a third, or not to."""
    claim, distance = claims.LIES_IN, article.distance(room)
    free = [name for name in article.cast if name.type == PLACE and not article.is_used("lies", name)]
    if distance < 1 or len(free) < 3:
        return False
    a, b, c = article.chance.draw(free, 3)
    if any(article.are_settled(*pair) for pair in ((a, b), (b, c), (a, c))):
        return False
    holds = article.chance.yes(0.7)
    first = article.write(article.chance.pick(claim.says), {"a": [a], "b": [b]})
    _pass_time(article, distance - 1)
    last = article.write(article.chance.pick(claim.says if holds else claim.denies), {"a": [b], "b": [c]})
    _keep(article, claim, a, b, [first])
    _keep(article, claim, b, c, [last] if holds else [])
    _keep(article, claim, a, c, [first, last] if holds else [])
    return True


def _pair(article: Article, claim: Claim, holds: bool) -> tuple[Name, Name] | None:
    """Two entities of which this may be said, or denied; None where the cast has no such two left."""
    pairs = [
        (a, b)
        for a in article.cast
        for b in article.cast
        if a is not b and (a.type, b.type) == claim.types and not article.are_settled(a, b)
    ]
    if holds:
        pairs = [
            pair
            for pair in pairs
            if not any(article.is_used(part, dict(zip("ab", pair, strict=True))[who]) for part, who in claim.once)
        ]
    new = [pair for pair in pairs if any(article.is_new(name) for name in pair)]
    # Otherwise an entity that appears late would be left for the list at the end.
    if new and article.chance.yes(0.5):
        pairs = new
    return article.chance.pick(pairs) if pairs else None


def _keep(article: Article, claim: Claim, a: Name, b: Name, evidence: Sequence[int]) -> None:
    """Settle the two, with the facts that follow from sentences, or with none where there is no evidence."""
    _settle(article, claim, a, b, holds=bool(evidence))
    if evidence:
        who = {"a": a, "b": b}
        for head, relation, tail in claim.facts:
            article.state(who[head], relation, who[tail], evidence)


def _settle(article: Article, claim: Claim, a: Name, b: Name, holds: bool) -> None:
    article.settle(a, b)
    if holds:
        for part, who in claim.once:
            article.use(part, {"a": a, "b": b}[who])


def _pass_time(article: Article, sentences: int) -> None:
    for _ in range(sentences):
        article.write(article.chance.pick(wording.NOTHING_NAMED), {})


_KNOWN = (
    (claims.SEATED_IN, 0, 0, 8),
    (claims.LIES_IN, 10, 20, 8),
    (claims.BORN_IN, 40, 40, 6),
    (claims.FOUNDED, 10, 20, 5),
    (claims.MARRIED, 0, 30, 4),
    (claims.CAPITAL_OF, 50, 55, 2),
)
"""Claims that are well known, the numbers of the first a and the first b in the lexicon, and how many there are."""

_WEIGHTED_CLAIMS: tuple[tuple[Claim, int], ...] = (
    (claims.BORN_IN, 6),
    (claims.WORKS_FOR, 6),
    (claims.SEATED_IN, 5),
    (claims.FOUNDED, 3),
    (claims.LED, 3),
    (claims.FOUNDED_AND_LED, 4),
    (claims.MARRIED, 3),
    (claims.LIES_IN, 4),
    (claims.CAPITAL_OF, 1),
)
_CLAIMS = tuple(claim for claim, weight in _WEIGHTED_CLAIMS for _ in range(weight))

Episode = Callable[[Article, int], bool]
"""Writes at most as many sentences as it is given; False, and nothing written, where it cannot be told."""

_WEIGHTED_EPISODES: tuple[tuple[Episode, int], ...] = ((_one_sentence, 6), (_across, 5), (_contrast, 2), (_chain, 2))
_EPISODES = tuple(episode for episode, weight in _WEIGHTED_EPISODES for _ in range(weight))
