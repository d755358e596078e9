"""DocRED's official metrics written from their definition, on the raw JSON and with plain sets.

Shares no code with glre, and reads a Document only to give it the raw form that the definition speaks of.
"""

from dataclasses import dataclass

from glre.documents.document import Document


@dataclass(frozen=True)
class Official:
    """Fractions from 0 to 1; the last three are about evidence."""

    precision: float
    recall: float
    f1: float
    ign_precision: float
    ign_f1: float
    evidence_precision: float
    evidence_recall: float
    evidence_f1: float


def official_metrics(raw_documents, result, raw_training):
    """`raw_documents` and `raw_training` as in DocRED's files, `result` as in result.json; no title occurs twice."""
    train_facts = {
        (head["name"], tail["name"], label["r"])
        for document in raw_training
        for label in document["labels"]
        for head in document["vertexSet"][label["h"]]
        for tail in document["vertexSet"][label["t"]]
    }
    entities = {document["title"]: document["vertexSet"] for document in raw_documents}
    facts, fact_sentences = set(), set()
    for document in raw_documents:
        for label in document.get("labels", []):
            fact = (document["title"], label["h"], label["t"], label["r"])
            facts.add(fact)
            fact_sentences |= {(*fact, sentence) for sentence in label["evidence"]}
    answers, answer_sentences = set(), set()
    for entry in result:
        answer = (entry["title"], entry["h_idx"], entry["t_idx"], entry["r"])
        if answer not in answers and entry["title"] in entities:
            answer_sentences |= {(*answer, sentence) for sentence in entry.get("evidence", [])}
        answers.add(answer)

    correct = facts & answers
    correct_and_seen = set()
    for title, head, tail, relation in correct:
        for one in entities[title][head]:
            for other in entities[title][tail]:
                if (one["name"], other["name"], relation) in train_facts:
                    correct_and_seen.add((title, head, tail, relation))

    precision = share(len(correct), len(answers))
    recall = share(len(correct), len(facts))
    ign_precision = share(len(correct) - len(correct_and_seen), len(answers) - len(correct_and_seen))
    right_sentences = len(fact_sentences & answer_sentences)
    evidence_precision = share(right_sentences, len(answer_sentences))
    evidence_recall = share(right_sentences, len(fact_sentences))
    return Official(
        precision=precision,
        recall=recall,
        f1=harmonic_mean(precision, recall),
        ign_precision=ign_precision,
        ign_f1=harmonic_mean(ign_precision, recall),
        evidence_precision=evidence_precision,
        evidence_recall=evidence_recall,
        evidence_f1=harmonic_mean(evidence_precision, evidence_recall),
    )


def share(part, whole):
    return part / whole if whole else 0.0


def harmonic_mean(first, second):
    return 2 * first * second / (first + second) if first + second else 0.0


def raw_form(document: Document):
    """A Document as an object of a DocRED file; its entities are called by their places in it."""
    place = {entity.id: number for number, entity in enumerate(document.entities)}
    return {
        "title": document.title,
        "sents": [list(sentence.words) for sentence in document.sentences],
        "vertexSet": [
            [{"name": m.text, "sent_id": m.sentence, "pos": [m.start, m.end], "type": m.type} for m in entity.mentions]
            for entity in document.entities
        ],
        "labels": [
            {"h": place[fact.head], "t": place[fact.tail], "r": fact.relation, "evidence": list(fact.evidence)}
            for fact in document.facts
        ],
    }
