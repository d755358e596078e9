import shutil
from pathlib import Path

import pytest

from glre.files import folder_made, remove_whole, written_whole


def test_a_file_appears_when_the_block_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "below" / "file.txt"
    with written_whole(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
        assert temporary.parent == path.parent
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_replaces_the_one_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    (path / "old").mkdir(parents=True)
    with written_whole(path) as temporary:
        temporary.mkdir()
        (temporary / "new").write_text("whole")
        assert (path / "old").is_dir()
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_replaces_a_file_and_a_file_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "either"
    for _ in range(2):
        with written_whole(path) as temporary:
            temporary.mkdir()
        assert path.is_dir()
        with written_whole(path) as temporary:
            temporary.write_text("a file")
        assert path.read_text() == "a file"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file.txt"
    path.write_text("before")

    def fail() -> None:
        with written_whole(path) as temporary:
            temporary.write_text("half of it")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_writes_nothing_fails_and_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file.txt").write_text("before")
    for path in (tmp_path / "folder" / "file.txt", tmp_path / "folder"):
        with pytest.raises(FileNotFoundError), written_whole(path):
            pass
    assert (tmp_path / "folder" / "file.txt").read_text() == "before"


@pytest.mark.parametrize("folder", [True, False])
def test_what_a_killed_process_left_is_replaced(tmp_path: Path, folder: bool) -> None:
    path = tmp_path / "file.txt"
    with written_whole(path) as temporary:
        left = temporary
        temporary.write_text("")
    if folder:
        left.mkdir()
        (left / "half").write_text("")
    else:
        left.write_text("half of it")
    with written_whole(path) as temporary:
        assert not temporary.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


def test_removing_a_folder_that_is_cut_short_leaves_nothing_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "folder"
    (path / "below").mkdir(parents=True)

    def cut_short(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            remove_whole(path)
    assert not path.exists()
    path.mkdir()
    remove_whole(path)
    remove_whole(path)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_were_made_for_nothing_are_gone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()

    def fail(folder: Path, left: str | None = None) -> None:
        with folder_made(folder):
            assert folder.is_dir()
            if left:
                (folder / left).touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "mine/a/b")
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "mine")
    assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "mine/c", left="file")
    assert (tmp_path / "mine/c/file").exists()


def test_folders_of_a_block_that_ends_well_stay(tmp_path: Path) -> None:
    with folder_made(tmp_path / "a/b"):
        pass
    assert (tmp_path / "a/b").is_dir()


def test_a_folder_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file/below"):
        with pytest.raises(NotADirectoryError), folder_made(folder):
            pass
