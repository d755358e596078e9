"""Checkpoints: a training run on disk after each epoch, so that a killed one goes on as if it had not been."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from glre.files import remove_whole, written_whole
from glre.source_code import PACKAGE, files_behind
from glre.training.loop import EpochRecord, Trainee
from glre.training.processes import Processes


def fingerprint(*parts: object) -> str:
    """A hash of everything a training run was started from; a checkpoint with another one is not its own."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def code_hash(system: str, package: Path = PACKAGE) -> str:
    """Hash of the code that a training's figures come from: of systems its own and what all share, no neighbour's."""
    digest = hashlib.sha256()
    for file in files_behind("train", system, package):
        digest.update(f"{file.as_posix()}\0".encode() + (package / file).read_bytes())
    return digest.hexdigest()


def save_checkpoint(trainee: Trainee, origin: str, folder: Path, processes: Processes) -> None:
    """Write the trainee as `folder/epoch-<n>`, whole or not at all, then remove older ones.

    One process writes, with the random states of all; none goes on before that is done.
    """
    random = {name: state for own in processes.gathered([_random_states(processes)]) for name, state in own.items()}
    if processes.is_first:
        _write(trainee, random, origin, folder)
    processes.wait()


def _write(trainee: Trainee, random: dict[str, Tensor], origin: str, folder: Path) -> None:
    with written_whole(folder / f"epoch-{trainee.epoch:04}") as temporary:
        temporary.mkdir()
        _save(dict(trainee.model.state_dict()), temporary / "model.safetensors")
        _save(dict(trainee.averaged.state_dict()), temporary / "averaged.safetensors")
        _save(trainee.best, temporary / "best.safetensors")
        _save(_optimizer_tensors(trainee.optimizer), temporary / "optimizer.safetensors")
        _save(random, temporary / "random.safetensors")
        state = {
            "origin": origin,
            "history": [asdict(record) for record in trainee.history],
            "shuffle": trainee.shuffle.bit_generator.state,
        }
        (temporary / "state.json").write_text(json.dumps(state), encoding="utf-8")
    for older in _checkpoints(folder)[:-1]:
        remove_whole(older)


def restore_checkpoint(trainee: Trainee, origin: str, folder: Path, processes: Processes) -> None:
    """Bring a new trainee, and torch's random numbers, to where `folder`'s last checkpoint left them.

    Without a checkpoint of this origin the trainee is left as it is, and checkpoints of other origins are removed.
    """
    for path in reversed(_checkpoints(folder)):
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        if state["origin"] == origin:
            _restore(trainee, state, path, processes)
            return
        if processes.is_first:
            remove_whole(path)


def _restore(trainee: Trainee, state: dict[str, Any], path: Path, processes: Processes) -> None:
    trainee.model.load_state_dict(load_file(path / "model.safetensors"))
    trainee.averaged.load_state_dict(load_file(path / "averaged.safetensors"))
    trainee.best = load_file(path / "best.safetensors")
    _load_optimizer(trainee.optimizer, load_file(path / "optimizer.safetensors"))
    trainee.history = [EpochRecord(**record) for record in state["history"]]
    trainee.shuffle.bit_generator.state = state["shuffle"]
    random = load_file(path / "random.safetensors")
    # More processes than before: the new ones go on with the random numbers that they began with.
    if (processor := random.get(f"processor.{processes.rank}")) is not None:
        torch.set_rng_state(processor)
    if (gpu := random.get(f"gpu.{processes.rank}")) is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(gpu)


def _checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob("epoch-*")) if folder.is_dir() else []


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path)


def _random_states(processes: Processes) -> dict[str, Tensor]:
    states = {f"processor.{processes.rank}": torch.get_rng_state()}
    if torch.cuda.is_available():
        states[f"gpu.{processes.rank}"] = torch.cuda.get_rng_state()
    return states


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimizer.state_dict()["state"]
    return {f"{number}.{name}": tensor for number, entry in state.items() for name, tensor in entry.items()}


def _load_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        number, name = key.split(".", 1)
        state.setdefault(int(number), {})[name] = tensor
    # Groups hold settings, which the new optimiser has from params.yaml.
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
