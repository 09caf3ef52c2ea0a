"""Scores to the probability that an answer is right."""

import json
import math
from dataclasses import dataclass, fields
from pathlib import Path

from qa.settings import Settings

FILE = "calibration.json"

FIT = "pressmark train calibration"
"""The command that makes it."""

BOUND = 15.0
"""Differences of logits are cut to ± this many: beyond it they say nothing more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer: the higher each of these, the better, but for `read`."""

    margin: float
    """By how much its score beats "no answer here", in logits."""

    retrieval: float
    """The score of its best hit, in [0, 1]."""

    lead: float
    """By how many logits it beats the best other answer, negative if it does not."""

    supports: int
    """In how many other places the same words were read as the answer; those in copies do not count."""

    relevance: float = 0.0
    """The relevance logit of its passage, 0 from a reader without one."""

    read: int = 1
    """How many passages were read: the more, the likelier that one of them seems right by chance."""

    def bounded(self) -> dict[str, float]:
        """Return the evidence by name as the regression takes it, higher is better.

        Logits are cut to ± BOUND, `supports` is log(1 + count), `read` is −log(count).
        """
        return {
            "margin": _cut(self.margin),
            "retrieval": self.retrieval,
            "lead": _cut(self.lead),
            "supports": math.log1p(self.supports),
            "relevance": _cut(self.relevance),
            "read": -math.log(self.read),
        }


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over the evidence, and the least confidence to answer with, as fitted for one reader.

    Source: Platt 1999, "Probabilistic Outputs for Support Vector Machines". Fitted by `pressmark train calibration`.
    """

    bias: float = 0.0
    """The log-odds that an answer is right without any evidence."""

    margin: float = 0.0
    retrieval: float = 0.0
    lead: float = 0.0
    supports: float = 0.0
    relevance: float = 0.0
    read: float = 0.0
    """The weights of the pieces of evidence, none below 0."""

    threshold: float = 0.5
    """The least confidence of a first answer, in [0, 1]."""

    fitted_on: str = ""
    """The questions that it was fitted on, in words."""

    fitted_for: str = ""
    """SHA-256 of the model whose scores it takes."""

    @classmethod
    def load(cls, reader: Path, model: str) -> "Calibration":
        """Return the calibration that stands in a reader's folder; `model` is the SHA-256 of the model beside it.

        Raises:
            FileNotFoundError: if there is none.
            ValueError: if it is not a calibration, or was fitted for another model.
        """
        path = reader / FILE
        if not path.is_file():
            raise FileNotFoundError(f"the reader in {reader} has no {FILE}; make one with: {FIT}")
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            found = cls(**{field.name: values[field.name] for field in fields(cls)})
            _check_numbers(found)
        except KeyError as error:
            raise ValueError(f"{path} has no {error}; make it anew with: {FIT}") from error
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is damaged: {error}; make it anew with: {FIT}") from error
        if found.fitted_for != model:
            raise ValueError(
                f"{path} was fitted for the model {found.fitted_for!r}, beside it is {model!r}; fit it anew with: {FIT}"
            )
        return found

    def threshold_for(self, settings: Settings) -> float:
        """Return the least confidence of a first answer, in [0, 1]: that of the settings, if they have one."""
        return self.threshold if settings.threshold is None else settings.threshold

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability that the answer is right, in [0, 1]: more evidence never makes it lower."""
        logit = self.bias + sum(getattr(self, name) * value for name, value in evidence.bounded().items())
        return 1 / (1 + math.exp(-logit))


NUMBERS = tuple(field.name for field in fields(Calibration) if field.type is float)


def _check_numbers(calibration: Calibration) -> None:
    """Raise ValueError unless every number is one, and finite."""
    for name in NUMBERS:
        value = getattr(calibration, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"{name} is {value!r}, expected a number")


def _cut(logits: float) -> float:
    return max(-BOUND, min(BOUND, logits))
