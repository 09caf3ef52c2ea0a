"""Scores to the probability that an answer is right."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

FILE = "calibration.json"

BOUND = 15.0
"""Differences of logits are cut to ± this many: beyond it they say nothing more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer, higher is better.

    `margin`: its score over "no answer here", in logits. `retrieval`: the score of its best hit, in [0, 1]. `lead`: how
    many logits it beats the best other answer by, negative if it does not. `supports`: in how many other places the
    same words were read as the answer.
    """

    margin: float
    retrieval: float
    lead: float
    supports: int

    def bounded(self) -> tuple[float, float, float, float]:
        """Return the evidence as the regression takes it: logits cut to ± BOUND, supports as log(1 + count)."""
        return _cut(self.margin), self.retrieval, _cut(self.lead), math.log1p(self.supports)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over the evidence, and the least confidence to answer with, as fitted for one reader.

    Source: Platt 1999, "Probabilistic Outputs for Support Vector Machines". Fitted by `pressmark train calibration`.
    """

    bias: float
    margin: float
    retrieval: float
    lead: float
    supports: float
    threshold: float
    fitted_on: str = ""

    @classmethod
    def load(cls, reader: Path) -> "Calibration":
        """Return the calibration that stands in a reader's folder.

        Raises:
            FileNotFoundError: if there is none.
            ValueError: if it is not a calibration.
        """
        path = reader / FILE
        if not path.is_file():
            raise FileNotFoundError(f"the reader in {reader} has no {FILE}; make one with: pressmark train calibration")
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is damaged: {error}; make it anew with: pressmark train calibration") from error

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability that the answer is right, in [0, 1]: more evidence never makes it lower."""
        margin, retrieval, lead, supports = evidence.bounded()
        logit = (
            self.bias + self.margin * margin + self.retrieval * retrieval + self.lead * lead + self.supports * supports
        )
        return 1 / (1 + math.exp(-logit))


def _cut(logits: float) -> float:
    return max(-BOUND, min(BOUND, logits))
