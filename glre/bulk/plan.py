"""Which output belongs to which shard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from glre.errors import InputError
from glre.formats.inputs.sources import find_sources
from glre.formats.outputs.output_format import OutputFormat

SUFFIXES = {
    OutputFormat.PARQUET: ".parquet",
    OutputFormat.JSONL: ".jsonl",
    OutputFormat.CSV: ".csv",
    OutputFormat.PUBTATOR: ".PubTator.txt",
    OutputFormat.BIOC_JSON: ".json",
    OutputFormat.BIOC_XML: ".xml",
}
_INPUT_SUFFIXES = (".pubtator.txt", ".pubtator")
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Shard:
    """An input file and what is made of it.

    `name` is its output's path below the job's folder. `set_aside` holds the documents that could not be used, where
    there are any. `size` is the input's in bytes.
    """

    name: str
    source: Path
    output: Path
    set_aside: Path
    size: int

    def absolute(self) -> "Shard":
        """The same for a process in another folder."""
        return replace(
            self,
            source=self.source.absolute(),
            output=self.output.absolute(),
            set_aside=self.set_aside.absolute(),
        )


def find_shards(inputs: Sequence[str], output: Path, format: OutputFormat) -> tuple[Shard, ...]:
    """The shards of files, folders and patterns; names, and folders below an input folder, are kept.

    InputError where an input is not there, or standard input, where two would have the same output, where outputs
    would lie among the inputs, and where many files can't have the format.
    """
    if format not in SUFFIXES:
        raise InputError("the output format", format.value, f"for a folder one of {', '.join(SUFFIXES)}")
    shards: list[Shard] = []
    sources: set[Path] = set()
    taken: dict[Path, Path] = {}
    for place in inputs:
        for source, name in _files(place, output):
            if source.resolve() in sources:  # named twice, by itself and in its folder, say
                continue
            sources.add(source.resolve())
            shard = _shard(source, name, output, SUFFIXES[format])
            for path in (shard.output, shard.set_aside):
                if path in taken:
                    raise InputError(
                        str(source), f"the same output as of {taken[path]}, {path}", "inputs whose names differ"
                    )
                taken[path] = source
            shards.append(shard)
    return tuple(shards)


def _files(place: str, output: Path) -> Iterator[tuple[Path, Path]]:
    """The files of one input, each with its path below the input's folder."""
    folder = _folder(place)
    inside = output.resolve()
    if Path(place).is_dir() and inside.is_relative_to(folder.resolve()):
        raise InputError(str(output), f"a folder inside the input {place}", "one outside the inputs")
    for source in find_sources([place]):
        if source.path is None:
            raise InputError(place, "standard input", "files, folders or patterns, where the output is a folder")
        if source.path.resolve().is_relative_to(inside):
            raise InputError(str(source.path), "an input inside the output folder", "another output folder")
        below = source.path.relative_to(folder) if source.path.is_relative_to(folder) else Path(source.path.name)
        yield source.path, below


def _folder(place: str) -> Path:
    """What names are kept below: a folder itself, of a pattern the part before the first wild card."""
    path = Path(place)
    if path.is_dir():
        return path
    if path.exists():
        return path.parent
    fixed: list[str] = []
    for part in path.parts[:-1]:
        if _WILD & set(part):
            break
        fixed.append(part)
    return Path(*fixed)


def _shard(source: Path, name: Path, output: Path, suffix: str) -> Shard:
    stem = _stem(name.name)
    shard = name.with_name(f"{stem}{suffix}")
    return Shard(
        name=shard.as_posix(),
        source=source,
        output=output / shard,
        set_aside=output / name.with_name(f"{shard.name}.set_aside.jsonl"),
        size=source.stat().st_size,
    )


def _stem(name: str) -> str:
    name = name.removesuffix(".gz")
    for suffix in _INPUT_SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return Path(name).stem
