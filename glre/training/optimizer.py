"""Adam as published, with rates of their own for a fine-tuned encoder, and how rates change while training."""

import torch
from torch import nn

from glre.encoding.transformer.word_states import layer_depths
from glre.settings import FineTuning, Training


def new_optimizer(model: nn.Module, settings: Training, fine_tuning: FineTuning | None) -> torch.optim.Optimizer:
    """Adam over all weights; those of a fine-tuned encoder have its rate, lower from each layer to the one below."""
    rates = _encoder_rates(model, fine_tuning) if fine_tuning else {}
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.setdefault(rates.get(name, settings.learning_rate), []).append(parameter)
    return torch.optim.Adam(
        [{"params": parameters, "lr": rate, "full_rate": rate} for rate, parameters in groups.items()],
        weight_decay=settings.weight_decay,
        amsgrad=settings.amsgrad,
    )


def set_rates(optimizer: torch.optim.Optimizer, settings: Training, done: float) -> None:
    """Bring all rates to where they are when `done`, a share of all epochs, lies behind."""
    factor = rate_factor(settings, done)
    for group in optimizer.param_groups:
        group["lr"] = group["full_rate"] * factor


def rate_factor(settings: Training, done: float) -> float:
    """What rates are multiplied by: up from 0 over `warm_up`, then 1, or down to 0 with the linear schedule."""
    if done < settings.warm_up:
        return done / settings.warm_up
    return 1.0 if settings.schedule == "constant" else (1 - done) / (1 - settings.warm_up)


def _encoder_rates(model: nn.Module, fine_tuning: FineTuning) -> dict[str, float]:
    depths = layer_depths(model)
    deepest = max(depths.values())
    return {
        name: fine_tuning.learning_rate * fine_tuning.layer_decay ** (deepest - depth) for name, depth in depths.items()
    }
