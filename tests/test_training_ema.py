"""The average of the weights, by hand."""

import pytest
import torch

from qa.training.ema import MovingAverage


def parameter(*values: float) -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.tensor(values))


def test_the_average_follows_soon_at_first_and_slowly_later() -> None:
    weight = parameter(1.0)
    average = MovingAverage([weight], 0.5)
    weight.detach().fill_(2.0)
    average.update(1)  # keeps 2 / 11 of 1
    assert average.values[0].item() == pytest.approx(2 - 2 / 11)
    average.update(100)  # keeps half, not 101 / 110
    assert average.values[0].item() == pytest.approx(2 - 1 / 11)


def test_the_weights_come_back_after_the_average_stood_in_their_place() -> None:
    weights = [parameter(1.0, 2.0), parameter(3.0)]
    average = MovingAverage(weights, 0.9)
    average.load([torch.tensor([5.0, 6.0]), torch.tensor([7.0])])
    with average.in_place():
        assert [weight.tolist() for weight in weights] == [[5.0, 6.0], [7.0]]
    assert [weight.tolist() for weight in weights] == [[1.0, 2.0], [3.0]]
    assert [value.tolist() for value in average.values] == [[5.0, 6.0], [7.0]]
    assert all(weight.requires_grad for weight in weights)


def test_the_average_is_none_of_the_weights_own_memory() -> None:
    weight = parameter(1.0)
    average = MovingAverage([weight], 0.9)
    weight.detach().fill_(9.0)
    assert average.values[0].tolist() == [1.0]
