from hypothesis import given
from hypothesis import strategies as st
from scored_documents import MENTION_LISTS, document

from glre.evaluation.breakdowns.entity_distance import sentence_distances


@given(st.lists(MENTION_LISTS, max_size=6))
def test_is_the_least_over_all_mention_pairs(mentions):
    distances = sentence_distances(document(mentions))
    assert distances.shape == (len(mentions), len(mentions))
    for first, own in enumerate(mentions):
        for second, other in enumerate(mentions):
            expected = min(abs(here - there) for here, _ in own for there, _ in other)
            assert distances[first, second] == expected


def test_counts_sentences_between_the_nearest_mentions():
    distances = sentence_distances(document([[(0, "a"), (6, "a")], [(2, "b")], [(6, "c")]]))
    assert distances.tolist() == [[0, 2, 0], [2, 0, 4], [0, 4, 0]]
