"""Sentence splitters on a PubTator corpus: what they cut, and how fast they are.

pip install sentencex syntok pysbd spacy
python benchmarks/sentence_splitters.py data/raw/cdr/CDR_*Set.PubTator.txt

A library that is not installed is left out. Each splits the abstracts as it comes, before breaks inside mentions are
undone.
"""

import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from glre.formats.pubtator.lines import TEXT_LINE, Block, blocks

Splitter = Callable[[str], list[int]]
"""From a text to the offsets at which its second, third … sentence starts."""


def sentencex_starts(module: Any) -> Splitter:
    return lambda text: [b["end_index"] for b in module.get_sentence_boundaries("en", text)][:-1]


def syntok_starts(module: Any) -> Splitter:
    return lambda text: [
        sentence[0].offset for paragraph in module.analyze(text) for sentence in paragraph if sentence[0].offset
    ]


def pysbd_starts(module: Any) -> Splitter:
    segmenter = module.Segmenter(language="en", clean=False, char_span=True)
    return lambda text: [span.start for span in segmenter.segment(text)][1:]


def spacy_starts(module: Any) -> Splitter:
    pipeline = module.blank("en")
    pipeline.add_pipe("sentencizer")
    return lambda text: [sentence.start_char for sentence in pipeline(text).sents][1:]


SPLITTERS = {
    "sentencex": ("sentencex", sentencex_starts),
    "syntok": ("syntok.segmenter", syntok_starts),
    "pysbd": ("pysbd", pysbd_starts),
    "spacy": ("spacy", spacy_starts),
}


def measure(splitter: Splitter, documents: list[Block]) -> str:
    began = time.perf_counter()
    titles, abstracts = ([_text(own, line) for own in documents] for line in (0, 1))
    all_breaks = [splitter(abstract) for abstract in abstracts]
    seconds = time.perf_counter() - began
    mentions = cut = documents_cut = lower = long = sentences = 0
    for document, title, abstract, breaks in zip(documents, titles, abstracts, all_breaks, strict=True):
        offset = len(title) + 1
        rows = (line.text.split("\t") for line in document.lines[2:])
        spans = {(int(columns[1]), int(columns[2])) for columns in rows if len(columns) > 4}
        inside = sum(bisect_right(breaks, s - offset) < bisect_left(breaks, e - offset) for s, e in spans)
        mentions += len(spans)
        cut += inside
        documents_cut += inside > 0
        sentences += len(breaks) + 1
        lower += sum(abstract[start:].lstrip()[:1].islower() for start in breaks)
        edges = [0, *breaks, len(abstract)]
        long += sum(len(abstract[a:b].split()) > 80 for a, b in pairwise(edges))
    return (
        f"{cut} of {mentions} | {documents_cut} | {sentences / len(documents):.2f} | {lower} | {long} | "
        f"{len(documents) / seconds:,.0f}"
    )


def _text(document: Block, line: int) -> str:
    match = TEXT_LINE.fullmatch(document.lines[line].text)
    return match[3] if match else ""


def main(paths: list[Path]) -> None:
    documents = [own for path in paths for own in blocks(path.read_bytes().splitlines(keepends=True), str(path))]
    print(
        "| library | mentions cut | documents with a cut | sentences per abstract | "
        "breaks before a lower-case letter | sentences over 80 words | abstracts/s |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, (module, build) in SPLITTERS.items():
        try:
            splitter = build(import_module(module))
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        splitter("Warm up. Once.")
        print(f"| {name} {version(name)} | {measure(splitter, documents)} |")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
