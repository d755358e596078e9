from pathlib import Path

import pytest

from glre.errors import InputError
from glre.tracking.record import read_run_id, write_run_id


def test_an_id_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "results" / "train_run.json"
    assert read_run_id(path) is None
    write_run_id("0a1b", path)
    assert read_run_id(path) == "0a1b"
    assert [file.name for file in path.parent.iterdir()] == ["train_run.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"run_id": 1}', '{"id": "0a1b"}'])
def test_other_content_is_refused_with_the_file_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "train_run.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"train_run\.json: found something else than a run id"):
        read_run_id(path)
