"""Random documents as DocRED's files have them, and random results about them."""

import json
from itertools import product

from hypothesis import strategies as st

from glre.document_format import Format
from glre.formats.corpus_file import read_corpus_file

RELATIONS = ("P1", "P2", "P3")
SENTENCES = 3
WORDS = 8
NAMES = st.sampled_from("abcdef")


@st.composite
def raw_documents(draw, titles=("first", "second", "third")):
    """Documents whose entities share names, with several relations between a pair and labels that occur twice."""
    return [draw(raw_document(title)) for title in draw(st.lists(st.sampled_from(titles), unique=True))]


@st.composite
def raw_document(draw, title):
    names = draw(st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=4))
    # A place of its own for each mention: of two at one place the reader keeps one.
    places = iter(list(product(range(SENTENCES), range(WORDS))))
    entities = [[mention(name, *next(places)) for name in own] for own in names]
    pairs = [(head, tail) for head, tail in product(range(len(names)), repeat=2) if head != tail]
    labels = draw(st.lists(facts_of(pairs), max_size=8)) if pairs else []
    return {
        "title": title,
        "sents": [["word"] * WORDS] * SENTENCES,
        "vertexSet": entities,
        "labels": [{"h": h, "t": t, "r": r, "evidence": sorted(evidence)} for (h, t), r, evidence in labels],
    }


def mention(name, sentence, word):
    return {"name": name, "sent_id": sentence, "pos": [word, word + 1], "type": "X"}


def facts_of(pairs):
    evidence = st.sets(st.integers(0, SENTENCES - 1))
    return st.tuples(st.sampled_from(pairs), st.sampled_from(RELATIONS), evidence)


@st.composite
def results(draw, documents, foreign=True):
    """Entries about the documents, most of them right, some twice; where `foreign`, some about no document."""
    right = [
        {"title": made["title"], "h_idx": label["h"], "t_idx": label["t"], "r": label["r"]}
        for made in documents
        for label in made["labels"]
    ]
    any_of_them = [
        {"title": made["title"], "h_idx": head, "t_idx": tail, "r": relation}
        for made in documents
        for head, tail in product(range(len(made["vertexSet"])), repeat=2)
        for relation in RELATIONS
        if head != tail
    ]
    if foreign:
        any_of_them.append({"title": "unknown", "h_idx": 0, "t_idx": 1, "r": "P1"})
    entries = []
    for pool in (right, any_of_them):
        if pool:
            entries += draw(st.lists(st.sampled_from(pool), max_size=8))
    for number, entry in enumerate(entries):
        evidence = draw(st.none() | st.lists(st.integers(0, SENTENCES - 1), unique=True))
        entries[number] = entry if evidence is None else entry | {"evidence": evidence}
    return draw(st.permutations(entries))


def read(documents, folder):
    """The documents through a file, as glre has them."""
    if not documents:
        return []
    path = folder / "documents.json"
    path.write_text(json.dumps(documents), encoding="utf-8")
    return read_corpus_file(path, Format.DOCRED, RELATIONS).documents
