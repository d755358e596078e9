"""What a job was begun with, which a later run of it has to keep to."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from glre.document_format import Format
from glre.errors import InputError
from glre.files import written_whole
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reading import OffsetUnit
from glre.prediction.options import Precision
from glre.systems.trained import SETTINGS, WEIGHTS

JOB = "job.json"


@dataclass(frozen=True, slots=True)
class JobRecord:
    """All that the content of the outputs depends on, beside the shards.

    `weights` is the hash of the model's folder, `model` how it was named. `input_format` None is told
    by each shard's content.
    """

    model: str
    weights: str
    threshold: float | None
    top: int | None
    precision: Precision
    output_format: OutputFormat
    input_format: Format | None
    offsets: OffsetUnit = OffsetUnit.CHARACTERS
    types: tuple[tuple[str, str], ...] = ()


_RECORD = TypeAdapter(JobRecord)


def model_hash(model: Path) -> str:
    """SHA-256 of all files of a model's folder, a fine-tuned encoder's tokenizer among them, by name and content."""
    digest = hashlib.sha256()
    there = {path for path in model.rglob("*") if path.is_file()}
    for path in sorted(there | {model / WEIGHTS, model / SETTINGS}):
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            found = (error.strerror or "an unreadable file").lower()
            raise InputError(str(path), found, "a model as `glre train` writes it") from None
        digest.update(f"{content} {path.relative_to(model).as_posix()}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def keep_to(record: JobRecord, folder: Path) -> None:
    """Write the record into a folder that has none; InputError where it has another one, or other files."""
    place = folder / JOB
    if not place.is_file():
        strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        if strange:
            raise InputError(str(folder), f"files of something else ({strange[0]})", "a new folder, or that of a job")
        with written_whole(place) as temporary:
            temporary.write_bytes(_RECORD.dump_json(record, indent=1) + b"\n")
        return
    try:
        before = _RECORD.validate_json(place.read_bytes())
    except (ValidationError, OSError):
        raise InputError(str(place), "no record of a job", "what the job wrote; or choose another folder") from None
    differing = _differences(before, record)
    if differing:
        raise InputError(
            str(place),
            f"a job that was begun with {', '.join(differing)}",
            "the same, to go on with the job, or another output folder",
        )


def _differences(before: JobRecord, now: JobRecord) -> list[str]:
    """In words, such as `threshold 0.5, not 0.4`."""
    found = []
    if before.weights != now.weights:
        renamed = f"not {now.model}" if before.model != now.model else "which has changed since"
        found.append(f"the model {before.model}, {renamed}")
    later = asdict(now)
    for name, value in asdict(before).items():
        if name not in ("model", "weights") and value != later[name]:
            found.append(f"{name.replace('_', ' ')} {_shown(value)}, not {_shown(later[name])}")
    return found


def _shown(value: object) -> str:
    return "left open" if value is None else str(value)
