"""A large document in the DocRED setting, the encoder fine-tuned: what a step takes, in processes of their own."""

from dataclasses import dataclass, replace
from functools import partial

import pytest
import torch
from small_sample import ROOT

from benchmarks.articles import generated_article, with_entities
from benchmarks.document_size import fine_tuned_steps
from benchmarks.document_size_page import PROMISED_BYTES, PROMISED_ENTITIES
from benchmarks.measuring import in_child, launch_environment, limit_memory, resident_peak, tensor_peak
from benchmarks.workloads import Setting, default_setting, with_mentions
from glre.documents.document import Document
from glre.grid.params import read_settings

DATASET = "redocred_1k"
WORDS = 1000
ENTITIES = (20, 40, 80)
MENTIONS, MORE_MENTIONS = 160, 640
SENTENCES = 12
"""Of a text so short that not the encoder makes the peak but pairs."""


@dataclass(frozen=True)
class Task:
    """Documents to measure one after the other."""

    documents: tuple[Document, ...]
    setting: Setting


@dataclass(frozen=True)
class Peaks:
    """The most bytes that tensors took at once: on the way forth, and until the way back was done."""

    forth: int
    forth_and_back: int


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Setting:
    """The real one, with the environment in which the pipeline trains."""
    monkeypatch.chdir(ROOT)
    for name, value in launch_environment(read_settings().launch, threads=1).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KINETO_LOG_LEVEL", "99")
    return default_setting(DATASET)


def process_peak(task: Task) -> int:
    """The most that the process had resident in two steps; memory beyond the promise is refused to it."""
    torch.set_num_threads(1)
    steps = fine_tuned_steps(task.documents, task.setting)
    limit_memory(PROMISED_BYTES)
    for _ in range(2):
        steps.take([0])
    return resident_peak()


def peaks(task: Task) -> list[Peaks]:
    """Of each document."""
    torch.set_num_threads(1)
    steps = fine_tuned_steps(task.documents, task.setting)
    limit_memory(PROMISED_BYTES)
    found = []
    for number in range(len(task.documents)):
        forth = tensor_peak(partial(steps.forth, [number]))
        forth_and_back = tensor_peak(partial(steps.forth_and_back, [number]))
        steps.forget_gradients()
        found.append(Peaks(forth, forth_and_back))
    return found


def test_a_document_with_60_entities_trains_within_4_gib(setting: Setting) -> None:
    document = with_entities(generated_article(WORDS, PROMISED_ENTITIES, setting.relations), PROMISED_ENTITIES)
    assert document.words > 0.9 * WORDS
    assert len(document.entities) == PROMISED_ENTITIES
    assert in_child(process_peak, Task((document,), setting)) < PROMISED_BYTES


def test_memory_is_linear_in_pairs_and_in_mentions(setting: Setting) -> None:
    most = max(ENTITIES)
    article = generated_article(400, most, setting.relations)
    text = replace(article, sentences=article.sentences[:SENTENCES], facts=())
    crowded, more_crowded = (with_mentions(text, mentions) for mentions in (MENTIONS, MORE_MENTIONS))
    documents = (*(with_entities(crowded, entities) for entities in ENTITIES), more_crowded)
    few, many, all_, with_more_mentions = in_child(peaks, Task(documents, setting))

    pairs = [entities * (entities - 1) for entities in ENTITIES]
    earlier = (many.forth - few.forth) / (pairs[1] - pairs[0])
    later = (all_.forth - many.forth) / (pairs[2] - pairs[1])
    # Pairs × pairs alone, without any width, would make it 1.26 times.
    assert later < 1.15 * earlier
    assert all_.forth_and_back < 1.1 * all_.forth

    # One tensor of every pair's mentions × hidden.
    repeated = pairs[2] * (MORE_MENTIONS - MENTIONS) // most * setting.model.hidden * 4
    assert with_more_mentions.forth - all_.forth < repeated / 2
