"""Generated articles in DocRED's shape, each as long and with as many entities as wanted."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from glre.document_format import Format
from glre.documents.document import Document
from glre.formats.corpus_file import read_corpus_file
from glre.grid.params import read_settings
from sample_corpora.articles.documents import ARTICLES, generate
from sample_corpora.documents import Range

_WORDS_PER_SENTENCE = 9
_NAMES = 200


def generated_article(words: int, entities: int, relations: Sequence[str], seed: int = 1) -> Document:
    """One article of about `words` words with exactly `entities` entities; its facts are of the first `relations`."""
    sentences = max(2, words // _WORDS_PER_SENTENCE)
    for _ in range(3):
        article = _article(sentences, entities, seed)
        sentences = max(2, round(sentences * words / article.words))
    named = dict(zip(_relations(), relations, strict=False))
    return replace(article, facts=tuple(replace(fact, relation=named[fact.relation]) for fact in article.facts))


def with_entities(document: Document, entities: int) -> Document:
    """The same text with the first `entities` of its entities alone."""
    kept = document.entities[:entities]
    ids = {entity.id for entity in kept}
    return replace(
        document,
        entities=kept,
        facts=tuple(fact for fact in document.facts if {fact.head, fact.tail} <= ids),
    )


def _article(sentences: int, entities: int, seed: int) -> Document:
    settings = replace(
        ARTICLES,
        documents=1,
        seed=seed,
        sentences=Range(sentences, sentences),
        entities=Range(entities, entities),
        names=_NAMES,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.json"
        path.write_text("".join(generate(settings)), encoding="utf-8")
        return read_corpus_file(path, Format.DOCRED, _relations()).documents[0]


def _relations() -> tuple[str, ...]:
    return read_settings().dataset("sample_docred").relations
