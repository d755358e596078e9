"""Which output belongs to which shard."""

from pathlib import Path

import pytest

from glre.bulk.plan import find_shards
from glre.errors import InputError
from glre.formats.outputs.output_format import OutputFormat

PARQUET = OutputFormat.PARQUET


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with shards in folders."""
    for name in ("in/a.jsonl", "in/b.parquet", "in/x/a.jsonl", "in/x/y/c.PubTator.txt", "more/a.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("shard\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outputs(*inputs: str, format: OutputFormat = PARQUET) -> list[str]:
    shards = find_shards(inputs, Path("out"), format)
    assert all(shard.output == Path("out") / shard.name for shard in shards)
    assert all(shard.size == 6 for shard in shards)
    return sorted(shard.name for shard in shards)


@pytest.mark.usefixtures("files")
def test_names_and_folders_below_an_input_are_kept() -> None:
    assert outputs("in") == ["a.parquet", "b.parquet", "x/a.parquet", "x/y/c.parquet"]
    assert outputs("in/") == outputs("in") == outputs("./in")
    assert outputs("in/x/a.jsonl", "in/b.parquet") == ["a.parquet", "b.parquet"]
    assert outputs("in/*/a.jsonl", "in/?.parquet") == ["b.parquet", "x/a.parquet"]


@pytest.mark.usefixtures("files")
def test_outputs_end_as_their_format_does() -> None:
    assert outputs("in/x", format=OutputFormat.JSONL) == ["a.jsonl", "y/c.jsonl"]
    assert outputs("in/x", format=OutputFormat.PUBTATOR) == ["a.PubTator.txt", "y/c.PubTator.txt"]
    with pytest.raises(InputError, match="table"):
        outputs("in/x", format=OutputFormat.TABLE)


def test_compressed_inputs(files: Path) -> None:
    (files / "in/x/z.jsonl.gz").write_text("shard\n")
    assert outputs("in/x") == ["a.parquet", "y/c.parquet", "z.parquet"]


def test_absolute_inputs(files: Path) -> None:
    assert outputs(str(files / "in/x")) == ["a.parquet", "y/c.parquet"]
    assert outputs(str(files / "in/*/a.jsonl")) == ["x/a.parquet"]


@pytest.mark.usefixtures("files")
def test_a_file_that_is_named_twice_is_one_shard() -> None:
    assert outputs("in", "in/a.jsonl", "in/*.parquet") == outputs("in")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("inputs", [("in", "more"), ("more/a.jsonl", "in/x/a.jsonl")])
def test_two_with_the_same_output_are_refused(inputs: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"same output as of .*a\.jsonl"):
        outputs(*inputs)


def test_an_output_that_would_be_another_shards_set_aside_is_refused(files: Path) -> None:
    (files / "in/a.jsonl.set_aside.txt").write_text("shard\n")
    with pytest.raises(InputError, match="same output"):
        outputs("in/a.jsonl", "in/a.jsonl.set_aside.txt", format=OutputFormat.JSONL)


@pytest.mark.usefixtures("files")
def test_outputs_among_inputs_are_refused() -> None:
    with pytest.raises(InputError, match="inside the input"):
        find_shards(["in"], Path("in/out"), PARQUET)
    with pytest.raises(InputError, match="inside the input"):
        find_shards(["in"], Path("in"), PARQUET)
    with pytest.raises(InputError, match="inside the output folder"):
        find_shards(["in/*.jsonl"], Path("in"), PARQUET)


@pytest.mark.usefixtures("files")
def test_inputs_that_are_no_shards() -> None:
    with pytest.raises(InputError, match="standard input"):
        outputs("-")
    with pytest.raises(InputError, match="nowhere"):
        outputs("nowhere")
