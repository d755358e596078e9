"""Documents of a few words with random entities and gold, some of them without a candidate pair."""

import numpy as np
import torch

from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence, check
from glre.encoding.word_inputs import vocabulary, word_numbers
from glre.encoding.word_source import VectorTable, WordDescription
from glre.settings import CandidateRule, Training, WordVectors
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings
from glre.systems.network import Scorer
from glre.systems.split import Split, make_split
from glre.systems.trained import new_scorer

RELATIONS = ("r", "s")
RULES = (CandidateRule(head="a", tail="b"),)
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: number for number, word in enumerate(WORDS, start=1)}


def documents(count: int, seed: int = 0) -> list[Document]:
    """Reproducible documents; every fourth has no entity of type b, so that no pair of it is asked for."""
    chance = np.random.default_rng(seed)
    return [_document(f"{seed}-{number}", chance, pairs=number % 4 != 3) for number in range(count)]


def split(made: list[Document]) -> Split:
    """The documents with numbers of word vectors as inputs."""
    return make_split(GLRE, made, word_numbers(made, NUMBERS), RULES, RELATIONS)


def vectors(words: tuple[str, ...] = WORDS, table: np.ndarray | None = None) -> VectorTable:
    """Word vectors of width 8 for these words, which start from those of `table` where there is one."""
    encoder = WordVectors(kind="word_vectors", width=8)
    return VectorTable(WordDescription(encoder=encoder, identity="made vectors", width=8, vocabulary=words), table)


def small_scorer(seed: int = 0, **changes: object) -> Scorer:
    """An untrained small model on word vectors."""
    torch.manual_seed(seed)
    return new_scorer(small_model(**changes), vectors(), len(RELATIONS))


def small_model(**changes: object) -> GLRESettings:
    """Settings of a small model with dropout everywhere."""
    return GLRESettings.model_validate(
        {
            "hidden": 8,
            "lstm": 4,
            "encoder_dropout": 0.3,
            "node_type": 2,
            "rgcn_layers": 2,
            "rgcn_input_dropout": 0.2,
            "rgcn_output_dropout": 0.1,
            "heads": 2,
            "attention_dropout": 0.2,
            "distance": 3,
            "distance_bins": 4,
            "classifier_hidden": (6,),
            "classifier_dropout": 0.2,
        }
        | changes
    )


def training(**changes: object) -> Training:
    """Settings for a few quick epochs."""
    return Training.model_validate(
        {
            "seeds": (1,),
            "learning_rate": 1e-2,
            "batch_size": 4,
            "epochs": 5,
            "patience": 5,
            "weight_decay": 1e-4,
            "amsgrad": True,
            "gradient_clip": 10.0,
        }
        | changes
    )


def words_of(made: list[Document]) -> tuple[str, ...]:
    """All words of the documents."""
    return vocabulary(made, 1)


def _document(name: str, chance: np.random.Generator, pairs: bool) -> Document:
    lengths = chance.integers(3, 9, size=chance.integers(1, 5))
    sentences = tuple(Sentence(tuple(chance.choice(WORDS, size=length).tolist())) for length in lengths)
    types = ["a"] * int(chance.integers(1, 4)) + ["b"] * int(chance.integers(1, 4) if pairs else 0)
    entities = tuple(_entity(f"E{number}", kind, sentences, chance) for number, kind in enumerate(types))
    facts, excluded = [], []
    for head in entities:
        for tail in entities:
            if (head.type, tail.type) == ("a", "b"):
                kind = chance.choice([*RELATIONS, "none", "none", "excluded"])
                if kind in RELATIONS:
                    facts.append(Fact(head.id, tail.id, str(kind)))
                elif kind == "excluded":
                    excluded.append(ExcludedPair(head.id, tail.id, "hypernym"))
    made = Document(name, "", None, sentences, entities, tuple(facts), tuple(excluded))
    check(made, "a test")
    return made


def _entity(name: str, kind: str, sentences: tuple[Sentence, ...], chance: np.random.Generator) -> Entity:
    mentions = []
    for sentence in sorted(chance.integers(len(sentences), size=chance.integers(1, 4)).tolist()):
        start = int(chance.integers(len(sentences[sentence].words)))
        mentions.append(Mention(sentence, start, start + 1, sentences[sentence].words[start], kind))
    return Entity(name, kind, tuple(mentions))
