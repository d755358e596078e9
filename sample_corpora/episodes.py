"""What happens in a document: episodes that state, deny or leave open which chemical causes which disease.

A pair is a relation because an episode says so and for no other reason: which names take part is left to chance.
"""

from collections.abc import Callable, Sequence

from sample_corpora import wording
from sample_corpora.lexicon import CHEMICAL, UNLISTED_NAMES, Name
from sample_corpora.story import Story

_LISTED_AT_ONCE = 6
"""Entities that one sentence names when the text would end without them."""


def sentences_needed(entities: int) -> int:
    """The fewest sentences, title included, in which a document can name this many entities."""
    return 1 + -(-entities // _LISTED_AT_ONCE)


def tell(story: Story, sentences: int) -> None:
    """Write a title and what makes `sentences` of it, naming every entity; at least `sentences_needed` of them."""
    _title(story)
    while (left := sentences - len(story.writer.sentences)) > 0:
        unnamed = [name for name in (*story.chemicals, *story.diseases) if story.is_new(name)]
        room = left + 1 - sentences_needed(len(unnamed))
        if room <= 0:
            story.say(wording.ALSO_NAMED, {"all": unnamed[:_LISTED_AT_ONCE]})
        elif not any(story.chance.pick(_EPISODES)(story, room) for _ in range(4)):
            _aside(story, room)


def _title(story: Story) -> None:
    chemical, disease = [story.chance.pick(story.chemicals)], [story.chance.pick(story.diseases)]
    kind = story.chance.below(10)
    if kind < 6:
        story.say(wording.TITLE_CHEMICAL, {"c": chemical})
    elif kind == 6:
        story.say(wording.TITLE_LEFT_OPEN, {"c": chemical, "d": disease})
    elif kind == 7:
        story.say(wording.TITLE_CAUSES, {"c": chemical, "d": disease})
        story.state(chemical, disease, True)
    else:
        story.say(wording.TITLE_TREATS, {"c": chemical, "d": disease})
        story.state(chemical, disease, False)


def _statement(story: Story, _room: int) -> bool:
    """One sentence about one or two chemicals and one or two diseases; every pair of them is meant."""
    causes = story.chance.yes(0.5)
    chemicals = story.some_chemicals(2 if story.chance.yes(0.25) else 1)
    claims = [(chemical, causes) for chemical in chemicals]
    diseases = story.some_diseases(claims, 2 if story.chance.yes(0.3) else 1)
    if not chemicals or not diseases:
        return False
    one = len(chemicals) == len(diseases) == 1
    if not causes:
        sentences = wording.TREATS if story.chance.yes(0.5) else wording.DOES_NOT_CAUSE
    else:
        sentences = wording.CAUSES_OF_ONE if one and story.chance.yes(0.15) else wording.CAUSES
    story.say(sentences, {"c": chemicals, "d": diseases})
    story.state(chemicals, diseases, causes)
    return True


def _two_chemicals(story: Story, _room: int) -> bool:
    """One sentence that says of one chemical what it denies of another."""
    chemicals = story.some_chemicals(2)
    if not chemicals:
        return False
    cause, other = chemicals
    diseases = story.some_diseases([(cause, True), (other, False)], 1)
    if not diseases:
        return False
    story.say(wording.ONE_CHEMICAL_CAUSES, {"c": [cause], "o": [other], "d": diseases})
    story.state([cause], diseases, True)
    story.state([other], diseases, False)
    return True


def _two_diseases(story: Story, _room: int) -> bool:
    """One sentence that says of one disease what it denies of another."""
    chemicals = story.some_chemicals(1)
    if not chemicals:
        return False
    caused = story.some_diseases([(chemicals[0], True)], 1)
    others = story.some_diseases([(chemicals[0], False)], 1, besides=caused)
    if not caused or not others:
        return False
    story.say(wording.ONE_DISEASE_CAUSED, {"c": chemicals, "d": caused, "o": others})
    story.state(chemicals, caused, True)
    story.state(chemicals, others, False)
    return True


def _course(story: Story, room: int) -> bool:
    """A chemical is given, perhaps for a disease; `distance` sentences later another follows, or does not."""
    distance = story.distance(room)
    chemicals = story.some_chemicals(1)
    ends = story.new_ones(story.diseases, 2 if story.chance.yes(0.2) else 1)
    if distance < 1 or not chemicals or not ends:
        return False
    history = story.some_diseases([(chemicals[0], False)], 1, besides=ends) if story.chance.yes(0.4) else []
    if history:
        story.say(wording.GIVEN_TO_PATIENTS_WITH, {"c": chemicals, "d": history})
        story.state(chemicals, history, False)
    else:
        story.say(wording.GIVEN, {"c": chemicals})
    _meanwhile(story, distance - 1, chemicals, besides=ends)
    causes = story.chance.yes(0.55)
    story.say(wording.FOLLOWED if causes else wording.DID_NOT_FOLLOW, {"d": ends})
    story.state(chemicals, ends, causes)
    for end in ends:
        story.keep_apart(chemicals[0], end, distance)
    return True


def _bridge(story: Story, room: int) -> bool:
    """A chemical becomes another (or does not), which causes a disease (or does not) `distance` sentences later."""
    distance = story.distance(room)
    products = story.new_ones(story.chemicals, 1)
    chemicals = story.some_chemicals(1, besides=products)
    ends = story.new_ones(story.diseases, 1)
    if distance < 1 or not products or not chemicals or not ends:
        return False
    becomes, causes = story.chance.pick(((True, True), (True, True), (False, True), (True, False)))
    story.say(wording.BECOMES if becomes else wording.DOES_NOT_BECOME, {"c": chemicals, "m": products})
    _pass_time(story, distance - 1)
    story.say(wording.CAUSES if causes else wording.DOES_NOT_CAUSE, {"c": products, "d": ends})
    story.state(products, ends, causes)
    story.state(chemicals, ends, becomes and causes)
    story.keep_apart(chemicals[0], ends[0], distance)
    story.settle(*products, *ends)
    return True


def _chain(story: Story, room: int) -> bool:
    """A chemical causes a disease, which `distance` sentences later leads to another, or does not."""
    distance = story.distance(room)
    chemicals = story.some_chemicals(1)
    diseases = story.new_ones(story.diseases, 2)
    if distance < 1 or not chemicals or not diseases:
        return False
    first, second = diseases
    leads = story.chance.yes(0.55)
    story.say(wording.CAUSES, {"c": chemicals, "d": [first]})
    _meanwhile(story, distance - 1, chemicals, besides=diseases)
    story.say(wording.LEADS_TO if leads else wording.DOES_NOT_LEAD_TO, {"d": [first], "e": [second]})
    story.state(chemicals, [first], True)
    story.state(chemicals, [second], leads)
    story.keep_apart(chemicals[0], second, distance)
    story.settle(first, second)
    return True


def _groups(story: Story, room: int) -> bool:
    """Two groups get a chemical each; `distance` sentences later a disease appears in one, both or neither."""
    distance = story.distance(room)
    chemicals = story.some_chemicals(2)
    ends = story.new_ones(story.diseases, 1)
    if distance < 1 or not chemicals or not ends:
        return False
    sentences, *causes = story.chance.pick(
        (
            (wording.IN_FIRST_GROUP, True, False),
            (wording.IN_SECOND_GROUP, False, True),
            (wording.IN_BOTH_GROUPS, True, True),
            (wording.IN_NEITHER_GROUP, False, False),
        )
    )
    story.say(wording.TWO_GROUPS, {"c": chemicals[:1], "o": chemicals[1:]})
    _meanwhile(story, distance - 1, chemicals, besides=ends)
    story.say(sentences, {"d": ends})
    for chemical, causes_it in zip(chemicals, causes, strict=True):
        story.state([chemical], ends, causes_it)
        story.keep_apart(chemical, ends[0], distance)
    return True


def _aside(story: Story, _room: int) -> bool:
    """One sentence that says nothing of what causes what."""
    chemicals = [name for name in story.chemicals if story.may_appear(name)]
    diseases = [name for name in story.diseases if story.may_appear(name)]
    kind = story.chance.below(4)
    if kind == 0 and chemicals:
        story.say(wording.CHEMICAL_ALONE, {"c": [story.chance.pick(chemicals)]})
    elif kind == 1 and diseases:
        story.say(wording.DISEASE_ALONE, {"d": [story.chance.pick(diseases)]})
    elif kind == 2 and chemicals and diseases:
        chemical, disease = story.chance.pick(chemicals), story.chance.pick(diseases)
        if story.are_apart(chemical, disease):
            return False
        story.say(wording.LEFT_OPEN, {"c": [chemical], "d": [disease]})
    else:
        _pass_time(story, 1)
    return True


def _meanwhile(story: Story, sentences: int, chemicals: Sequence[Name], besides: Sequence[Name]) -> None:
    """Sentences of the same course of treatment: of no entity, or of a disease that the chemicals do not cause."""
    claims = [(chemical, False) for chemical in chemicals]
    for _ in range(sentences):
        others = story.some_diseases(claims, 1, besides) if story.chance.yes(0.3) else []
        if others:
            story.say(wording.DID_NOT_FOLLOW, {"d": others})
            story.state(chemicals, others, False)
        else:
            _pass_time(story, 1)


def _pass_time(story: Story, sentences: int) -> None:
    for _ in range(sentences):
        if story.chance.yes(0.08):
            unlisted = story.chance.pick(UNLISTED_NAMES)
            is_chemical = unlisted.type == CHEMICAL
            story.say(wording.UNLISTED_CHEMICAL if is_chemical else wording.UNLISTED_DISEASE, {"u": [unlisted]})
        else:
            story.say(wording.NOTHING_NAMED, {})


Episode = Callable[[Story, int], bool]
"""Writes at most as many sentences as it is given; False, and nothing written, where it cannot be told."""

_WEIGHTS: tuple[tuple[Episode, int], ...] = (
    (_statement, 8),
    (_two_chemicals, 2),
    (_two_diseases, 3),
    (_course, 9),
    (_bridge, 5),
    (_chain, 4),
    (_groups, 2),
    (_aside, 2),
)
_EPISODES = tuple(episode for episode, weight in _WEIGHTS for _ in range(weight))
