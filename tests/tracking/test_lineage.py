import hashlib
from pathlib import Path

import pytest

from glre.errors import InputError
from glre.tracking.provenance.lineage import Output, hash_inputs, read_outputs

LOCK = """
schema: '2.0'
stages:
  make:
    cmd: make
    outs:
    - {path: data, hash: md5, md5: aaaa.dir, size: 4, nfiles: 2}
    - {path: one.txt, hash: md5, md5: bbbb, size: 4}
  frozen:
    cmd: make
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "sub").mkdir(parents=True)
    (tmp_path / "data" / "a.txt").write_text("a\n")
    (tmp_path / "data" / "sub" / "b.txt").write_text("b\n")
    (tmp_path / "one.txt").write_text("one\n")
    (tmp_path / "dvc.lock").write_text(LOCK)
    return tmp_path


def test_an_output_of_a_stage_has_the_hash_of_the_lock(tree: Path) -> None:
    outputs = read_outputs(tree)
    assert outputs == {"data": Output("aaaa.dir", 4), "one.txt": Output("bbbb", 4)}
    inputs = [Path("data"), tree / "one.txt"]
    assert hash_inputs(inputs, tree, outputs) == {"data": "aaaa.dir", "one.txt": "bbbb"}


def test_anything_else_has_its_md5(tree: Path) -> None:
    md5 = hashlib.md5(b"a\n").hexdigest()
    assert hash_inputs([Path("data/a.txt")], tree, read_outputs(tree)) == {"data/a.txt": md5}


def test_a_folder_is_hashed_as_dvc_does(tree: Path) -> None:
    # The figure is dvc 3.67's, from `dvc add data`.
    assert hash_inputs([Path("data")], tree, {}) == {"data": "849835d274483dc683eb416d6e4f887d.dir"}


def test_an_output_of_another_size_than_the_lock_says_is_hashed_anew(tree: Path) -> None:
    (tree / "one.txt").write_text("changed by hand\n")
    md5 = hashlib.md5(b"changed by hand\n").hexdigest()
    assert hash_inputs([Path("one.txt")], tree, read_outputs(tree)) == {"one.txt": md5}


def test_a_path_outside_of_the_work_tree_is_named_in_full(tree: Path) -> None:
    (name,) = hash_inputs([Path("../" + tree.name) / "one.txt", tree / "one.txt"], tree / "data", {})
    assert name == str(tree / "one.txt")


def test_a_missing_input_is_an_error(tree: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.txt: found nothing"):
        hash_inputs([Path("absent.txt")], tree, {})


def test_without_a_lock_there_are_no_outputs(tmp_path: Path) -> None:
    assert read_outputs(tmp_path) == {}


@pytest.mark.parametrize("content", ["stages: [", "stages: [a]", "stages: {make: {outs: [{md5: a}]}}", "- a"])
def test_a_broken_lock_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "dvc.lock").write_text(content)
    with pytest.raises(InputError, match=r"dvc\.lock"):
        read_outputs(tmp_path)
