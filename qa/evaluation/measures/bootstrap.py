"""How much of a figure, or of a difference between two, is chance: the bootstrap over questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 10_000
BOUNDS = (0.025, 0.975)
"""The quantiles of resampled means that bound an interval: its level is 0.95."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds of its confidence interval, in the unit of the values."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference(Interval):
    """The mean of new minus old over paired questions, the bounds of its interval, and its two-sided p-value.

    `p` in (0, 1]: how often chance alone gives a difference at least this large if there is none.
    """

    p: float


def bootstrap_mean(values: Sequence[float], *, samples: int = SAMPLES, seed: int = 0) -> Interval:
    """Return the mean of one value a question with its percentile interval (Efron & Tibshirani 1993, chapter 13).

    The same values, in any order, and the same seed give the same interval. Raises ValueError for no values, or values
    that are not finite.
    """
    array = _checked(values)
    low, high = _bounds(_resampled_means(array, samples, seed))
    return Interval(float(array.mean()), low, high)


def paired_difference(old: Sequence[float], new: Sequence[float]) -> Difference:
    """Return by how much `new` is above `old` on the same questions, in the same order, and whether by chance.

    The p-value is that of Berg-Kirkpatrick, Burkett & Klein 2012, "An Empirical Investigation of Statistical
    Significance in NLP", two-sided: the share of resampled differences that are as far from the observed one as it is
    from 0, plus one in numerator and denominator, so it is never 0. Raises ValueError for lists of two
    lengths, and as `bootstrap_mean` does.
    """
    if len(old) != len(new):
        raise ValueError(f"{len(old)} old and {len(new)} new values, expected one of each a question")
    differences = _checked(new) - _checked(old)
    observed = float(differences.mean())
    means = _resampled_means(differences, SAMPLES, seed=0)
    # A billionth of slack: equal distances must count as equal, whatever the rounding.
    as_far = int(np.count_nonzero(np.abs(means - observed) >= abs(observed) - 1e-9))
    low, high = _bounds(means)
    return Difference(observed, low, high, (1 + as_far) / (1 + SAMPLES))


def _resampled_means(values: NDArray[np.float64], samples: int, seed: int) -> NDArray[np.float64]:
    """Return the means of `samples` resamples with replacement, shape (samples,).

    How often each distinct value is drawn is multinomial: for scores such as EM, of two values, that is 1,000 times
    less work than drawing 10,000 questions 10,000 times.
    """
    distinct, counts = np.unique(values, return_counts=True)
    generator = np.random.default_rng(seed)
    rows = max(1, 4_000_000 // len(distinct))  # at most 32 MB at a time
    means = [
        generator.multinomial(len(values), counts / len(values), size=min(rows, samples - start)) @ distinct
        for start in range(0, samples, rows)
    ]
    return np.concatenate(means) / len(values)


def _bounds(means: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(means, BOUNDS)
    return float(low), float(high)


def _checked(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(f"values of shape {array.shape}, expected a list of at least one")
    if not np.isfinite(array).all():
        raise ValueError("values that are not finite, expected numbers")
    return array
