from itertools import permutations, product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_documents import document, scored_documents, table_of

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, Fact, Mention, Sentence, check
from glre.errors import InputError
from glre.evaluation.breakdowns.breakdown import break_down
from glre.evaluation.breakdowns.error_groups import GROUPS, closest_mentions, coordinated_mentions, group_errors
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.metrics import count_all
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts


def written(*sentences, facts=(), name="document"):
    """A document from texts in which `d1:name` is a word that mentions entity d1, of type d, and `d1+d2:name` both."""
    mentions, split = {}, []
    for number, text in enumerate(sentences):
        words = []
        for place, token in enumerate(text.split()):
            ids, marked, word = token.rpartition(":")
            words.append(word)
            for entity in ids.split("+") if marked else []:
                mention = Mention(number, place, place + 1, word, entity[0])
                mentions.setdefault(entity, []).append(mention)
        split.append(Sentence(tuple(words)))
    entities = tuple(Entity(entity, entity[0], tuple(own)) for entity, own in sorted(mentions.items()))
    made = Document(name, "", None, tuple(split), entities, tuple(Fact(*pair, "causes") for pair in facts))
    check(made, "written by hand")
    return made


def errors_of(made, answers=(), train=()):
    """The errors of a model that answers with these pairs, by group and bucket."""
    places = {entity.id: place for place, entity in enumerate(made.entities)}
    pairs = tuple(CandidatePair(*pair) for pair in permutations(range(len(places)), 2))
    predicted = {(places[head], places[tail]) for head, tail in answers}
    scores = [[0.9 if (pair.head, pair.tail) in predicted else 0.1] for pair in pairs]
    table = predictions_table(
        [made],
        [DocumentScores(made.id, pairs, pd.DataFrame(scores).to_numpy())],
        ("causes",),
        split="test",
        seed=1,
        threshold=0.5,
        training=training_facts(train),
    )
    return group_errors(table, [made]).set_index(["group", "bucket"])


def gold_in(errors, group):
    """How many gold facts each bucket of a group has, empty ones left out."""
    gold = errors.loc[group, "gold"]
    return gold[gold > 0].to_dict()


@settings(deadline=None)
@given(scored_documents(), st.sampled_from([0.005, 0.2, 0.6]))
def test_every_group_counts_what_the_metrics_count(made, threshold):
    table = table_of(made, threshold=threshold)
    whole = count_all(table)
    errors = group_errors(table, made.documents)
    buckets = [(group.name, bucket) for group in GROUPS for bucket in group.buckets]
    assert list(zip(errors["group"], errors["bucket"], strict=True)) == buckets
    for _, rows in errors.groupby("group"):
        assert rows["gold"].sum() == whole.facts
        assert rows["misses"].sum() == whole.facts - whole.true_positives
        assert rows["predicted"].sum() == whole.predicted
        assert rows["false_positives"].sum() == whole.predicted - whole.true_positives
    for row in errors.itertuples():
        assert row.miss_rate == pytest.approx(row.misses / row.gold if row.gold else float("nan"), nan_ok=True)
        wrong = row.false_positives / row.predicted if row.predicted else float("nan")
        assert row.false_positive_rate == pytest.approx(wrong, nan_ok=True)


@settings(deadline=None)
@given(scored_documents())
def test_distance_and_mentions_agree_with_the_breakdowns(made):
    table = table_of(made)
    errors = group_errors(table, made.documents).set_index(["group", "bucket"])
    for row in break_down(table).itertuples():
        if row.breakdown == "sentence":
            continue
        found = errors.loc[row.breakdown, row.bucket]
        assert (found["gold"], found["predicted"]) == (row.support, row.predicted)
        if row.support:
            assert found["miss_rate"] == pytest.approx(1 - row.recall)
        if row.predicted:
            assert found["false_positive_rate"] == pytest.approx(1 - row.precision)


@settings(deadline=None)
@given(scored_documents(), st.sampled_from([0.005, 0.2, 0.6]))
def test_bridges_and_sentences_agree_with_their_definitions(made, threshold):
    table = table_of(made, threshold=threshold)
    errors = group_errors(table, made.documents)
    expected = dict.fromkeys(zip(errors["group"], errors["bucket"], strict=True), 0)
    inside = {
        (each.id, entity.id): {mention.sentence for mention in entity.mentions}
        for each in made.documents
        for entity in each.entities
    }
    for row in table[table["gold"]].itertuples():
        head, tail = inside[row.document_id, row.head_id], inside[row.document_id, row.tail_id]
        thirds = [
            own
            for (name, entity), own in inside.items()
            if name == row.document_id and entity not in {row.head_id, row.tail_id}
        ]
        bridged = any(own & head and own & tail for own in thirds)
        bridge = "one sentence" if head & tail else "bridge entity" if bridged else "no bridge entity"
        expected["bridge", bridge] += 1
        fewest = min(len(head), len(tail))
        expected["sentences", "3+" if fewest >= 3 else str(fewest)] += 1
    for row in errors[errors["group"].isin(["bridge", "sentences"])].itertuples():
        assert row.gold == expected[row.group, row.bucket]


