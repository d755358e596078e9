"""Subwords per second of the package's encoding against a plain loop over transformers.

python -m benchmarks.encoding
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from benchmarks import report
from benchmarks.encoding_page import Results, Row, Way, draw, page
from benchmarks.measuring import in_child, prepare_environment
from benchmarks.workloads import default_setting, generated_documents
from glre import paths
from glre.document_format import Format
from glre.documents.document import Document
from glre.documents.table import read_documents, write_documents
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.errors import errors_reported
from glre.formats.corpus_file import read_corpus_file
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import PretrainedEncoder
from sample_corpora.documents import Range

_BATCH = 16
_WORDS_PER_SENTENCE = 10
_WORDS_OF_ALL = 8000
"""Generated documents of one length make about this many words, and at least two batches."""


@dataclass(frozen=True)
class Task:
    """Documents that are encoded in every way, `repeats` times in turn."""

    title: str
    documents: Path
    encoder: PretrainedEncoder
    repeats: int
    threads: int


def main(
    dataset: Annotated[str, typer.Option(help="Whose training split; if it is not there, the sample's.")] = "cdr",
    documents: Annotated[int, typer.Option(help="Documents of it, evenly spaced; 0 for all.")] = 100,
    repeats: Annotated[int, typer.Option(help="Times that each way is measured; the median counts.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 1,
    words: Annotated[str, typer.Option(help="Mean lengths of generated documents.")] = "60,125,250,500,1000",
) -> None:
    """Measure encoding; write docs/benchmarks/encoding.json, a plot, and the tables of docs/benchmarks.md.

    Example: python -m benchmarks.encoding --documents 50
    """
    environment = prepare_environment(read_settings().launch, threads)
    made_by = report.origin("benchmarks.encoding", environment)
    encoder = default_setting(dataset).encoder
    lengths = report.numbers(words)
    rows = []
    with tempfile.TemporaryDirectory() as folder, progress("measuring", 1 + len(lengths), "set") as bar:
        for number in range(1 + len(lengths)):
            title, found = (
                _corpus(dataset, documents) if number == 0 else ("generated", _generated(lengths[number - 1]))
            )
            path = Path(folder) / f"{number}.parquet"
            write_documents(found, path)
            rows += in_child(measure, Task(title, path, encoder, repeats, threads))
            bar.advance(note=f"{title}, {rows[-1].mean_words:.0f} words")
    results = Results(_BATCH, rows)
    report.write_results(report.FOLDER / "encoding.json", made_by, asdict(results))
    draw(results)
    report.write_block("encoding", page(results, made_by))


def measure(task: Task) -> list[Row]:
    """The medians over all repetitions; the ways take turns, so that a busy machine slows all of them."""
    torch.set_num_threads(task.threads)
    documents = read_documents(task.documents)
    encoder = FrozenEncoder(task.encoder)
    faster = FrozenEncoder(task.encoder.model_copy(update={"precision": "bfloat16"}))
    subwords = [encoder.subwords(document) for document in documents]
    texts = [document.text or "" for document in documents]
    cut = encoder.tokenizer(texts, truncation=True)["input_ids"]
    here, plain = sum(len(document.ids) for document in subwords), sum(map(len, cut)) - 2 * len(cut)
    whole = sum(map(len, encoder.tokenizer(texts, truncation=False, verbose=False)["input_ids"])) - 2 * len(cut)
    ways: dict[Way, tuple[int, Callable[[], object]]] = {
        "glre": (here, partial(encoder.encode, subwords)),
        "glre_bfloat16": (here, partial(faster.encode, subwords)),
        "plain_longest": (plain, partial(plain_loop, encoder, cut, "longest")),
        "plain_window": (plain, partial(plain_loop, encoder, cut, "max_length")),
    }
    encoder.encode(subwords[:1])
    faster.encode(subwords[:1])
    seconds: dict[Way, list[float]] = {way: [] for way in ways}
    for _ in range(task.repeats):
        for way, (_, work) in ways.items():
            began = time.perf_counter()
            work()
            seconds[way].append(time.perf_counter() - began)
    return [
        Row(
            documents=task.title,
            count=len(documents),
            mean_words=sum(document.words for document in documents) / len(documents),
            way=way,
            subwords=count,
            left_out=0.0 if way.startswith("glre") else 1 - plain / whole,
            seconds=statistics.median(seconds[way]),
        )
        for way, (count, _) in ways.items()
    ]


@torch.inference_mode()
def plain_loop(encoder: FrozenEncoder, texts: list[list[int]], padding: str) -> list[torch.Tensor]:
    """Subword states of each text: batches in input order, padded to the longest text of each or to the full window."""
    model: Any = encoder.model
    states = []
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        inputs = encoder.tokenizer.pad({"input_ids": batch}, padding=padding, max_length=512, return_tensors="pt")
        output = model(**inputs, output_hidden_states=True)
        hidden = torch.stack([output.hidden_states[layer] for layer in encoder.layers], dim=2)
        states += [rows[: len(text)].clone() for rows, text in zip(hidden, batch, strict=True)]
    return states


def _corpus(dataset: str, count: int) -> tuple[str, list[Document]]:
    path = paths.documents(dataset, "train")
    if path.is_file():
        title, documents = dataset, read_documents(path)
    else:
        title, documents = (
            "sample",
            read_corpus_file(Path("data/sample/train.PubTator.txt"), Format.PUBTATOR, ("CID",)).documents,
        )
    step = max(1, len(documents) // count) if count else 1
    return title, documents[::step][: count or None]


def _generated(words: int) -> list[Document]:
    """Documents of half to one and a half times `words`: real corpora don't have one length either."""
    sentences = max(2, words // _WORDS_PER_SENTENCE)
    count = max(2 * _BATCH, _WORDS_OF_ALL // words)
    return generated_documents(count, Range(max(2, sentences // 2), sentences + sentences // 2), entities=4)


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
