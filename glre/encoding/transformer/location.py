"""Where a pre-trained encoder comes from, and what tells its weights from another's."""

import hashlib
from pathlib import Path

from glre.encoding.packages import package_folder
from glre.settings import PretrainedEncoder


def encoder_source(settings: PretrainedEncoder) -> str:
    """The folder of a bundled encoder, else the name or path it is loaded by."""
    if settings.package is None:
        return str(settings.name)
    return str(package_folder(settings.package) / settings.folder)


def encoder_identity(settings: PretrainedEncoder) -> str:
    """What tells one encoder's states from another's: the hash of its files, or its name and revision."""
    weights = _identity_of_weights(encoder_source(settings), settings.revision)
    return weights if settings.context else f"input embeddings of {weights}"


def _identity_of_weights(source: str, revision: str | None) -> str:
    if not Path(source).is_dir():
        return f"{source}@{revision or 'main'}"
    digest = hashlib.sha256()
    for file in sorted(Path(source).iterdir()):
        if file.suffix in {".json", ".safetensors", ".bin", ".txt", ".model", ".bpe", ".codes"}:
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return f"sha256:{digest.hexdigest()}"
