"""The documents that were left out."""

import json
from pathlib import Path

import pytest

from glre.errors import InputError
from glre.formats.outputs.set_aside_file import open_set_aside
from glre.formats.set_aside import SetAside

LEFT_OUT = [
    SetAside("in.pubtator, line 3", "41", "an offset of 9", "an offset from 0 to 8"),
    SetAside("bad\udcff.json", None, "no id", "an id “é”"),
]


def break_off(path: Path, documents: list[SetAside]) -> None:
    with open_set_aside(path) as writer:
        for document in documents:
            writer.write(document)
        raise ValueError("broken")


def test_a_line_for_each_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "set-aside.jsonl"
    with open_set_aside(path) as writer:
        for document in LEFT_OUT:
            writer.write(document)
        assert not path.exists()
    assert writer.written == 2
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [
        {
            "place": "in.pubtator, line 3",
            "document_id": "41",
            "reason": "found an offset of 9; expected an offset from 0 to 8",
        },
        {"place": "bad\\udcff.json", "document_id": None, "reason": "found no id; expected an id “é”"},
    ]


def test_no_file_where_nothing_was_left_out_and_none_of_an_earlier_run(tmp_path: Path) -> None:
    path = tmp_path / "set-aside.jsonl"
    with open_set_aside(path):
        pass
    path.write_text("of an earlier run")
    with open_set_aside(path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_broken_run_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "set-aside.jsonl"
    path.write_text("of an earlier run")
    for documents in ([], LEFT_OUT):
        with pytest.raises(ValueError, match="broken"):
            break_off(path, documents)
    assert path.read_text() == "of an earlier run"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found a folder"), open_set_aside(tmp_path):
        pass
