import json
import shutil
from pathlib import Path

import pytest
import torch
from word_documents import RELATIONS, documents, small_scorer, split, training

from glre.source_code import PACKAGE
from glre.training import checkpoint
from glre.training.checkpoint import code_hash, fingerprint, restore_checkpoint, save_checkpoint
from glre.training.loop import Trainee, new_trainee, train
from glre.training.processes import Processes

DOCUMENTS = documents(12)
TRAIN, DEV = split(DOCUMENTS), split(documents(8, seed=1))
SETTINGS = training(epochs=4, weight_average=0.9)
ALONE = Processes()
ORIGIN = fingerprint("a test")


def fresh(seed: int = 1) -> Trainee:
    return new_trainee(small_scorer(seed), SETTINGS, None, seed)


def run(trainee: Trainee, folder: Path, epochs: int) -> None:
    """Train with a checkpoint after each epoch, and leave off when `epochs` are done."""
    for record in train(trainee, TRAIN, DEV, RELATIONS, SETTINGS, ALONE):
        save_checkpoint(trainee, ORIGIN, folder, ALONE)
        if record.epoch == epochs:
            return


def state(trainee: Trainee) -> dict[str, object]:
    """All that a trainee's future follows from, besides torch's random numbers, and its past."""
    history = [(record.epoch, record.loss, record.dev_f1, record.threshold) for record in trainee.history]
    return {"history": history, "shuffle": trainee.shuffle.bit_generator.state} | {
        f"{kind} {name}": value.tolist()
        for kind, tensors in (
            ("best", trainee.best),
            ("weights", trainee.model.state_dict()),
            ("averaged", trainee.averaged.state_dict()),
        )
        for name, value in tensors.items()
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Trainee:
    trainee = fresh()
    run(trainee, tmp_path_factory.mktemp("undisturbed"), 4)
    return trainee


@pytest.mark.parametrize("stops", [[1], [2], [3], [1, 2, 3]])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, undisturbed: Trainee, stops: list[int]
) -> None:
    run(fresh(), tmp_path, stops[0])
    for stop in [*stops[1:], 4]:
        torch.rand(7)
        resumed = fresh(seed=9)
        restore_checkpoint(resumed, ORIGIN, tmp_path, ALONE)
        run(resumed, tmp_path, stop)
    assert state(resumed) == state(undisturbed)
    assert torch.equal(
        torch.cat([value.flatten() for value in _moments(resumed)]),
        torch.cat([value.flatten() for value in _moments(undisturbed)]),
    )


def test_without_the_random_numbers_it_would_not(tmp_path: Path, undisturbed: Trainee) -> None:
    run(fresh(), tmp_path, 2)
    resumed = fresh()
    restore_checkpoint(resumed, ORIGIN, tmp_path, ALONE)
    torch.manual_seed(1)
    run(resumed, tmp_path, 4)
    assert state(resumed) != state(undisturbed)


def test_restoring_gives_back_the_moment_of_saving(tmp_path: Path) -> None:
    saved = fresh()
    run(saved, tmp_path, 2)
    expected = torch.rand(3)
    restored = fresh(seed=9)
    restore_checkpoint(restored, ORIGIN, tmp_path, ALONE)
    assert state(restored) == state(saved)
    assert torch.equal(torch.rand(3), expected)
    assert restored.history == saved.history


def test_only_the_last_checkpoint_is_kept(tmp_path: Path) -> None:
    trainee = fresh()
    for record in train(trainee, TRAIN, DEV, RELATIONS, SETTINGS, ALONE):
        save_checkpoint(trainee, ORIGIN, tmp_path, ALONE)
        assert names(tmp_path) == [f"epoch-{record.epoch:04}"]


def test_nothing_is_pickled(tmp_path: Path) -> None:
    run(fresh(), tmp_path, 1)
    assert names(tmp_path / "epoch-0001") == [
        "averaged.safetensors",
        "best.safetensors",
        "model.safetensors",
        "optimizer.safetensors",
        "random.safetensors",
        "state.json",
    ]


def test_without_a_checkpoint_the_trainee_stays_as_it_is(tmp_path: Path) -> None:
    trainee = fresh()
    before = state(trainee)
    expected = torch.get_rng_state()
    restore_checkpoint(trainee, ORIGIN, tmp_path / "absent", ALONE)
    assert state(trainee) == before
    assert torch.equal(torch.get_rng_state(), expected)


