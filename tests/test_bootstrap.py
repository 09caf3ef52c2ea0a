"""The bootstrap against scipy's, the normal approximation, and cases with one possible outcome."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qa.evaluation.measures.bootstrap import Interval, bootstrap_mean, paired_difference

SCORES = [float(number % 3 > 0) for number in range(300)]


def test_bootstrap_mean_agrees_with_the_normal_approximation() -> None:
    interval = bootstrap_mean(SCORES)
    half = 1.96 * math.sqrt(2 / 3 * 1 / 3 / 300)
    assert interval.mean == pytest.approx(2 / 3)
    assert interval.low == pytest.approx(2 / 3 - half, abs=0.01)
    assert interval.high == pytest.approx(2 / 3 + half, abs=0.01)


def test_bootstrap_mean_agrees_with_scipy() -> None:
    values = np.random.default_rng(5).beta(2, 5, size=80)
    oracle = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=10_000, rng=7).confidence_interval
    interval = bootstrap_mean(values.tolist())
    assert interval.low == pytest.approx(oracle.low, abs=0.005)
    assert interval.high == pytest.approx(oracle.high, abs=0.005)


def test_bootstrap_mean_one_value_has_no_width() -> None:
    assert bootstrap_mean([0.25] * 7) == Interval(0.25, 0.25, 0.25)


def test_bootstrap_mean_does_not_depend_on_order_and_is_repeatable() -> None:
    assert bootstrap_mean(SCORES) == bootstrap_mean(sorted(SCORES))
    assert bootstrap_mean(SCORES, seed=1) != bootstrap_mean(SCORES, seed=2)


@pytest.mark.slow
def test_bootstrap_mean_of_many_distinct_values_agrees_with_the_normal_approximation() -> None:
    # 1,000 distinct values: 4,000 samples at a time, so 10,000 are drawn in three parts.
    values = np.random.default_rng(0).random(1000)
    interval = bootstrap_mean(values.tolist())
    half = 1.96 * values.std() / math.sqrt(1000)
    assert interval.low == pytest.approx(values.mean() - half, abs=0.001)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.001)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_bootstrap_mean_stays_within_the_values(values: list[float]) -> None:
    interval = bootstrap_mean(values, samples=200)
    assert min(values) - 1e-12 <= interval.low <= interval.high <= max(values) + 1e-12


@pytest.mark.parametrize(("values", "message"), [([], "at least one"), ([float("nan")], "not finite")])
def test_bootstrap_mean_rejects(values: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bootstrap_mean(values)


def test_paired_difference_of_the_same_is_chance() -> None:
    difference = paired_difference(SCORES, SCORES)
    assert (difference.mean, difference.low, difference.high, difference.p) == (0.0, 0.0, 0.0, 1.0)


def test_paired_difference_everything_better_is_not_chance() -> None:
    difference = paired_difference([0.0] * 50, [1.0] * 50)
    # Every resample has the difference 1, as observed: none is 1 away from it.
    assert (difference.mean, difference.p) == (1.0, 1 / 10_001)


def test_paired_difference_agrees_with_the_sign_flip_of_means() -> None:
    # 40 better, 20 worse of 100: the mean is 0.2 with a standard error of sqrt((60 - 4) / 100) / 10 = 0.0748.
    new = [1.0] * 40 + [0.0] * 20 + [0.5] * 40
    old = [0.0] * 40 + [1.0] * 20 + [0.5] * 40
    difference = paired_difference(old, new)
    assert difference.mean == pytest.approx(0.2)
    assert difference.p == pytest.approx(2 * stats.norm.sf(0.2 / 0.0748), abs=0.005)
    mirrored = paired_difference(new, old)
    assert mirrored.mean == pytest.approx(-0.2)
    assert mirrored.p == pytest.approx(difference.p, abs=0.005)


def test_paired_difference_rejects_lists_of_two_lengths() -> None:
    with pytest.raises(ValueError, match="2 old and 1 new values"):
        paired_difference([1.0, 0.0], [1.0])
