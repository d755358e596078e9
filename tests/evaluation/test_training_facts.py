from hypothesis import given
from scored_documents import document, scored_documents

from glre.evaluation.training_facts import training_facts


def test_any_names_of_the_pair_are_enough():
    train = document([[(0, "aspirin"), (1, "ASA")], [(1, "ulcer")]], [(0, 1, "causes")])
    facts = training_facts([train])
    new = document([[(0, "ASA"), (0, "drug")], [(0, "ulcer"), (0, "sore")], [(0, "fever")]])
    head, tail, other = new.entities
    assert facts.seen(head, tail) == {"causes"}
    assert facts.seen(tail, head) == frozenset()
    assert facts.seen(head, other) == frozenset()


def test_names_are_compared_as_they_are_written():
    facts = training_facts([document([[(0, "Aspirin")], [(0, "ulcer")]], [(0, 1, "causes")])])
    head, tail = document([[(0, "aspirin")], [(0, "ulcer")]]).entities
    assert facts.seen(head, tail) == frozenset()


@given(scored_documents(), scored_documents())
def test_agrees_with_the_set_of_name_triples(training, evaluated):
    triples = set()
    for made in training.documents:
        entities = {entity.id: entity for entity in made.entities}
        for fact in made.facts:
            for head in entities[fact.head].mentions:
                for tail in entities[fact.tail].mentions:
                    triples.add((head.text, tail.text, fact.relation))
    facts = training_facts(training.documents)
    for made in evaluated.documents:
        for first in made.entities:
            for second in made.entities:
                expected = {
                    relation
                    for head, tail, relation in triples
                    if head in {mention.text for mention in first.mentions}
                    and tail in {mention.text for mention in second.mentions}
                }
                assert facts.seen(first, second) == expected
