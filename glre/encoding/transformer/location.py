"""Where a pre-trained encoder comes from, and what tells its weights from another's."""

import hashlib
import importlib.util
from pathlib import Path

from glre.errors import InputError
from glre.settings import PretrainedEncoder


def encoder_source(settings: PretrainedEncoder) -> str:
    """The folder of a bundled encoder, else the name or path it is loaded by."""
    if settings.package is None:
        return str(settings.name)
    try:
        package = importlib.util.find_spec(settings.package)
    except ModuleNotFoundError:  # of a name with a dot, whose first part is missing
        package = None
    if package is None or package.origin is None:
        raise InputError(
            "params.yaml, encoders", f"the package {settings.package!r}, which is not installed", "an installed package"
        )
    return str(Path(package.origin).parent / settings.folder)


def encoder_identity(settings: PretrainedEncoder) -> str:
    """What tells one encoder's weights from another's: the hash of its files, or its name and revision."""
    source = encoder_source(settings)
    if not Path(source).is_dir():
        return f"{source}@{settings.revision or 'main'}"
    digest = hashlib.sha256()
    for file in sorted(Path(source).iterdir()):
        if file.suffix in {".json", ".safetensors", ".bin", ".txt", ".model", ".bpe", ".codes"}:
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return f"sha256:{digest.hexdigest()}"
