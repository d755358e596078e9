from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_encoders


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
    root = tmp_path_factory.mktemp("encoders")
    return {name: build(root / name) for name, build in tiny_encoders.FAMILIES.items()}


@pytest.fixture(scope="session")
def bert(folders: dict[str, Path]) -> Path:
    return folders["bert"]
