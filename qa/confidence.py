"""Scores to the probability that an answer is right."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from embeddings.writing import write_whole
from qa.confidence_words import CONFIDENCE_WORDS, WordShare
from qa.settings import Settings

FILE = "calibration.json"

FIT = "pressmark train calibration"
"""The command that makes it."""

BOUND = 15.0
"""Differences of logits are cut to ± this many: beyond it they say nothing more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer: the higher each of these, the better.

    Of an answer that was only `skimmed`, margin, lead and relevance are those of the small reader.
    """

    margin: float
    """By how much its score beats "no answer here", in logits."""

    retrieval: float
    """The score of its best hit, in [0, 1]."""

    lead: float
    """By how many logits it beats the best other answer of the same reader, negative if it does not."""

    supports: int
    """In how many other places the same words were read as the answer; those in copies do not count."""

    relevance: float = 0.0
    """The relevance logit of its passage, 0 from a reader without one."""

    skim_margin: float = 0.0
    """By how much it beats "no answer here" for the small reader that skimmed its passage, 0 where none did."""

    skim_relevance: float = 0.0
    """The small reader's relevance logit of its passage, 0 where none skimmed it."""

    skimmed: bool = False
    """Whether only the small reader found it, in passages that the careful one did not read."""

    def bounded(self) -> dict[str, float]:
        """Return the evidence by name as a regression takes it, higher is better.

        Logits are cut to ± BOUND, `supports` is log(1 + count).
        """
        return {
            "margin": _cut(self.margin),
            "retrieval": self.retrieval,
            "lead": _cut(self.lead),
            "supports": math.log1p(self.supports),
            "relevance": _cut(self.relevance),
            "skim_margin": _cut(self.skim_margin),
            "skim_relevance": _cut(self.skim_relevance),
        }


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression over the evidence."""

    bias: float = 0.0
    """The log-odds without any evidence."""

    margin: float = 0.0
    retrieval: float = 0.0
    lead: float = 0.0
    supports: float = 0.0
    relevance: float = 0.0
    skim_margin: float = 0.0
    skim_relevance: float = 0.0
    """The weights of the pieces of evidence, none below 0."""

    def probability(self, evidence: Evidence) -> float:
        """Return a probability in (0, 1): more evidence never makes it lower."""
        logit = self.bias + sum(getattr(self, name) * value for name, value in evidence.bounded().items())
        return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True, slots=True)
class Calibration(Regression):
    """What evidence is worth, and the least confidence to answer with, as fitted for one reader or a pair of them.

    A confidence is the probability that the archive answers the question, times the probability that this is the
    answer if so. Only the first depends on how many of the questions have an answer, which differs between archives.
    The second is this regression, for answers that were only skimmed one of their own.

    Sources: Platt 1999, "Probabilistic Outputs for Support Vector Machines"; for `expecting` Saerens, Latinne &
    Decaestecker 2002, "Adjusting the Outputs of a Classifier to New a Priori Probabilities". Fitted by `pressmark train
    calibration`.
    """

    answerable: Regression | None = None
    """That the archive answers the question, from the evidence for its first answer; None if that is taken for sure."""

    skimmed: Regression | None = None
    """That an answer is right which was only skimmed; None if none is."""

    share: float = 0.5
    """The share of the questions it was fitted on that have an answer, in (0, 1)."""

    threshold: float = 0.5
    """The least confidence of a first answer, in [0, 1]."""

    words: tuple[WordShare, ...] = ()
    """What the words for a confidence were measured to mean, each half of the questions by the fit on the other."""

    fitted_on: str = ""
    """The questions that it was fitted on, in words."""

    fitted_for: str = ""
    """SHA-256 of the model whose scores it takes; of a pair, of the careful one's and the small one's."""

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
            found = _calibration(json.loads(path.read_text(encoding="utf-8")))
        except KeyError as error:
            raise ValueError(f"{path} has no {error}; make it anew with: {FIT}") from error
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is damaged: {error}; make it anew with: {FIT}") from error
        if found.fitted_for != model:
            raise ValueError(
                f"{path} was fitted for the model {found.fitted_for!r}, beside it is {model!r}; fit it anew with: {FIT}"
            )
        return found

    def save(self, reader: Path) -> None:
        """Write the calibration into a reader's folder, whole or not at all."""
        write_whole(reader / FILE, (json.dumps(asdict(self), indent=1) + "\n").encode())

    def threshold_for(self, settings: Settings) -> float:
        """Return the least confidence of a first answer, in [0, 1]: that of the settings, if they have one."""
        return self.threshold if settings.threshold is None else settings.threshold

    def expecting(self, share: float | None) -> "Calibration":
        """Return the calibration for an archive that answers another share of its questions, in [0, 1]; None: the same.

        One that takes for sure that the archive answers stays as it is. What the words mean was measured with the share
        that it was fitted on, and is not known of another.
        """
        if share is None or share == self.share or self.answerable is None:
            return self
        shift = _log_odds(share) - _log_odds(self.share)
        return replace(self, answerable=replace(self.answerable, bias=self.answerable.bias + shift), words=())

    def confidence(self, evidence: Evidence) -> float:
        """Return the probability that the only answer to a question is right, in [0, 1]."""
        return self.confidences([evidence])[0]

    def confidences(self, evidence: Sequence[Evidence]) -> list[float]:
        """Return the probability that each answer to a question is right, in [0, 1]: more evidence, no lower."""
        if not evidence:
            return []
        right = [self._regression(one).probability(one) for one in evidence]
        first = evidence[right.index(max(right))]
        answerable = 1.0 if self.answerable is None else self.answerable.probability(first)
        return [answerable * probability for probability in right]

    def _regression(self, evidence: Evidence) -> Regression:
        return self.skimmed if evidence.skimmed and self.skimmed is not None else self


