"""How far a confidence can be trusted, and what abstaining at a threshold buys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one confidence, in (low, high], the lowest bin in [low, high].

    `confidence` and `accuracy` are means over the `count` answers in it, in [0, 1], None if there are none.
    """

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """One point a distinct confidence, highest confidence first.

    Answering whatever is at least as confident as `thresholds[i]` answers the share `coverage[i]` of the questions, in
    (0, 1], ascending, the last 1.0; of what is answered, the mean loss is `risk[i]`, in [0, 1].
    """

    thresholds: tuple[float, ...]
    coverage: tuple[float, ...]
    risk: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The most that can be answered at a wanted precision; coverage 0 and no threshold if it is never reached."""

    coverage: float
    threshold: float | None


def equal_width_bins(confidences: Sequence[float], correct: Sequence[float], *, bins: int = BINS) -> tuple[Bin, ...]:
    """Return `bins` bins of the same width over [0, 1], lowest first: the reliability diagram of Guo et al. 2017, §2.

    `confidences` and `correct` are in [0, 1], one an answer; `correct` is usually 0 or 1. Raises ValueError otherwise.
    """
    values, right = _checked(confidences, correct)
    edges = np.linspace(0.0, 1.0, bins + 1)
    # side="left" puts an answer that lies on an edge into the bin below it.
    numbers = np.searchsorted(edges[1:-1], values, side="left")
    return tuple(
        _bin((float(edges[number]), float(edges[number + 1])), values[numbers == number], right[numbers == number])
        for number in range(bins)
    )


def equal_mass_bins(confidences: Sequence[float], correct: Sequence[float], *, bins: int = BINS) -> tuple[Bin, ...]:
    """Return `bins` bins of as equal a count as can be, lowest first (Nguyen & O'Connor 2015, adaptive binning).

    `low` and `high` are the least and the highest confidence in the bin. Fewer answers than bins give one bin each.
    Answers of one confidence may fall into two bins; they are then put in order of `correct`, so that the result does
    not depend on the order given. Arguments and errors as for `equal_width_bins`.
    """
    values, right = _checked(confidences, correct)
    order = np.lexsort((right, values))
    parts = np.array_split(order, min(bins, len(order)))
    return tuple(_bin((float(values[part[0]]), float(values[part[-1]])), values[part], right[part]) for part in parts)


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance between confidence and accuracy, weighted by count, in [0, 1]; 0 is perfect.

    ECE of Naeini, Cooper & Hauskrecht 2015, over the bins of either function above, not all empty.
    """
    total = sum(item.count for item in bins)
    gaps = (
        item.count * abs(item.accuracy - item.confidence)
        for item in bins
        if item.accuracy is not None and item.confidence is not None
    )
    return sum(gaps) / total


def risk_coverage(confidences: Sequence[float], losses: Sequence[float]) -> RiskCoverage:
    """Return selective risk against coverage (Geifman & El-Yaniv 2017, "Selective Classification for Deep Networks").

    One confidence and one loss a question, both in [0, 1]: loss 0 for a right answer, 1 for a wrong one or for any
    answer to an unanswerable question. A question for which nothing can be answered counts with confidence 0, loss 1.
    Equal confidences are answered together, so the order given does not matter. Raises ValueError otherwise.
    """
    values, lost = _checked(confidences, losses, "losses")
    order = np.argsort(-values, kind="stable")
    values, lost = values[order], lost[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    answered = last + 1
    return RiskCoverage(
        thresholds=tuple(values[last].tolist()),
        coverage=tuple((answered / len(values)).tolist()),
        risk=tuple((np.cumsum(lost)[last] / answered).tolist()),
    )


def aurc(curve: RiskCoverage) -> float:
    """Return the area under a risk–coverage curve, in [0, 1]; lower is better, the overall risk is what chance gives.

    The mean over all questions of the risk when everything at least as confident is answered: Geifman, Uziel &
    El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers".
    """
    shares = np.diff(np.array(curve.coverage), prepend=0.0)
    return float(shares @ np.array(curve.risk))


def coverage_at_precision(curve: RiskCoverage, precision: float) -> OperatingPoint:
    """Return the highest coverage at which 1 - risk is still `precision` or more, and the threshold that gives it."""
    # A billionth lets 0.8 be reached by 1 - 0.2, whatever the rounding.
    reached = [index for index, risk in enumerate(curve.risk) if 1.0 - risk >= precision - 1e-9]
    if not reached:
        return OperatingPoint(0.0, None)
    return OperatingPoint(curve.coverage[reached[-1]], curve.thresholds[reached[-1]])


def _bin(bounds: tuple[float, float], confidences: NDArray[np.float64], correct: NDArray[np.float64]) -> Bin:
    if len(confidences) == 0:
        return Bin(*bounds, 0, None, None)
    return Bin(*bounds, len(confidences), float(confidences.mean()), float(correct.mean()))


def _checked(
    confidences: Sequence[float], others: Sequence[float], name: str = "correct"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.asarray(confidences, dtype=np.float64)
    paired = np.asarray(others, dtype=np.float64)
    if values.shape != paired.shape or values.ndim != 1 or len(values) == 0:
        raise ValueError(
            f"confidences {values.shape} and {name} {paired.shape}; expected two lists of one length, not 0"
        )
    for what, array in (("confidences", values), (name, paired)):
        outside = array[~((array >= 0.0) & (array <= 1.0))]
        if len(outside):
            raise ValueError(f"{what} hold {outside[0]}, expected values in [0, 1]")
    return values, paired
