import pytest
import torch
from torch import nn
from word_documents import training

from glre.settings import FineTuning, Training
from glre.training import optimizer as module
from glre.training.optimizer import new_optimizer, rate_factor, set_rates


def test_without_fine_tuning_all_weights_have_one_rate() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    optimizer = new_optimizer(model, training(learning_rate=0.25, amsgrad=True), None)
    (group,) = optimizer.param_groups
    assert (group["lr"], group["amsgrad"]) == (0.25, True)
    assert list(map(id, group["params"])) == list(map(id, model.parameters()))


def test_rates_of_an_encoder_fall_from_its_last_layer_to_its_embeddings(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Sequential(*(nn.Linear(1, 1, bias=False) for _ in range(5)))
    model[3].weight.requires_grad_(False)
    monkeypatch.setattr(module, "layer_depths", lambda _: {"0.weight": 0, "1.weight": 1, "2.weight": 2})
    optimizer = new_optimizer(model, training(learning_rate=1e-2), FineTuning(learning_rate=1e-4, layer_decay=0.5))
    rates = {id(weight): group["lr"] for group in optimizer.param_groups for weight in group["params"]}
    assert [rates.get(id(layer.weight)) for layer in model] == pytest.approx([2.5e-5, 5e-5, 1e-4, None, 1e-2])


@pytest.mark.parametrize(
    ("changes", "done", "expected"),
    [
        ({}, 0.0, 1.0),
        ({}, 0.99, 1.0),
        ({"warm_up": 0.2}, 0.0, 0.0),
        ({"warm_up": 0.2}, 0.05, 0.25),
        ({"warm_up": 0.2}, 0.2, 1.0),
        ({"warm_up": 0.2}, 0.9, 1.0),
        ({"schedule": "linear"}, 0.0, 1.0),
        ({"schedule": "linear"}, 0.75, 0.25),
        ({"schedule": "linear", "warm_up": 0.5}, 0.25, 0.5),
        ({"schedule": "linear", "warm_up": 0.5}, 0.75, 0.5),
    ],
)
def test_the_schedule(changes: dict[str, object], done: float, expected: float) -> None:
    settings: Training = training(**changes)
    assert rate_factor(settings, done) == pytest.approx(expected)
    optimizer = new_optimizer(nn.Linear(1, 1), settings, None)
    for _ in range(2):
        set_rates(optimizer, settings, done)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(settings.learning_rate * expected)


def test_a_rate_of_zero_leaves_the_weights() -> None:
    model = nn.Linear(1, 1)
    settings = training(warm_up=0.5)
    optimizer = new_optimizer(model, settings, None)
    set_rates(optimizer, settings, 0.0)
    before = model.weight.clone()
    model(torch.ones(1)).sum().backward()
    optimizer.step()
    assert torch.equal(model.weight, before)
