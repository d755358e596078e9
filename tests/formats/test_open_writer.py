"""Files that appear whole or not at all, written with little memory."""

import os
import resource
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from answered_documents import answer, with_text, without_text

from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.outputs.output_format import OutputFormat, output_format
from glre.formats.tables import parquet_table
from glre.formats.writer import open_writer

FILES = [format for format in OutputFormat if format is not OutputFormat.TABLE]


def write_from(path: Path, format: OutputFormat, source: Iterable[Document]) -> None:
    with open_writer(path, format) as writer:
        for number, document in enumerate(source):
            writer.write(document, answer(document, seed=number))


def broken_source() -> Iterator[Document]:
    yield with_text()
    raise OSError("the source is gone")


@pytest.mark.parametrize("format", FILES)
def test_the_file_is_there_when_the_block_ends_well(tmp_path: Path, format: OutputFormat) -> None:
    path = tmp_path / "new" / "relations"
    with open_writer(path, format) as writer:
        writer.write(with_text(), answer(with_text()))
        assert not path.exists()
    assert b"makes worse" in path.read_bytes() or format in (OutputFormat.PARQUET, OutputFormat.PUBTATOR)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("format", FILES)
def test_the_same_relations_make_the_same_file(tmp_path: Path, format: OutputFormat) -> None:
    for name in ("one", "two"):
        with open_writer(tmp_path / name, format) as writer:
            for document in (with_text(), without_text()):
                writer.write(document, answer(document))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("format", FILES)
def test_nothing_is_left_of_a_broken_run(tmp_path: Path, format: OutputFormat) -> None:
    path = tmp_path / "relations"
    path.write_text("of an earlier run")
    with pytest.raises(OSError, match="the source is gone"):
        write_from(path, format, broken_source())
    assert path.read_text() == "of an earlier run"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format", FILES)
def test_memory_does_not_grow_with_the_documents(
    tmp_path: Path, format: OutputFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_table, "ROW_GROUP", 64)
    with open_writer(tmp_path / "relations", format) as writer:

        def held_after(count: int) -> int:
            for number in range(count):
                document = replace(with_text(), id=str(number))
                writer.write(document, answer(document, seed=number))
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            first = held_after(128)
            assert held_after(512) - first < 64_000
        finally:
            tracemalloc.stop()
    # What was not held is there.
    assert (tmp_path / "relations").stat().st_size > 640 * 8


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("format", FILES)
@pytest.mark.parametrize("documents", [3, 1_000])
def test_a_full_disk_is_one_line(
    tmp_path: Path, format: OutputFormat, documents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_table, "ROW_GROUP", 64)
    path = tmp_path / "relations"
    source = (replace(with_text(), id=str(number)) for number in range(documents))
    with largest_file(100), pytest.raises(InputError) as error:
        write_from(path, format, source)
    assert error.value.place == str(path)
    assert error.value.found == "File too large"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "mine").touch()
    with pytest.raises(InputError, match="found a folder"), open_writer(folder, OutputFormat.CSV):
        pass
    assert (folder / "mine").exists()


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="a device or pipe"), open_writer(pipe, OutputFormat.CSV):
        pass
    assert pipe.is_fifo()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "relations.csv"
    with pytest.raises(InputError) as error, open_writer(path, OutputFormat.CSV):
        pass
    assert error.value.place == str(path)


def test_a_table_is_not_written_to_a_file(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="jsonl, parquet, csv"),
        open_writer(tmp_path / "relations", OutputFormat.TABLE),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.jsonl", OutputFormat.JSONL),
        ("a.ndjson", OutputFormat.JSONL),
        ("a.parquet", OutputFormat.PARQUET),
        ("a.b.CSV", OutputFormat.CSV),
        ("a.pubtator", OutputFormat.PUBTATOR),
        ("a.PubTator.txt", OutputFormat.PUBTATOR),
        ("a.json", OutputFormat.BIOC_JSON),
        ("a.bioc.json", OutputFormat.BIOC_JSON),
        ("a.xml", OutputFormat.BIOC_XML),
    ],
)
def test_the_format_is_told_by_the_name(name: str, format: OutputFormat) -> None:
    assert output_format(Path("folder.csv") / name) is format


@pytest.mark.parametrize("name", ["a.txt", "a", "a.jsonl.gz", "csv"])
def test_a_name_that_tells_no_format_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"\.jsonl, .*\.xml"):
        output_format(Path(name))
