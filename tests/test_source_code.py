from pathlib import Path

import pytest

from glre.source_code import files_behind

PACKAGE = {
    "__init__": "",
    "errors": "class InputError(Exception): ...",
    "settings/__init__": (
        '"""All."""\nfrom glre.settings.corpora import Corpus\nfrom glre.settings.encoders import Encoder as Reader\n'
    ),
    "settings/corpora": "class Corpus: ...",
    "settings/encoders": "class Encoder: ...",
    "systems/__init__": "",
    "systems/registry": "from glre.systems.near import Near\nfrom glre.systems.far import Far\n",
    "systems/layers/__init__": "",
    "systems/layers/pooling": "def pooled(): ...",
    "systems/near/__init__": "from glre.systems.near.near import Near\n",
    "systems/near/near": "from glre.systems.layers.pooling import pooled\nclass Near: ...",
    "systems/near/alone": "ONE = 1",
    "systems/far/__init__": "from glre.systems.far.far import Far\n",
    "systems/far/far": "import glre.systems.layers.bilstm\n",
    "systems/layers/bilstm": "",
    "training/__init__": "",
    "training/loop": "from glre.errors import InputError\nfrom glre.settings import Corpus\n",
    "stages/__init__": "",
    "stages/train": (
        "import torch\nfrom glre.training import loop\nfrom glre.systems.registry import SYSTEMS\n\n"
        "def run():\n    from glre.settings import Reader\n"
    ),
}  # fmt: skip


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in PACKAGE.items():
        (tmp_path / f"{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def behind(package: Path, system: str | None = None) -> set[str]:
    return {path.as_posix() for path in files_behind("train", system, package)}


def test_the_files_that_names_come_from(package: Path) -> None:
    assert behind(package) == {"stages/train.py", "training/loop.py", "settings/corpora.py", "settings/encoders.py"}


def test_of_systems_one_with_its_folder_and_what_it_shares(package: Path) -> None:
    of_near = {f"systems/near/{name}.py" for name in ("__init__", "near", "alone")} | {"systems/layers/pooling.py"}
    assert behind(package, "near") == behind(package) | of_near


def test_unknown_modules(package: Path) -> None:
    with pytest.raises(KeyError, match="none"):
        behind(package, "none")
