from pathlib import Path

import pytest
from small_sample import ROOT

from flows.seeds import write_seeds
from glre.errors import InputError
from glre.grid.params import read_settings


@pytest.fixture
def params(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_only_the_seeds_line_changes(params: Path) -> None:
    before = params.read_text(encoding="utf-8").splitlines()
    for seeds in ([4], [3, 1]):
        write_seeds(params, seeds)
        after = params.read_text(encoding="utf-8").splitlines()
        (line,) = [new for old, new in zip(before, after, strict=True) if old != new]
        assert line.startswith(f"seeds: {seeds}  #") or line.startswith(f"seeds: {seeds} #")
        assert read_settings(params).experiment("cdr", "without_global").training.seeds == tuple(seeds)


def test_seeds_that_cannot_be_leave_the_file_as_it_was(params: Path) -> None:
    before = params.read_bytes()
    with pytest.raises(InputError, match="the same seed twice"):
        write_seeds(params, [2, 2])
    assert params.read_bytes() == before
    assert [path.name for path in params.parent.iterdir()] == ["params.yaml"]


def test_settings_without_the_line_are_refused(params: Path) -> None:
    params.write_text(params.read_text(encoding="utf-8").replace("\nseeds:", "\n# seeds:"), encoding="utf-8")
    with pytest.raises(InputError, match="seeds: found 0 lines; expected one line"):
        write_seeds(params, [1])
