"""The processes that train one model together: one, or as many as `accelerate launch` has started."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar, cast

import torch
from torch import nn

T = TypeVar("T")


class Processes:
    """This process among those that train together, each on its part of every batch.

    accelerate, since it is what the field launches several devices with: it knows each cluster's ways to start and
    find its processes, and leaves the loop ours.
    """

    def __init__(self) -> None:
        from accelerate import Accelerator

        self._accelerator = Accelerator()
        self.rank = int(self._accelerator.process_index)
        self.count = int(self._accelerator.num_processes)
        self.device: torch.device = self._accelerator.device

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes, logs and prints."""
        return self.rank == 0

    def joined(self, model: nn.Module) -> nn.Module:
        """The model so that its gradients are the mean over the processes; itself where there is one."""
        return cast(nn.Module, self._accelerator.prepare_model(model)) if self.count > 1 else model

    def gradients(self, joined: nn.Module, exchanged: bool) -> AbstractContextManager[object]:
        """Around a step back: its gradients are exchanged, or summed up here until a later step's are."""
        return nullcontext() if exchanged else cast(AbstractContextManager[object], self._accelerator.no_sync(joined))

    def own(self, items: Sequence[T]) -> Sequence[T]:
        """This process's part of what all of them have."""
        return items[self.rank :: self.count]

    def gathered(self, own: Sequence[T]) -> list[T]:
        """What each process has, all of it for all of them."""
        if self.count == 1:
            return list(own)
        from accelerate.utils import gather_object

        return cast(list[T], gather_object(list(own)))

    def wait(self) -> None:
        """Until every process has come here."""
        self._accelerator.wait_for_everyone()
