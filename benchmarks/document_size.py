"""How time and memory of a training step grow with a document, every pair a candidate, the encoder fine-tuned.

python -m benchmarks.document_size
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks import report
from benchmarks.articles import generated_article, with_entities
from benchmarks.document_size_page import DocumentCost, Results, Row, Varied, draw, page
from benchmarks.formulations import Package, TrainingSteps
from benchmarks.measuring import (
    in_child,
    limit_memory,
    out_of_memory,
    prepare_environment,
    reset_peak,
    resident_peak,
    tensor_peak,
)
from benchmarks.workloads import Setting, default_setting
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document
from glre.encoding.transformer.pretrained import load_pretrained
from glre.errors import InputError, errors_reported
from glre.grid.params import read_settings
from glre.progress import progress
from glre.systems.glre.glre import GLRE
from glre.systems.split import make_split
from glre.systems.trained import new_scorer
from glre.training.data import word_source
from glre.training.negatives import with_negatives

_WORDS, _ENTITIES = 1000, 20
"""Size of a document where a series does not vary it."""


@dataclass(frozen=True)
class Task:
    """Training steps on one document; `allowed` bytes of memory may be taken besides program and weights."""

    document: Document
    setting: Setting
    threads: int
    allowed: int


@dataclass(frozen=True)
class _Measured:
    varied: Varied
    document: Document
    setting: Setting


def main(
    dataset: Annotated[str, typer.Option(help="Whose experiment `glre` sets model, encoder and training.")] = (
        "redocred_1k"
    ),
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 1,
    memory: Annotated[float, typer.Option(help="GB that a measured process may take.")] = 8.0,
    entities: Annotated[str, typer.Option(help="Entities of documents of 1,000 words.")] = "10,20,40,60,80",
    words: Annotated[str, typer.Option(help="Lengths of documents with 20 entities.")] = "500,1000,2000,4000,8000",
) -> None:
    """Measure large documents; write docs/benchmarks/document_size.json, a plot, and the tables of docs/benchmarks.md.

    Example: python -m benchmarks.document_size --words 500,1000
    """
    environment = prepare_environment(read_settings().launch, threads)
    made_by = report.origin("benchmarks.document_size", environment)
    setting = default_setting(dataset)
    allowed = int(memory * 1e9)
    measured = list(_measured(report.numbers(entities), report.numbers(words), setting))
    pretrained = load_pretrained(setting.encoder)
    rows = []
    with progress("measuring", len(measured), "measurement") as bar:
        for item in measured:
            document = item.document
            fine_tuning = item.setting.fine_tuning
            subwords = pretrained.subwords(document)
            row = Row(
                varied=item.varied,
                words=document.words,
                subwords=len(subwords.ids),
                windows=len(subwords.windows),
                entities=len(document.entities),
                mentions=sum(len(entity.mentions) for entity in document.entities),
                pairs=len(candidate_pairs(document, setting.candidates)),
                checkpointing=fine_tuning is not None and fine_tuning.checkpointing,
                cost=in_child(step_cost, Task(document, item.setting, threads, allowed)),
            )
            rows.append(row)
            bar.advance(note=f"{row.words} words, {row.entities} entities")
    results = Results(dataset, setting.training.negatives, rows, allowed)
    report.write_results(report.FOLDER / "document_size.json", made_by, asdict(results))
    draw(rows)
    report.write_block("document_size", page(results, made_by))


def step_cost(task: Task) -> DocumentCost | None:
    """Cost of a training step on the document; None where memory does not suffice."""
    torch.set_num_threads(task.threads)
    try:
        steps = fine_tuned_steps([task.document], task.setting)
        loaded = resident_peak()
        before = reset_peak()
        limit_memory(task.allowed)
        fastest = steps.fastest([0])
        highest = resident_peak()
        steps.forget_gradients()
        held = tensor_peak(partial(steps.forth, [0]))
        tensors = tensor_peak(partial(steps.take, [0]))
    except (RuntimeError, MemoryError) as error:
        if out_of_memory(error):
            return None
        raise
    return DocumentCost(
        seconds=fastest.seconds,
        processor_seconds=fastest.processor_seconds,
        forward_bytes=held,
        tensor_bytes=tensors,
        resident_bytes=highest - before,
        process_bytes=max(loaded, highest),
    )


def fine_tuned_steps(documents: Sequence[Document], setting: Setting) -> TrainingSteps:
    """Training steps on these documents as an epoch takes them: the encoder fine-tuned, N/A pairs drawn by chance."""
    if setting.fine_tuning is None:
        raise InputError("the dataset's experiment", "a frozen encoder", "one that is fine-tuned")
    torch.manual_seed(1)
    source = word_source(setting.encoder, setting.fine_tuning, {}, Path())  # which reads neither splits nor features
    split = make_split(GLRE, documents, source.inputs(documents), setting.candidates, setting.relations)
    model = new_scorer(setting.model, source, len(setting.relations))
    asked = with_negatives(split, setting.training.negatives, np.random.default_rng(1))
    return TrainingSteps(Package(asked, model), setting)


def _measured(entities: Sequence[int], words: Sequence[int], setting: Setting) -> Iterator[_Measured]:
    """The documents with what their series varies; by words also with activations computed anew."""
    if entities:
        # One text for all, so that nothing but entities, their mentions and pairs is added.
        text = generated_article(_WORDS, max(entities), setting.relations)
        for number in entities:
            yield _Measured("entities", with_entities(text, number), setting)
    articles = [generated_article(number, _ENTITIES, setting.relations) for number in words]
    for chosen in (setting, _checkpointed(setting)):
        for article in articles:
            yield _Measured("words", article, chosen)


def _checkpointed(setting: Setting) -> Setting:
    if setting.fine_tuning is None:
        return setting
    return replace(setting, fine_tuning=setting.fine_tuning.model_copy(update={"checkpointing": True}))


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