def test_errors_by_hand():
    made = written(
        "c1:aspirin caused d1:nausea .",
        "Later d2:headache set in .",
        "It went away .",
        "It came back .",
        "c2:codeine did not help .",
        facts=[("c1", "d1"), ("c1", "d2"), ("c2", "d1")],
    )
    errors = errors_of(made, answers=[("c1", "d1"), ("c2", "d2"), ("d1", "c1")])
    assert errors.loc[("distance", "0")].to_dict() == {
        **{"gold": 1, "misses": 0, "miss_rate": 0},
        **{"predicted": 2, "false_positives": 1, "false_positive_rate": 0.5},
    }
    assert errors.loc[("distance", "1"), ["gold", "misses", "predicted"]].tolist() == [1, 1, 0]
    assert pd.isna(errors.loc[("distance", "1"), "false_positive_rate"])
    assert errors.loc[("distance", "2"), ["gold", "predicted"]].tolist() == [0, 0]
    assert pd.isna(errors.loc[("distance", "2"), "miss_rate"])
    assert errors.loc[("distance", "3+"), ["misses", "false_positives", "false_positive_rate"]].tolist() == [1, 1, 1]


def test_a_bridge_shares_a_sentence_with_each_end():
    made = written(
        "c1:aspirin raised g1:cortisol .",
        "g1:cortisol worsened d1:acne .",
        "d2:fever was absent .",
        facts=[("c1", "d1"), ("c1", "g1"), ("c1", "d2")],
    )
    assert gold_in(errors_of(made), "bridge") == {"one sentence": 1, "bridge entity": 1, "no bridge entity": 1}


def test_two_thirds_in_a_row_are_no_bridge():
    made = written(
        "c1:aspirin raised g1:cortisol .",
        "g1:cortisol lowered g2:insulin .",
        "g2:insulin worsened d1:acne .",
        facts=[("c1", "d1")],
    )
    assert gold_in(errors_of(made), "bridge") == {"no bridge entity": 1}


def test_sentences_are_those_of_the_rarer_entity_and_count_once():
    made = written(
        "c1:aspirin and again c1:aspirin gave d1:acne .",
        "d1:acne and d2:fever .",
        "d1:acne and d2:fever and d3:rash .",
        "d2:fever after c2:codeine .",
        "c2:codeine once more .",
        "c2:codeine .",
        facts=[("c1", "d1"), ("c2", "d2"), ("c2", "d3")],
    )
    assert gold_in(errors_of(made), "sentences") == {"1": 2, "3+": 1}
    assert gold_in(errors_of(made), "mentions") == {"[2,3)": 2, "[3,4)": 1}


def test_training_is_by_names_and_relation():
    made = written("c1:aspirin gave d1:acne and d2:fever .", facts=[("c1", "d1"), ("c1", "d2")])
    known = written("c7:aspirin gave d9:acne .", facts=[("c7", "d9")])
    errors = errors_of(made, answers=[("c1", "d2")], train=[known])
    assert errors.loc["training", "misses"].to_dict() == {"new": 0, "seen": 1}
    assert errors.loc["training", "predicted"].to_dict() == {"new": 1, "seen": 0}


@pytest.mark.parametrize(
    ("sentence", "coordinated"),
    [
        ("c1:aspirin and c2:codeine help", {"c1", "c2"}),
        ("c1:aspirin , c2:codeine , and c3:heparin help", {"c1", "c2", "c3"}),
        ("c1:aspirin and / or c2:codeine help", {"c1", "c2"}),
        ("c1:aspirin and/or c2:codeine help", {"c1", "c2"}),
        ("c1:aspirin OR c2:codeine helps", {"c1", "c2"}),
        ("c1:aspirin and the c2:codeine help", set()),
        ("c1:aspirin with c2:codeine helps", set()),
        ("c1:aspirin c2:codeine helps", set()),
        ("c1:Lyon , c2:France", set()),
        ("c1:aspirin and d1:fever", set()),
        ("c1:aspirin and c1:Aspirin", set()),
        ("c1:aspirin and", set()),
        ("and c1:aspirin , c2:codeine", set()),
        ("c1:aspirin , c2:codeine for d1:fever or d2:rash", {"d1", "d2"}),
        ("c1+c2:opioids help", set()),
        ("c1+c2:opioids and c3:heparin help", {"c1", "c2", "c3"}),
    ],
)
def test_what_is_coordinated(sentence, coordinated):
    assert {entity for entity, _ in coordinated_mentions(written(sentence))} == coordinated


