"""Hidden states of a frozen encoder for every word of a dataset."""

import shutil
from contextlib import suppress

from glre import paths
from glre.documents.table import read_documents
from glre.encoding.frozen.cache import describe, read_description, write_features
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.location import encoder_identity
from glre.errors import InputError
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import WordVectors
from glre.tracking import StageIdentity, stage_run


def run(dataset: str, encoder: str) -> None:
    """Write data/features/<dataset>/<encoder>/<split>.npy; splits whose states are there already are left alone."""
    settings = read_settings()
    chosen = settings.encoder(encoder)
    if isinstance(chosen, WordVectors):
        raise InputError(f"encoder {encoder!r}", "word vectors", "a pretrained encoder; word vectors need no encoding")
    tables = {split: paths.documents(dataset, split) for split in settings.dataset(dataset).splits}
    splits = {split: read_documents(table) for split, table in tables.items()}
    frozen = FrozenEncoder(chosen)
    identity = encoder_identity(chosen)
    # DVC removes what a stage wrote before it runs the stage again: splits wait here until all are there.
    finished = paths.partial(dataset) / f"{encoder}.finished"
    with stage_run(StageIdentity("encode", dataset, encoder=encoder), chosen, list(tables.values())) as tracked:
        for split, documents in splits.items():
            path = paths.hidden_states(dataset, encoder, split)
            description = describe(frozen, identity, documents)
            if read_description(path) == description:
                print(f"{path}: already there", flush=True)
                continue
            waiting = finished / path.name
            if read_description(waiting) == description:
                continue
            subwords = [frozen.subwords(document) for document in documents]
            total = sum(len(document.ids) for document in subwords)
            with progress(f"encoding {split}", total, "subword") as bar:
                write_features(frozen, documents, subwords, description, waiting, paths.partial(dataset), bar.advance)
            tracked.log_metrics({f"{split}.words": description.words, f"{split}.subwords": total})
        for split in splits:
            path = paths.hidden_states(dataset, encoder, split)
            # The states first: without a description they are not read.
            for file in (path, path.with_suffix(".json")):
                if (finished / file.name).exists():
                    file.parent.mkdir(parents=True, exist_ok=True)
                    (finished / file.name).replace(file)
    shutil.rmtree(finished, ignore_errors=True)
    with suppress(OSError):  # not empty: another stage's work waits there
        paths.partial(dataset).rmdir()
