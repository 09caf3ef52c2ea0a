"""What a question that nothing answers was looked for in, and how near the nearest came."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.holdings import Holdings
from embeddings.matching import words_nowhere
from embeddings.types import Filter
from qa.types import Prediction

if TYPE_CHECKING:
    from qa.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Absence:
    """What speaks for it that an archive does not answer a question.

    `searched`: the articles that the filter lets through, None if the archive does not count them. `nearest`: the
    confidence of the likeliest of what was withheld, None if nothing was; `needed`: the least one of an answer; both in
    [0, 1]. `nowhere`: words of the question that stand nowhere in the archive, whatever the filter, without
    little ones such as "how".
    """

    searched: Holdings | None
    nearest: float | None
    needed: float
    nowhere: tuple[str, ...]


def absence_of(pipeline: "Pipeline", prediction: Prediction, only: Filter) -> Absence:
    """Return what was searched for a question that was not answered, and what was missing."""
    archive = pipeline.archive
    return Absence(
        searched=archive.shelves.holdings().within(only) if archive.shelves else None,
        nearest=max((answer.confidence for answer in prediction.withheld), default=None),
        needed=pipeline.threshold,
        nowhere=tuple(words_nowhere(archive, prediction.question)),
    )