TOKENS = st.lists(st.sampled_from(["a1:x", "a2:x", "a3:x", "b1:x", "b2:x", "and", "or", ",", "word"]), max_size=12)


@given(st.lists(TOKENS, min_size=1, max_size=3))
def test_coordination_agrees_with_walking_from_mention_to_mention(sentences):
    made = written(*(" ".join(["The", *tokens]) for tokens in sentences))
    everyone = [(entity.id, mention) for entity in made.entities for mention in entity.mentions]

    def words_between(one, other):
        first, second = sorted((one, other), key=lambda mention: mention.start)
        return made.sentences[one.sentence].words[first.end : second.start]

    def linked(one, other):
        between = words_between(one, other)
        same = (one.sentence, one.type) == (other.sentence, other.type)
        return same and one != other and between and set(between) <= {"and", "or", ","}

    expected = set()
    for start in everyone:
        reached, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            fresh = {other for other in everyone if linked(here[1], other[1])} - reached
            reached |= fresh
            waiting += fresh
        joining = {
            word
            for (_, one), (_, other) in product(reached, repeat=2)
            if linked(one, other)
            for word in words_between(one, other)
        }
        if joining & {"and", "or"} and len({entity for entity, _ in reached}) > 1:
            expected.add(start)
    assert coordinated_mentions(made) == expected


def test_conjunction_is_looked_for_at_the_closest_mentions_only():
    made = written(
        "c1:aspirin and c2:codeine were given .",
        "c1:aspirin caused d1:acne .",
        "After c2:codeine and c3:heparin d2:fever was seen .",
        facts=[("c1", "d1"), ("c2", "d2"), ("c3", "d1")],
    )
    errors = errors_of(made, answers=[("c1", "d2")])
    assert gold_in(errors, "conjunction") == {"none": 1, "head or tail": 2}
    assert errors.loc["conjunction", "predicted"].to_dict() == {"none": 1, "head or tail": 0}


@given(scored_documents(max_documents=1))
def test_closest_mentions_have_the_distance_of_the_entities(made):
    for each in made.documents:
        for head, tail in permutations(each.entities, 2):
            ours, theirs = closest_mentions(each, head, tail)
            assert ours in head.mentions
            assert theirs in tail.mentions
            least = min(abs(one.sentence - other.sentence) for one in head.mentions for other in tail.mentions)
            assert abs(ours.sentence - theirs.sentence) == least


def test_closest_are_fewest_sentences_apart_then_fewest_words():
    made = written(
        "we gave c1:aspirin",
        "d1:acne came after rest and then some more c1:aspirin was given and later d1:Acne stopped",
    )
    aspirin, acne = made.entities
    ours, theirs = closest_mentions(made, aspirin, acne)
    assert (ours.sentence, theirs.text) == (1, "Acne")
    assert closest_mentions(made, acne, aspirin) == (theirs, ours)


def test_nothing_predicted_and_nothing_gold():
    made = document([[(0, "a")], [(0, "b")]])
    errors = errors_of(made)
    assert errors[["gold", "misses", "predicted", "false_positives"]].to_numpy().sum() == 0
    assert errors[["miss_rate", "false_positive_rate"]].isna().to_numpy().all()


def test_refuses_documents_that_are_not_those_of_the_table():
    made = written("c1:aspirin gave d1:acne .", facts=[("c1", "d1")])
    table = predictions_table(
        [made],
        [DocumentScores(made.id, (), pd.DataFrame(columns=["causes"]).to_numpy(float))],
        ("causes",),
        split="test",
        seed=1,
        threshold=0.5,
        training=training_facts([]),
    )
    with pytest.raises(InputError, match="document 'document': found no such document"):
        group_errors(table, [])
    with pytest.raises(InputError, match="the unknown entity 'd1'"):
        group_errors(table, [written("c1:aspirin gave d2:acne .")])
