"""An exponential moving average of a model's weights, kept beside them: steadier than where the last step ends."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class MovingAverage:
    """The average of parameters over the steps of a training; `values` has one tensor each, in their order.

    At step n, from 1, it keeps d of itself and takes 1 − d of the parameters, d = min(decay, (1 + n) / (10 + n)): while
    it is young it follows soon, and so forgets the weights that it began with.

    Source: Polyak & Juditsky 1992; the beginning as in TensorFlow's ExponentialMovingAverage with num_updates.
    """

    def __init__(self, parameters: Sequence["torch.nn.Parameter"], decay: float) -> None:
        self.values = [parameter.detach().clone() for parameter in parameters]
        self._parameters = parameters
        self._decay = decay

    def update(self, step: int) -> None:
        """Take in the parameters as they are after a step, from 1."""
        share = 1 - min(self._decay, (1 + step) / (10 + step))
        for value, parameter in zip(self.values, self._parameters, strict=True):
            value.lerp_(parameter.detach(), share)

    def load(self, values: Sequence["torch.Tensor"]) -> None:
        """Go on from an average that was kept."""
        for value, kept in zip(self.values, values, strict=True):
            value.copy_(kept)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Give the parameters the average's values for a while."""
        own = [parameter.detach().clone() for parameter in self._parameters]
        self._set(self.values)
        try:
            yield
        finally:
            self._set(own)

    def _set(self, values: Sequence["torch.Tensor"]) -> None:
        for parameter, value in zip(self._parameters, values, strict=True):
            parameter.detach().copy_(value)
