"""Frozen hidden states on disk: written block by block so that a stopped run goes on, read through a memory map."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from glre.documents.document import Document
from glre.encoding.frozen.frozen_encoder import SUBWORDS_PER_BLOCK, FrozenEncoder, blocks_by_length
from glre.encoding.tokenization.subwords import Subwords
from glre.errors import InputError
from glre.files import written_whole

States = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class FeatureDescription:
    """What a file of hidden states was made from; one that differs in anything is not read."""

    encoder: str
    layers: tuple[int, ...]
    width: int
    window: int
    precision: str
    text: str
    """Hash of the words of all documents, in order."""
    words: int

    @property
    def key(self) -> str:
        """A short name for all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def text_hash(documents: Sequence[Document]) -> str:
    """Hash of the documents' words and sentence borders, which is all that the encoder sees of them."""
    digest = hashlib.sha256()
    for document in documents:
        for sentence in document.sentences:
            digest.update("\0".join(sentence.words).encode() + b"\1")
        digest.update(b"\2")
    return digest.hexdigest()


def describe(encoder: FrozenEncoder, identity: str, documents: Sequence[Document]) -> FeatureDescription:
    """The description of what `write_features` would make of these documents."""
    return FeatureDescription(
        encoder=identity,
        layers=encoder.layers,
        width=encoder.width,
        window=encoder.limit,
        precision=encoder.settings.precision,
        text=text_hash(documents),
        words=sum(document.words for document in documents),
    )


def write_features(
    encoder: FrozenEncoder,
    documents: Sequence[Document],
    subwords: Sequence[Subwords],
    description: FeatureDescription,
    path: Path,
    partial: Path,
    advance: Callable[[int], None],
    tokens_per_block: int = SUBWORDS_PER_BLOCK,
) -> None:
    """Encode the documents into `path` (a .npy of `[words, layers, width]`) with its description beside it.

    Blocks of documents of like length are written to `partial`, and a journal says which are done: a run that was
    killed goes on behind the last whole block. `advance` is told the subwords of each block as it is done.
    """
    starts = np.cumsum([0, *(document.words for document in documents)])
    workspace = partial / description.key
    workspace.mkdir(parents=True, exist_ok=True)
    table, journal = workspace / "states.npy", workspace / "done.txt"
    shape = (description.words, len(description.layers), description.width)
    done = _blocks_done(journal) if table.is_file() else set()
    # Anew: a line that was cut short must not run into the next one, nor any outlive the states that it speaks of.
    journal.write_text("".join(f"{number}\n" for number in sorted(done)), encoding="utf-8")
    if not done:
        np.lib.format.open_memmap(table, mode="w+", dtype=np.float16, shape=shape).flush()
    states = np.load(table, mmap_mode="r+", allow_pickle=False)
    for number, block in enumerate(blocks_by_length(subwords, tokens_per_block)):
        if number not in done:
            encoded = encoder.encode([subwords[document] for document in block])
            for document, rows in zip(block, encoded, strict=True):
                states[starts[document] : starts[document + 1]] = rows
            states.flush()
            with journal.open("a", encoding="utf-8") as file:
                file.write(f"{number}\n")
        advance(sum(len(subwords[document].ids) for document in block))
    del states
    # First, so that the new states never stand beside the description of older ones.
    path.with_suffix(".json").unlink(missing_ok=True)
    with written_whole(path) as temporary:
        shutil.move(table, temporary)
    with written_whole(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(asdict(description), indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(workspace)


def read_description(path: Path) -> FeatureDescription | None:
    """The description beside the hidden states at `path`, None where there are none or it is damaged."""
    beside = path.with_suffix(".json")
    if not (beside.is_file() and path.is_file()):
        return None
    try:
        content = json.loads(beside.read_text(encoding="utf-8"))
        return FeatureDescription(**{**content, "layers": tuple(content["layers"])})
    except (ValueError, TypeError, KeyError):
        return None


def read_states(
    folder: Path, documents: Sequence[Document], refusal: Callable[[FeatureDescription], str | None]
) -> States:
    """The hidden states of `documents`, memory-mapped `[words, layers, width]`, out of the files in `folder`.

    `refusal` says of a file of these documents what is wanted instead, None where it is what is wanted. InputError
    where there is none, or it is damaged.
    """
    text = text_hash(documents)
    described = {path: read_description(path) for path in sorted(folder.glob("*.npy"))}
    if not any(described.values()):
        raise InputError(str(folder), "no hidden states", "the output of `glre encode`")
    of_text = {path: found for path, found in described.items() if found is not None and found.text == text}
    if not of_text:
        found = "hidden states of other documents"
        raise InputError(str(folder), found, "those of the split; run `glre encode` again")
    path, description = next(iter(of_text.items()))
    if wanted := refusal(description):
        layers = f"layers {list(description.layers)} of {description.encoder} in {description.precision}"
        raise InputError(str(path), f"hidden states of {layers}", f"those of {wanted}; run `glre encode` again")
    try:
        states: States = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError):
        raise InputError(str(path), "no whole table of hidden states", "the output of `glre encode`") from None
    return states


def _blocks_done(journal: Path) -> set[int]:
    if not journal.is_file():
        return set()
    # A line that a kill cut short ends without its newline and does not count.
    return {int(line) for line in journal.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")}