WEIGHED = tuple(field.name for field in fields(Regression))
"""The names of a regression's numbers, `bias` first."""

NUMBERS = (*WEIGHED, "share", "threshold")


def _calibration(values: Mapping[str, Any]) -> Calibration:
    """Return the calibration that JSON holds. Raises KeyError for what is missing, ValueError for what is no number."""
    parts: dict[str, Any] = {name: _regression(values[name]) for name in ("answerable", "skimmed")}
    numbers: dict[str, Any] = {name: _number(name, values[name]) for name in NUMBERS}
    parts["words"] = _words(values.get("words", ()))
    return Calibration(**numbers, **parts, fitted_on=values["fitted_on"], fitted_for=values["fitted_for"])


def _words(values: Sequence[Mapping[str, Any]]) -> tuple[WordShare, ...]:
    """Return what the words mean. Raises KeyError for what is missing, ValueError for what cannot be."""
    found = tuple(WordShare(one["least"], _number("right", one["right"]), one["answers"]) for one in values)
    least = [one.least for one in found]
    if least != [each for each in CONFIDENCE_WORDS if each in least]:
        begin = ", ".join(map(str, CONFIDENCE_WORDS))
        raise ValueError(
            f"words begin at {', '.join(map(str, least))} per cent, expected some of {begin}, in this order"
        )
    for one in found:
        if not 0 <= one.right <= 1:
            raise ValueError(f"right is {one.right}, expected a share from 0 to 1")
        if type(one.answers) is not int or one.answers < 0:
            raise ValueError(f"answers is {one.answers!r}, expected a whole number, 0 or more")
    return found


def _regression(values: Mapping[str, Any] | None) -> Regression | None:
    return None if values is None else Regression(**{name: _number(name, values[name]) for name in WEIGHED})


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is {value!r}, expected a number")
    return value


def _log_odds(share: float) -> float:
    return _cut(math.log(share / (1 - share))) if 0 < share < 1 else BOUND * (1 if share else -1)


def _cut(logits: float) -> float:
    return max(-BOUND, min(BOUND, logits))
