"""What a bulk job is asked for."""

from dataclasses import dataclass

from glre.errors import InputError
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reading import AS_TOLD, Reading
from glre.prediction.options import Options


@dataclass(frozen=True, slots=True)
class ShardOptions:
    """How a shard is read, and what it is turned into.

    Of a strict reading a document that can't be used makes its shard fail; else it is set aside.
    """

    output_format: OutputFormat = OutputFormat.PARQUET
    reading: Reading = AS_TOLD


_AS_THE_MODEL_IS = Options()
_PARQUET = ShardOptions()


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """A bulk job; InputError where it has no worker.

    `workers` None is one here, or on a Ray cluster one for each of its processors. `ray` is the address of a running
    cluster (`auto`, or `host:port`), "local" one that is started here for the job, and None no Ray.
    """

    prediction: Options = _AS_THE_MODEL_IS
    shards: ShardOptions = _PARQUET
    workers: int | None = None
    ray: str | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError("--workers", str(self.workers), "a number from 1")
