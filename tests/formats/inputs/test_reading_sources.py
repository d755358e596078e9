import os
from pathlib import Path

import pytest

from glre.errors import InputError
from glre.formats.inputs.sources import Source, find_sources


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a.txt", "in/c.json", "in/.hidden", ".git/config", "in/deeper/[d].txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "none").mkdir()
    return tmp_path


def names(*inputs: str) -> list[str]:
    return [source.name for source in find_sources(inputs)]


def test_files_folders_patterns_and_standard_input(folder: Path) -> None:
    assert names("b.txt", "a.txt") == ["b.txt", "a.txt"]
    assert names(str(folder)) == [str(folder / name) for name in ("a.txt", "b.txt", "in/c.json", "in/deeper/[d].txt")]
    assert names("*.txt") == ["a.txt", "b.txt"]
    assert names("**/*.txt") == ["a.txt", "b.txt", "in/deeper/[d].txt"]
    assert names(f"{folder}/i*") == [f"{folder}/in/c.json", f"{folder}/in/deeper/[d].txt"]
    assert find_sources(["-"]) == (Source("standard input", None),)


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(folder: Path) -> None:
    assert names("in/deeper/[d].txt") == ["in/deeper/[d].txt"]
    assert folder.is_dir()


def test_each_file_once(folder: Path) -> None:
    (folder / "link.txt").symlink_to("a.txt")
    assert names("a.txt", "./a.txt", "*.txt", "-", "-", "link.txt") == ["a.txt", "b.txt", "standard input"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("absent.txt", "no such file or folder"),
        ("absent/*.txt", "nothing that fits the pattern"),
        ("none", "no file in the folder"),
        ("a.txt/below", "Not a directory"),
        ("", "the name ''"),
        ("a\0b", "the name 'a\\x00b'"),
        ("x" * 300, "File name too long"),
    ],
)
def test_inputs_that_name_nothing(folder: Path, given: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        names("a.txt", given)
    assert caught.value.found == found
    assert folder.is_dir()


def test_no_input_at_all() -> None:
    with pytest.raises(InputError):
        find_sources([])


def test_a_folder_that_links_to_itself(folder: Path) -> None:
    (folder / "in/loop").symlink_to(folder, target_is_directory=True)
    assert names("in") == ["in/c.json", "in/deeper/[d].txt"]
    assert (folder / "in/loop").is_symlink()


def test_a_pipe_is_read_where_it_is_asked_for_and_not_found_in_a_folder(folder: Path) -> None:
    os.mkfifo(folder / "in/pipe")
    assert names("in", "i*") == ["in/c.json", "in/deeper/[d].txt"]
    assert names("./in/pipe") == ["in/pipe"]
    with pytest.raises(InputError, match="found no file among what fits the pattern"):
        names("in/p*")
    assert folder.is_dir()


def test_a_link_to_nowhere_is_told_of_when_it_is_read(folder: Path) -> None:
    (folder / "none/link").symlink_to("nowhere")
    assert names("none", "non*/*") == ["none/link"]
