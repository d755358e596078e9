from pathlib import Path

import pytest
from fake_predictors import FakeLoad


@pytest.fixture
def load(tmp_path: Path) -> FakeLoad:
    notes = tmp_path / "notes"
    notes.mkdir()
    return FakeLoad(notes)
