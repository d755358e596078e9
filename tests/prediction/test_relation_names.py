from pathlib import Path

import pytest
from glre.prediction.relation_names import relation_names


@pytest.mark.usefixtures("finished")
def test_names_are_those_of_the_dataset() -> None:
    assert relation_names("sample") == {"CID": "chemical-induced disease"}
    assert relation_names("another") == {}


@pytest.mark.parametrize("content", [None, "lr: 0.1\nprepare: {seed: 1}\n", "{"])
def test_the_params_of_another_project_say_nothing(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "params.yaml").write_text(content)
    assert relation_names("sample") == {}
