"""Question to prediction: retriever, reader, answers, in that order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from embeddings.archives import SearchableArchive
from embeddings.encoders import load_encoder
from embeddings.locations import open_archive
from embeddings.types import Filter, Hit
from qa.answers import assemble
from qa.confidence import Calibration
from qa.limits import check_k, check_question
from qa.reader.load import load_reader
from qa.retriever import retrieve
from qa.settings import Settings
from qa.types import Answer, Prediction, Reader, Reading, Timings

NO_FILTER = Filter()

ROUND = 2
"""Passages that are read at once where reading may stop early."""


@dataclass(frozen=True, slots=True)
class ReadHits:
    """The readings of the hits that were read, best hits first, and the answers in them, most confident first."""

    readings: Sequence[Reading]
    answers: Sequence[Answer]


class Pipeline:
    """Answers questions over one archive. Many threads may ask at once."""

    def __init__(
        self, archive: SearchableArchive, reader: Reader, calibration: Calibration, settings: Settings
    ) -> None:
        self.archive = archive
        self.reader = reader
        self.calibration = calibration
        self.settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> "Pipeline":
        """Load the models, open the archive, and return what answers questions with them.

        Raises:
            FileNotFoundError: if there is no such archive, or a model's file is missing.
            ValueError: if the archive and the encoder do not fit, or a model's file was altered.
        """
        loaded = load_reader(settings.reader, settings.cache)
        archive = open_archive(settings.archive, load_encoder(settings.encoder, settings.cache))
        return cls(archive, loaded.reader, loaded.calibration, settings)

    @property
    def threshold(self) -> float:
        """The least confidence of a first answer, in [0, 1]."""
        return self.calibration.threshold_for(self.settings)

    def ask(self, question: str, *, k: int | None = None, only: Filter = NO_FILTER) -> Prediction:
        """Return the answers to a question: verbatim spans of the articles that the filter lets through.

        `k` is the number of passages to read, by default that of the settings.

        Raises:
            ValueError: if the question or k is not one that can be asked.
        """
        started = perf_counter()
        question = check_question(question)
        settings = self.settings if k is None else replace(self.settings, k=check_k(k))
        retrieved = retrieve(self.archive, question, only, settings)
        reading = perf_counter()
        read = read_hits(question, retrieved.hits, self.reader, self.calibration, settings.stop_confidence)
        hits = reorder(retrieved.hits[: len(read.readings)], read.readings, settings.relevance_weight)
        ended = perf_counter()
        shown, withheld = self._decide(read.answers)
        timings = Timings(
            encode=retrieved.encode_ms,
            search=retrieved.search_ms,
            read=1000 * (ended - reading),
            total=1000 * (perf_counter() - started),
        )
        return Prediction(question, shown, withheld, hits, timings)

    def _decide(self, candidates: Sequence[Answer]) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
        """Return the answers to show and those to withhold: all of them, if the first is not confident enough."""
        if not candidates or candidates[0].confidence < self.threshold:
            return (), tuple(candidates)
        further = [answer for answer in candidates[1:] if answer.confidence >= self.settings.further_threshold]
        shown = 1 + len(further[: self.settings.max_answers - 1])  # they are in the order of their confidence
        return tuple(candidates[:shown]), tuple(candidates[shown:])


def read_hits(
    question: str, hits: Sequence[Hit], reader: Reader, calibration: Calibration, stop_confidence: float
) -> ReadHits:
    """Read the passages, and return what was read.

    From a confidence of `stop_confidence` on, in [0, 1], the passages behind are left unread: they have no reading.
    """
    if stop_confidence == 1:  # no confidence is
        readings = reader.read(question, [hit.passage for hit in hits])
        return ReadHits(readings, assemble(hits, readings, calibration))
    readings, answers = [], []
    for first in range(0, len(hits), ROUND):
        readings += reader.read(question, [hit.passage for hit in hits[first : first + ROUND]])
        answers = assemble(hits[: len(readings)], readings, calibration)
        if answers and answers[0].confidence >= stop_confidence:
            break
    return ReadHits(readings, answers)


def reorder(hits: Sequence[Hit], readings: Sequence[Reading], weight: float) -> tuple[Hit, ...]:
    """Return the hits, best first, ties as they were; their scores are in [0, 1] if those given are.

    A score is (1 − weight) × the retriever's + weight × the probability of the relevance logit. Hits stay as they are
    if the reader gives none.
    """
    logits = [reading.relevance for reading in readings if reading.relevance is not None]
    if weight == 0 or len(logits) < len(hits):
        return tuple(hits)
    scores = [(1 - weight) * hit.score + weight * _logistic(logit) for hit, logit in zip(hits, logits, strict=True)]
    ordered = sorted(zip(hits, scores, strict=True), key=lambda pair: (-pair[1], pair[0].rank))
    return tuple(replace(hit, score=score, rank=rank) for rank, (hit, score) in enumerate(ordered, start=1))


def _logistic(logit: float) -> float:
    return (1 + math.tanh(logit / 2)) / 2  # never overflows
