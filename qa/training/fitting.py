"""Trials to a calibration: logistic regressions over the evidence, and the threshold that ends most trials well."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.confidence import WEIGHED, Calibration, Evidence, Regression
from qa.evaluation.tune import THRESHOLDS, Ending, best_threshold

FITTED = 5
"""How many answers of a trial, the best scored first, take part in the fit: as many as are ever shown."""

UNFITTED = ("retrieval",)
"""Evidence that is given no weight: how far the best passage stands out depends on how large an archive is, and a
confidence fitted on large ones would be too low in a small one."""

PRECISION = 0.8
"""What share of the first answers that are shown is right at least, over what a calibration is fitted on."""

RIDGE = 1e-3
"""The weight of the squared coefficients in what is minimised."""


@dataclass(frozen=True, slots=True)
class CalibrationTrial:
    """The evidence for each answer to one question asked with k passages, best scored first, and whether it is right.

    `answerable` is false if what answers it was taken away, or the question was changed, before it was asked.
    """

    evidence: tuple[Evidence, ...]
    right: tuple[bool, ...]
    answerable: bool
    k: int

    @property
    def rated(self) -> list[tuple[Evidence, bool]]:
        """Each answer's evidence, and whether it is right."""
        return list(zip(self.evidence, self.right, strict=True))


def fit(trials: Sequence[CalibrationTrial]) -> Calibration:
    """Return the calibration under which the trials are likeliest, without a threshold of its own.

    Whether an answer is right is fitted on the answerable trials alone, for what was only skimmed apart; whether a
    trial is answerable on its most confident answer. All of them are taken for answerable if none is not.
    """
    rated = [pair for trial in trials if trial.answerable for pair in trial.rated[:FITTED]]
    right = logistic([pair for pair in rated if not pair[0].skimmed])
    skimmed = [pair for trial in trials if trial.answerable for pair in trial.rated if pair[0].skimmed]
    numbers: dict[str, Any] = asdict(right)
    calibration = Calibration(
        **numbers,
        skimmed=logistic(skimmed) if skimmed else None,
        share=round(sum(trial.answerable for trial in trials) / len(trials), 4),
    )
    firsts = [(first_of(calibration, trial)[0], trial.answerable) for trial in trials if trial.evidence]
    return calibration if calibration.share == 1 else replace(calibration, answerable=logistic(firsts))


def logistic(rated: Sequence[tuple[Evidence, bool]]) -> Regression:
    """Return the logistic regression that is likeliest for pieces of evidence and whether they held true.

    No weight is negative, so that more evidence never means less confidence.
    """
    minimize = minimizer()
    rows = np.array([(1.0, *(one.bounded()[name] for name in WEIGHED[1:])) for one, _ in rated], dtype=np.float64)
    true = np.array([float(right) for _, right in rated])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = rows @ weights
        error = 1 / (1 + np.exp(-logits)) - true
        value = np.logaddexp(0, logits) - true * logits
        return float(value.mean() + RIDGE * weights @ weights), rows.T @ error / len(true) + 2 * RIDGE * weights

    bounds = [(None, None), *((0, 0 if name in UNFITTED else None) for name in WEIGHED[1:])]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x
    return Regression(*(round(float(weight), 4) for weight in found))


def minimizer() -> Any:
    """Return scipy's function; raises ValueError, saying what to install, if it is missing."""
    try:
        from scipy.optimize import minimize
    except ModuleNotFoundError as error:
        raise ValueError("fitting needs scipy; install it with: pip install 'pressmark[train]'") from error
    return minimize


def with_threshold(calibration: Calibration, trials: Sequence[CalibrationTrial]) -> Calibration:
    """Return the calibration with the lowest threshold at which PRECISION of what is shown is right.

    If there is none, it is the one at which most trials end well: right, or withheld if unanswerable.
    """
    endings = [ending(calibration, trial) for trial in trials]
    precise = (least for least in THRESHOLDS if _precision(endings, least) >= PRECISION)
    threshold = next(precise, None)
    if threshold is None:
        threshold, _ = best_threshold([[one] for one in endings])
    return replace(calibration, threshold=threshold)


def _precision(endings: Sequence[Ending], threshold: float) -> float:
    """Return the share of right ones among the first answers that are shown, 0 if none is."""
    shown = [one.right for one in endings if one.confidence >= threshold]
    return sum(shown) / len(shown) if shown else 0.0


def ending(calibration: Calibration, trial: CalibrationTrial) -> Ending:
    """Return how a trial ends: with its most confident answer, of confidence 0 if it has none."""
    if not trial.evidence:
        return Ending(0.0, right=False, answerable=trial.answerable)
    confidence = max(calibration.confidences(trial.evidence))
    return Ending(confidence, first_of(calibration, trial)[1], trial.answerable)


def first_of(calibration: Calibration, trial: CalibrationTrial) -> tuple[Evidence, bool]:
    """Return the most confident of a trial's answers, at least one, and whether it is right."""
    confidences = calibration.confidences(trial.evidence)
    return trial.rated[confidences.index(max(confidences))]