def test_a_checkpoint_of_another_origin_is_removed(tmp_path: Path) -> None:
    run(fresh(), tmp_path, 2)
    trainee = fresh()
    before = state(trainee)
    restore_checkpoint(trainee, fingerprint("another test"), tmp_path, ALONE)
    assert state(trainee) == before
    assert names(tmp_path) == []


def test_a_half_written_checkpoint_is_ignored_and_replaced(tmp_path: Path, undisturbed: Trainee) -> None:
    run(fresh(), tmp_path, 1)
    shutil.copytree(tmp_path / "epoch-0001", tmp_path / ".epoch-0002.partial")
    (tmp_path / ".epoch-0002.partial" / "state.json").write_text('{"origin": "')
    (tmp_path / ".epoch-0002.partial" / "best.safetensors").unlink()
    resumed = fresh(seed=9)
    restore_checkpoint(resumed, ORIGIN, tmp_path, ALONE)
    assert resumed.epoch == 1
    run(resumed, tmp_path, 2)
    assert names(tmp_path) == ["epoch-0002"]
    run(resumed, tmp_path, 4)
    assert state(resumed) == state(undisturbed)


def test_a_checkpoint_whose_removal_was_cut_short_is_ignored(tmp_path: Path) -> None:
    run(fresh(), tmp_path, 2)

    def cut_short(folder: Path) -> None:
        (folder / "state.json").unlink()
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            restore_checkpoint(fresh(), fingerprint("another test"), tmp_path, ALONE)
    trainee = fresh()
    restore_checkpoint(trainee, ORIGIN, tmp_path, ALONE)
    assert trainee.epoch == 0


def test_an_older_checkpoint_whose_removal_was_cut_short_does_no_harm(tmp_path: Path, undisturbed: Trainee) -> None:
    run(fresh(), tmp_path, 2)
    (tmp_path / "epoch-0001").mkdir()
    resumed = fresh(seed=9)
    restore_checkpoint(resumed, ORIGIN, tmp_path, ALONE)
    run(resumed, tmp_path, 4)
    assert state(resumed) == state(undisturbed)
    assert names(tmp_path) == ["epoch-0004"]


def test_a_failing_write_leaves_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainee = fresh()
    run(trainee, tmp_path, 1)

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(checkpoint, "_random_states", full)
    with pytest.raises(OSError, match="no space"):
        run(trainee, tmp_path, 2)
    assert names(tmp_path) == ["epoch-0001"]


def test_the_fingerprint_tells_its_parts_apart() -> None:
    assert fingerprint("a", 1) == fingerprint("a", 1)
    assert len({fingerprint(*parts) for parts in (("a", "b"), ("ab",), ("b", "a"), ("a",), ("a", "b", ""))}) == 5


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package with one system more."""
    folder = tmp_path / "glre"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(folder / "systems/glre", folder / "systems/another")
    return folder


def test_the_code_hash_is_that_of_all_code_that_the_figures_come_from(package: Path) -> None:
    def changes_with(file: str) -> bool:
        before = code_hash("glre", package)
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        with (package / file).open("a") as code:
            code.write("# another version\n")
        return code_hash("glre", package) != before

    assert code_hash("glre", package) == code_hash("glre")
    for file in (
        "documents/candidates.py",
        "encoding/transformer/word_states.py",
        "evaluation/curve.py",
        "evaluation/threshold.py",
        "settings/training.py",
        "stages/train.py",
        "systems/glre/global_representation.py",
        "systems/glre/parts/new.py",
        "systems/layers/pooling.py",
        "training/loop.py",
    ):
        assert changes_with(file), file
    for file in (
        "evaluation/metrics.py",
        "reporting/page/page.py",
        "stages/evaluate.py",
        "systems/another/glre.py",
        "systems/registry.py",
        "tracking/run.py",
    ):
        assert not changes_with(file), file


def test_the_state_is_readable_json(tmp_path: Path) -> None:
    run(fresh(), tmp_path, 2)
    content = json.loads((tmp_path / "epoch-0002" / "state.json").read_text())
    assert [record["epoch"] for record in content["history"]] == [1, 2]


def _moments(trainee: Trainee) -> list[torch.Tensor]:
    states = trainee.optimizer.state_dict()["state"]
    return [value for number in sorted(states) for _, value in sorted(states[number].items())]
