"""Hits to answers: one reader reads them all, or a small one skims them and a careful one reads the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from embeddings.types import NO_FILTER, Filter, Hit, Passage, Span
from qa.answers import assemble
from qa.confidence import Calibration
from qa.recency import newer_answers_first
from qa.settings import Settings
from qa.types import Answer, Reader, ReadHit, Reading

ROUND = 2
"""Passages that are read at once where reading may stop early."""


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads: a reader, what skims the passages for it, None if it reads them all, and what both are worth.

    `notice` says what is amiss, such as that the careful reader found too little memory, "" if nothing is. `models` are
    their names, each with the first digits of its weights' SHA-256.
    """

    reader: Reader
    calibration: Calibration
    skimmer: Reader | None = None
    notice: str = ""
    models: tuple[str, ...] = ()

    def read_at_first(self, found: Sequence[ReadHit], settings: Settings) -> int:
        """Return how many of the hits are read at least."""
        return len(found) if self.skimmer is None else min(settings.read, len(found))


@dataclass(frozen=True, slots=True)
class Findings:
    """The hits that were read or skimmed, best first, and the answers in them, most confident first.

    Times are in milliseconds.
    """

    hits: tuple[Hit, ...]
    answers: Sequence[Answer]
    skimmed: frozenset[str]
    """The ids of the passages that were skimmed and not read."""

    skim_ms: float
    read_ms: float


def read_hits(
    question: str, hits: Sequence[Hit], readers: Readers, settings: Settings, only: Filter = NO_FILTER
) -> Findings:
    """Return what is found in the hits of a question, which was asked with a filter.

    With a skimmer all are skimmed and the best `settings.read` are read, and more, until the most confident answer is
    one that was read; without one all are read. From a confidence of `settings.stop_confidence` on nothing more is:
    what was neither read nor skimmed is left out.
    """
    started = perf_counter()
    found = skim(question, hits, readers.skimmer, settings)
    skimmed = perf_counter()
    answers: list[Answer] = []
    most = readers.read_at_first(found, settings)
    while places := _worth_reading(found[:most], answers, settings) or _holding_the_first(found, answers):
        found = _with_readings(question, found, places, readers.reader)
        answers = assemble([one for one in found if one.best], readers.calibration)
        answers = newer_answers_first(answers, question, only, settings)
    seen = [one for one in found if one.best]
    hits = reorder([one.hit for one in seen], [one.best for one in seen if one.best], settings.relevance_weight)
    unread = frozenset(one.hit.passage.id for one in seen if one.read is None)
    ended = perf_counter()
    return Findings(hits, answers, unread, 1000 * (skimmed - started), 1000 * (ended - skimmed))


def read_best(question: str, hits: Sequence[Hit], readers: Readers, settings: Settings) -> list[ReadHit]:
    """Return the hits with what is found in them, each of the best ones read: what a confidence is fitted on."""
    found = skim(question, hits, readers.skimmer, settings)
    return _with_readings(question, found, range(readers.read_at_first(found, settings)), readers.reader)


def skim(question: str, hits: Sequence[Hit], skimmer: Reader | None, settings: Settings) -> list[ReadHit]:
    """Return the hits, those first that are worth reading most; as they are where nothing skims them."""
    if skimmer is None:
        return [ReadHit(hit) for hit in hits]
    readings = skimmer.read(question, [hit.passage for hit in hits])
    order = [hit.passage.id for hit in reorder(hits, readings, settings.relevance_weight)]
    found = {hit.passage.id: ReadHit(hit, skimmed=reading) for hit, reading in zip(hits, readings, strict=True)}
    return [found[id_] for id_ in order]


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


def _with_readings(question: str, found: Sequence[ReadHit], places: Sequence[int], reader: Reader) -> list[ReadHit]:
    """Return the hits, those in these places read."""
    readings = dict(zip(places, reader.read(question, [found[place].hit.passage for place in places]), strict=True))
    return [replace(one, read=readings.get(place, one.read)) for place, one in enumerate(found)]


def _worth_reading(first: Sequence[ReadHit], answers: Sequence[Answer], settings: Settings) -> list[int]:
    """Return the places of the hits to read next, of the first ones, none if an answer is sure enough."""
    unread = [place for place, one in enumerate(first) if one.read is None]
    if settings.stop_confidence == 1:  # no confidence is
        return unread
    return [] if answers and answers[0].confidence >= settings.stop_confidence else unread[:ROUND]


def _holding_the_first(found: Sequence[ReadHit], answers: Sequence[Answer]) -> list[int]:
    """Return the places of the hits that hold the most confident answer, if it was only skimmed."""
    if not answers or not answers[0].skimmed:
        return []
    first = answers[0]
    return [place for place, one in enumerate(found) if one.read is None and _holds(one.hit.passage, first)]


def _holds(passage: Passage, span: Span) -> bool:
    return passage.article.id == span.article.id and passage.start <= span.start and span.end <= passage.end


def _logistic(logit: float) -> float:
    return (1 + math.tanh(logit / 2)) / 2  # never overflows
