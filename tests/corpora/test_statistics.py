from glre.corpora.statistics import Statistics, count
from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence
from glre.settings import CandidateRule


def test_counts_pairs_by_kind_and_facts_outside_the_candidates() -> None:
    def entity(identifier: str, kind: str, mentions: int = 1) -> Entity:
        return Entity(identifier, kind, (Mention(0, 0, 1, "x", kind),) * mentions)

    document = Document(
        "1",
        "x",
        None,
        (Sentence(("x", "y")), Sentence(("z",))),
        (entity("C1", "Chemical", 2), entity("C2", "Chemical"), entity("D1", "Disease"), entity("D2", "Disease")),
        (Fact("C1", "D1", "CID"), Fact("C1", "D1", "other"), Fact("D1", "C2", "CID")),
        (ExcludedPair("C1", "D2", "hypernym"), ExcludedPair("C1", "D1", "hypernym"), ExcludedPair("D2", "D1", "x")),
    )
    assert count([document, document], [CandidateRule(head="Chemical", tail="Disease")]) == Statistics(
        documents=2,
        sentences=4,
        words=6,
        entities=8,
        mentions=10,
        positive_pairs=2,
        negative_pairs=4,
        excluded_pairs=2,
        facts=6,
    )
