"""Hits to readings and answers: all of them are read, or as many as it takes to be sure."""

from collections.abc import Sequence

from embeddings.types import Hit
from qa.answers import assemble
from qa.confidence import Calibration
from qa.types import Answer, Reader, Reading

ROUND = 2
"""So many passages are read at once where reading may stop early."""


def read_hits(
    question: str, hits: Sequence[Hit], reader: Reader, calibration: Calibration, enough: float
) -> tuple[list[Reading], list[Answer]]:
    """Return the readings of the passages, best hits first, and the answers in them, most confident first.

    From a confidence of `enough` on, in [0, 1], the passages behind are left unread: there is no reading of them.
    """
    if enough == 1:  # no confidence is
        readings = reader.read(question, [hit.passage for hit in hits])
        return readings, assemble(hits, readings, calibration)
    readings, answers = [], []
    for first in range(0, len(hits), ROUND):
        readings += reader.read(question, [hit.passage for hit in hits[first : first + ROUND]])
        answers = assemble(hits[: len(readings)], readings, calibration)
        if answers and answers[0].confidence >= enough:
            break
    return readings, answers
