"""An encoder without weights: what is written beside a fine-tuned model, and read again."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from encoder_folders import no_tokenizer
from tiny_encoders import FAMILIES, plain_states, settings

from glre.encoding.transformer.pretrained import load_pretrained, rebuild_pretrained, save_architecture
from glre.errors import InputError

SENTENCES = ("the drug was severe", "x \x01 Å")
LAYERS = [(0, 1, 2), (-1,), (1,), (-2,), (0,)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layers", LAYERS)
def test_a_rebuilt_encoder_with_the_same_weights_is_the_same(
    tmp_path: Path, folders: dict[str, Path], family: str, layers: tuple[int, ...]
) -> None:
    loaded = load_pretrained(settings(folders[family], layers))
    expected = plain_states(loaded, *SENTENCES)
    save_architecture(loaded, tmp_path / "encoder")
    rebuilt = rebuild_pretrained(settings("gone", layers), tmp_path / "encoder")
    for part in ("special", "limit", "layers", "width", "depths"):
        assert getattr(rebuilt, part) == getattr(loaded, part), part
    assert not torch.equal(plain_states(rebuilt, *SENTENCES), expected), "weights that nobody filled in"
    rebuilt.model.load_state_dict(loaded.model.state_dict())
    assert torch.equal(plain_states(rebuilt, *SENTENCES), expected)
    # And from what it writes in turn.
    save_architecture(rebuilt, tmp_path / "again")
    again = rebuild_pretrained(settings("gone", layers), tmp_path / "again")
    again.model.load_state_dict(loaded.model.state_dict())
    assert torch.equal(plain_states(again, *SENTENCES), expected)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_saved_is_json_without_weights_or_places(
    tmp_path: Path, folders: dict[str, Path], family: str, capfd: pytest.CaptureFixture[str]
) -> None:
    loaded = load_pretrained(settings(folders[family]))
    loaded.tokenizer.chat_template = "written as a file of its own"
    (tmp_path / "encoder").mkdir()
    (tmp_path / "encoder" / "old").write_text("")
    capfd.readouterr()
    save_architecture(loaded, tmp_path / "encoder")
    assert capfd.readouterr() == ("", "")
    files = sorted((tmp_path / "encoder").iterdir())
    assert (
        {"config.json", "tokenizer.json"}
        <= {file.name for file in files}
        <= {
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
        }
    )
    for file in files:
        assert str(folders[family].parent) not in json.dumps(json.loads(file.read_text()))
    assert list(tmp_path.iterdir()) == [tmp_path / "encoder"]


SAVED_DAMAGES: dict[str, Callable[[Path], object]] = {
    "nothing": shutil.rmtree,
    "no configuration": lambda folder: (folder / "config.json").unlink(),
    "no tokenizer": no_tokenizer,
    "a broken tokenizer": lambda folder: (folder / "tokenizer.json").write_text("{"),
}


@pytest.mark.parametrize("damage", SAVED_DAMAGES)
def test_a_damaged_architecture_is_refused(tmp_path: Path, bert: Path, damage: str) -> None:
    save_architecture(load_pretrained(settings(bert)), tmp_path / "encoder")
    SAVED_DAMAGES[damage](tmp_path / "encoder")
    with pytest.raises(InputError, match=rf"{tmp_path / 'encoder'}.*as `glre train` writes them") as refused:
        rebuild_pretrained(settings(bert), tmp_path / "encoder")
    assert "\n" not in str(refused.value)
