"""What is measured: a training split, or generated documents of a chosen size, with their hidden states."""

import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from glre import paths
from glre.document_format import Format
from glre.documents.document import Document, Mention
from glre.documents.table import read_documents, write_documents
from glre.encoding.frozen.cache import describe, read_description, write_features
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.location import encoder_identity
from glre.encoding.word_source import WordSource
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import CandidateRule, FineTuning, PretrainedEncoder, Training
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings
from glre.systems.split import Split, make_split
from glre.training.data import word_source
from sample_corpora.documents import Range, SampleSettings, generate

_WORDS_PER_SENTENCE = 10
_NAMES = 200
_LONGEST_MENTION = 8


@dataclass(frozen=True)
class Setting:
    """How a model is built and trained: the default experiment of a dataset."""

    model: GLRESettings
    training: Training
    encoder: PretrainedEncoder
    candidates: tuple[CandidateRule, ...]
    relations: tuple[str, ...]
    fine_tuning: FineTuning | None = None
    """Of the encoder; None where it is frozen."""


@dataclass(frozen=True)
class Workload:
    """Documents and their hidden states as files, so that a child process can read them.

    `features` is a folder as `glre encode` leaves it, with the states in train.npy.
    """

    documents: Path
    features: Path

    def read(self) -> list[Document]:
        """The documents."""
        return read_documents(self.documents)

    def split(self, setting: Setting) -> Split:
        """The documents made ready for the model."""
        documents = self.read()
        inputs = self.source(setting).inputs(documents)
        return make_split(GLRE, documents, inputs, setting.candidates, setting.relations)

    def source(self, setting: Setting) -> WordSource:
        """What the documents' words are made from: the hidden states."""
        return word_source(setting.encoder, None, {}, self.features)


def frozen_states(split: Split, numbers: Sequence[int]) -> Tensor:
    """Hidden states `[words, layers, width]` of these documents, of a split that reads those of a frozen encoder."""
    states = split.inputs.take(numbers)
    if not isinstance(states, Tensor):
        raise TypeError("a split whose encoder is fine-tuned")
    return states


def default_setting(dataset: str) -> Setting:
    """The experiment `glre` on `dataset`, as params.yaml has it."""
    settings = read_settings()
    experiment, of_dataset = settings.experiment(dataset, "glre"), settings.dataset(dataset)
    encoder = settings.encoder(experiment.encoder)
    if not isinstance(encoder, PretrainedEncoder):
        raise InputError(f"dataset {dataset!r}, experiment 'glre'", "word vectors", "a pretrained encoder")
    assert isinstance(experiment.model, GLRESettings)
    return Setting(
        model=experiment.model,
        training=experiment.training,
        encoder=encoder,
        candidates=of_dataset.candidates,
        relations=of_dataset.relations,
        fine_tuning=experiment.fine_tuning,
    )


def training_split(dataset: str, folder: Path) -> tuple[Workload, Setting]:
    """The training split of `dataset`; of the sample corpus where `glre encode` has not run on that one.

    The layers are those that the hidden states hold, whatever params.yaml says by now.
    """
    setting = default_setting(dataset)
    encoder = read_settings().experiment(dataset, "glre").encoder
    states = paths.hidden_states(dataset, encoder, "train")
    workload = Workload(paths.documents(dataset, "train"), states.parent)
    description = read_description(states)
    if workload.documents.is_file() and description is not None:
        return workload, replace(setting, encoder=setting.encoder.model_copy(update={"layers": description.layers}))
    print(f"no documents or no hidden states of {dataset}: measuring on the sample corpus", file=sys.stderr)
    setting = default_setting("sample")
    return encoded(
        read_corpus_file(Path("data/sample/train.PubTator.txt"), Format.PUBTATOR, setting.relations).documents,
        setting,
        folder,
    ), setting


def encoded(documents: Sequence[Document], setting: Setting, folder: Path) -> Workload:
    """Write the documents and their hidden states to `folder`."""
    workload = Workload(folder / "documents.parquet", folder / "features")
    write_documents(documents, workload.documents)
    encoder = FrozenEncoder(setting.encoder)
    subwords = [encoder.subwords(document) for document in documents]
    description = describe(encoder, encoder_identity(setting.encoder), documents)
    with progress("encoding", sum(len(document.ids) for document in subwords), "subword") as bar:
        states, partial = workload.features / "train.npy", folder / "partial"
        write_features(encoder, documents, subwords, description, states, partial, bar.advance)
    return workload


def generated_document(words: int, entities: int, seed: int = 1) -> Document:
    """One document of about `words` words with exactly `entities` entities."""
    sentences = max(2, words // _WORDS_PER_SENTENCE)
    for _ in range(3):
        document = generated_documents(1, Range(sentences, sentences), entities, seed)[0]
        sentences = max(2, round(sentences * words / document.words))
    return document


def generated_documents(count: int, sentences: Range, entities: int, seed: int = 1) -> list[Document]:
    """Documents of the sample corpus; the number of sentences of each lies in `sentences`."""
    settings = SampleSettings(
        documents=count, seed=seed, sentences=sentences, entities=Range(entities, entities), names=_NAMES
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "documents.txt"
        path.write_text("".join(generate(settings)), encoding="utf-8")
        return read_corpus_file(path, Format.PUBTATOR, ("CID",)).documents


def with_mentions(document: Document, mentions: int, seed: int = 1) -> Document:
    """The same text with `mentions` mentions of one to eight words; each entity gets one, chance deals out the others.

    No two cover the same words, though they may overlap.
    """
    chance = random.Random(seed)
    spans = [
        (number, start, start + length)
        for number, sentence in enumerate(document.sentences)
        for length in range(1, _LONGEST_MENTION + 1)
        for start in range(len(sentence.words) - length + 1)
    ]
    if not len(document.entities) <= mentions <= len(spans):
        expected = f"from {len(document.entities)}, one for each entity, to {len(spans)}, the spans of the text"
        raise InputError("generated documents", f"{mentions} mentions", expected)
    owners = [*range(len(document.entities))]
    owners += chance.choices(owners, k=mentions - len(owners))
    dealt: list[list[tuple[int, int, int]]] = [[] for _ in document.entities]
    for owner, span in zip(owners, chance.sample(spans, mentions), strict=True):
        dealt[owner].append(span)
    entities = tuple(
        replace(
            entity,
            mentions=tuple(
                Mention(sentence, start, end, " ".join(document.sentences[sentence].words[start:end]), entity.type)
                for sentence, start, end in sorted(found)
            ),
        )
        for entity, found in zip(document.entities, dealt, strict=True)
    )
    return replace(document, entities=entities)
