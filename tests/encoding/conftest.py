from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_encoders
from made_once import made_once


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """No test asks a network for a model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of a tiny encoder of each family."""

    def make(root: Path) -> None:
        for name, build in tiny_encoders.FAMILIES.items():
            build(root / name)

    root = made_once(tmp_path_factory, "encoders", make)
    return {name: root / name for name in tiny_encoders.FAMILIES}


@pytest.fixture(scope="session")
def bert(folders: dict[str, Path]) -> Path:
    return folders["bert"]
