"""What became of a shard, and what is heard of it while it is worked on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from glre.bulk.fingerprint import Fingerprint
from glre.formats.passed_over import PassedOver


@dataclass(frozen=True, slots=True)
class ShardSummary:
    """A shard whose output is there: documents predicted, relations found in them, documents set aside.

    `content` is the input as it was read, `output_size` the output's bytes. `pairs` are those that the model was asked
    about, `types` counts the entities' types, and `passed_over` what of the shard was passed over or mended.
    """

    shard: str
    documents: int
    relations: int
    set_aside: int
    seconds: float
    content: Fingerprint
    output_size: int
    pairs: int = 0
    types: Mapping[str, int] = field(default_factory=dict)
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class ShardFailure:
    """A shard without an output, and why: `place`, what was `found` there and `expected`, as in InputError."""

    shard: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}; expected {self.expected}"


@dataclass(frozen=True, slots=True)
class DocumentsDone:
    """So many further documents of a shard lie behind."""

    shard: str
    documents: int


@dataclass(frozen=True, slots=True)
class ShardLost:
    """The worker on a shard is gone; another one begins the shard again."""

    shard: str
    reason: str


Event = ShardSummary | ShardFailure | DocumentsDone | ShardLost
"""What the workers of a job report, in the order in which it happens."""
