"""What became of a shard, and what is heard of it while it is worked on."""

from dataclasses import dataclass

from glre.bulk.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class ShardSummary:
    """A shard whose output is there: documents predicted, relations found in them, documents set aside.

    `content` is the input as it was read, `output_size` the output's bytes.
    """

    shard: str
    documents: int
    relations: int
    set_aside: int
    seconds: float
    content: Fingerprint
    output_size: int


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
