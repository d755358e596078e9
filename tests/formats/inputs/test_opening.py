import gzip
import io
import os
import threading
from pathlib import Path

import pytest
from export_texts import DOCUMENTS, EXPORTS, PUBTATOR

from glre.errors import InputError
from glre.formats.inputs.sources import Source
from glre.formats.reader import read_source

FROM_STANDARD_INPUT = Source("standard input", None)


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(name: str, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    content = EXPORTS[name]
    if packed and name != "gz":
        content = gzip.compress(content)
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as standard_input:
        monkeypatch.setattr("sys.stdin", standard_input)
        writer = threading.Thread(target=_write_slowly, args=(writing, content))
        writer.start()
        assert len(list(read_source(FROM_STANDARD_INPUT))) == 2
        writer.join()


def _write_slowly(target: int, content: bytes) -> None:
    with os.fdopen(target, "wb", buffering=0) as file:
        for start in range(0, len(content), 999):
            file.write(content[start : start + 999])


def test_gzip_of_several_members(tmp_path: Path) -> None:
    first, second = PUBTATOR.encode().split(b"\n\n")
    packed = gzip.compress(first + b"\n\n") + gzip.compress(second)
    (path := tmp_path / "corpus").write_bytes(packed)
    assert list(read_source(Source("here", path))) == DOCUMENTS


def test_more_than_is_looked_at_first(tmp_path: Path) -> None:
    block = PUBTATOR.partition("\n\n")[0]
    text = "\n\n".join(block.replace("1|", f"{number}|").replace("\n1\t", f"\n{number}\t") for number in range(2000))
    (path := tmp_path / "corpus").write_bytes(gzip.compress(text.encode()))
    assert [document.id for document in read_source(Source("here", path))] == list(map(str, range(2000)))


def test_a_packed_file_that_breaks_off_gives_what_is_whole(tmp_path: Path) -> None:
    text = "".join(f"{number}|t|Title {number * 7919}.\n{number}|a|\n\n" for number in range(20_000))
    packed = gzip.compress(text.encode())
    (path := tmp_path / "corpus").write_bytes(packed[: len(packed) // 2])
    whole = []
    reading = read_source(Source("here", path))
    with pytest.raises(InputError, match="a broken or incomplete gzip file"):
        # What came before the error stays in the list.
        whole.extend(reading)
    assert len(whole) > 1000
    assert [(one.id, one.title) for one in whole] == [(str(n), f"Title {n * 7919}.") for n in range(len(whole))]


class Failing(io.RawIOBase):
    """A disk that fails after the first lines."""

    def __init__(self) -> None:
        self._left = [b"1|t|Palsy.\n\n" * 6000]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            raise OSError(5, "Input/output error")
        piece = self._left.pop()[: len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_disk_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(Failing(), 2**17)))
    with pytest.raises(InputError, match="standard input: found Input/output error"):
        list(read_source(FROM_STANDARD_INPUT))
