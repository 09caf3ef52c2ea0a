"""The loss over groups, against cross entropy and against sums written out."""

import math
from itertools import pairwise

import pytest
import torch
from torch.nn import functional

from qa.reader.model import NEVER, Logits
from qa.training.features import Feature, Group, TrainingBatch, collate
from qa.training.objective import Weights, loss, shared_entropies

ROWS = (Feature((1,) * 5, (0,) * 5, 2, 3), Feature((1,) * 7, (0,) * 7, 0, 0), Feature((1,) * 6, (0,) * 6, 4, 4))


def made_up_logits(batch: TrainingBatch) -> Logits:
    """Random logits with NEVER at the padding, as the model gives them."""
    random = torch.Generator().manual_seed(0)
    start, end = (torch.randn(batch.ids.shape, generator=random) * 3 for _ in range(2))
    padding = batch.mask == 0
    relevance = torch.randn(len(batch.ids), generator=random)
    return Logits(start.masked_fill(padding, NEVER), end.masked_fill(padding, NEVER), relevance)


def spans_loss(logits: Logits, batch: TrainingBatch, own_weight: float) -> float:
    return float(loss(logits, batch, Weights(own=own_weight, relevance=0.0)))


def group_cost(scores: torch.Tensor, rows: Group, ends: tuple[int, ...]) -> float:
    """Minus the logarithm of the golds' share of a group's outcomes, summed up one by one in Python."""
    odds = {
        (number, token): math.exp(float(scores[number, token] - scores[number, 0]))
        for number, row in enumerate(rows)
        for token in range(1, len(row.ids))
    }
    golds = [odds[number, token] for number, token in enumerate(ends) if token]
    return -math.log((sum(golds) or 1.0) / (1.0 + sum(odds.values())))


@pytest.mark.parametrize("own_weight", [0.0, 0.5, 1.0])
def test_groups_of_one_row_cost_what_each_row_s_cross_entropy_is(own_weight: float) -> None:
    batch = collate([(row,) for row in ROWS])
    logits = made_up_logits(batch)
    first, last = torch.tensor([2, 0, 4]), torch.tensor([3, 0, 4])
    expected = (functional.cross_entropy(logits.start, first) + functional.cross_entropy(logits.end, last)) / 2
    assert spans_loss(logits, batch, own_weight) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize(
    "rows", [ROWS, ROWS[:2], ROWS[1:2] * 3, (ROWS[0], ROWS[2])], ids=["two golds", "one", "none", "golds only"]
)
def test_a_group_s_outcomes_are_all_tokens_of_its_rows_and_one_no_answer(rows: Group) -> None:
    batch = collate([rows])
    logits = made_up_logits(batch)
    start = group_cost(logits.start, rows, tuple(row.first for row in rows))
    end = group_cost(logits.end, rows, tuple(row.last for row in rows))
    assert spans_loss(logits, batch, 0.0) == pytest.approx((start + end) / 2, rel=1e-5)


def test_several_places_in_one_row_share_what_is_asked_of_the_answer() -> None:
    row = Feature((1,) * 5, (0,) * 5, 2, 3, others=((1, 1),))
    batch = collate([(row,)])
    logits = made_up_logits(batch)
    start = -float(logits.start.softmax(dim=1)[0, [1, 2]].sum().log())
    end = -float(logits.end.softmax(dim=1)[0, [1, 3]].sum().log())
    assert spans_loss(logits, batch, 0.5) == pytest.approx((start + end) / 2, rel=1e-5)


@pytest.mark.parametrize("own_weight", [0.0, 0.5, 1.0])
def test_groups_count_alike_whatever_their_size(own_weight: float) -> None:
    batch = collate([ROWS, ROWS[:1]])
    logits = made_up_logits(batch)
    first = spans_loss(cut(logits, slice(3), 7), collate([ROWS]), own_weight)
    second = spans_loss(cut(logits, slice(3, 4), 5), collate([ROWS[:1]]), own_weight)
    assert spans_loss(logits, batch, own_weight) == pytest.approx((first + second) / 2, rel=1e-5)


def cut(logits: Logits, rows: slice, tokens: int) -> Logits:
    return Logits(logits.start[rows, :tokens], logits.end[rows, :tokens], logits.relevance[rows])


def test_own_weight_goes_in_a_straight_line_from_together_to_each_on_its_own() -> None:
    batch = collate([ROWS])
    logits = made_up_logits(batch)
    costs = [spans_loss(logits, batch, own_weight) for own_weight in (0.0, 0.25, 0.5, 0.75, 1.0)]
    steps = [later - earlier for earlier, later in pairwise(costs)]
    assert steps == pytest.approx([steps[0]] * 4, rel=1e-3)
    assert abs(steps[0]) > 0.01


def test_a_group_s_loss_moves_the_scores_of_its_negatives_down_and_of_its_gold_up() -> None:
    batch = collate([ROWS[:2]])
    scores = torch.zeros(batch.ids.shape, requires_grad=True)
    shared_entropies(scores, batch.starts, batch.groups).sum().backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert bool(torch.isfinite(scores.grad).all())
    assert float(scores.grad[0, 2]) < 0 < float(scores.grad[1, 1:].min())


def test_scores_far_apart_stay_finite() -> None:
    batch = collate([ROWS])
    scores = (torch.tensor([[0.0] * 7, [500.0] * 7, [-500.0] * 7]) * torch.arange(7)).requires_grad_()
    value = shared_entropies(scores, batch.starts, batch.groups).sum()
    value.backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert math.isfinite(value.item())
    assert bool(torch.isfinite(scores.grad).all())


def test_relevance_is_each_row_s_own_whatever_its_group() -> None:
    # Two tokens with equal logits: each end costs ln 2; relevance logit 0 costs ln 2 as well.
    zeros = Logits(torch.zeros(1, 2), torch.zeros(1, 2), torch.zeros(1))
    batch = collate([(Feature((2, 5), (0, 1), 1, 1),)])
    assert float(loss(zeros, batch, Weights(own=0.5, relevance=0.5))) == pytest.approx(1.5 * math.log(2))
    together, apart = collate([ROWS]), collate([(row,) for row in ROWS])
    logits = made_up_logits(together)
    shares = [
        float(loss(logits, batch, Weights(own=0.5, relevance=1.0))) - spans_loss(logits, batch, 0.5)
        for batch in (together, apart)
    ]
    expected = functional.binary_cross_entropy_with_logits(logits.relevance, torch.tensor([1.0, 0.0, 1.0]))
    assert shares == pytest.approx([float(expected)] * 2, rel=1e-5)
