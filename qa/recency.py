"""Newer articles before older ones that match, or answer, a question as well."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from embeddings.dates import latest
from embeddings.folding import fold
from embeddings.types import Article, Filter, Passage
from qa.settings import Settings
from qa.types import Answer

HALF_LIFE = 30
"""The days in which an article loses half of its recency. On the news of 2022, 14, 60 and 90 gave much the same."""

LATEST = re.compile(
    r"\b(?:latest|newest|most recent|recent|recently|now|current|currently|today|tonight|yesterday"
    r"|(?:this|last|past)\s+(?:week|weekend|month|year)|who\s+is\s+the\s+new)\b",
    re.IGNORECASE,
)
"""Words of a question that leans on the day it is asked."""

EQUALS = 0.5
"""Answers count as equals of the most confident one that are at least this share as confident."""

OF_ANSWERS = 2
"""How many times as much age takes from a confidence, in which nothing else knows of it, as from a score: once gains
less on the news of 2022, three times no more (docs/evaluation.md)."""

YEAR = re.compile(r"\b(?:1[6-9]|20)[0-9]{2}\b")


def asks_for_the_latest(question: str) -> bool:
    """Return whether a question leans on the day it is asked: "this week", "the latest", "currently"."""
    return LATEST.search(fold(question).text) is not None


def recency(age: int) -> float:
    """Return how recent an article is, in (0, 1], by its age in days: 1 if it is of today, a half after HALF_LIFE.

    Source: Li & Croft 2003, "Time-based language models", where a document's prior falls exponentially with its age.
    """
    return float(2 ** (-max(0, age) / HALF_LIFE))


def newer_first(
    scores: Mapping[int, float], passages: Mapping[int, Passage], question: str, only: Filter, settings: Settings
) -> dict[int, float]:
    """Return the scores by passage number, less what age takes: score × (1 − weight × (1 − recency)), in [0, score].

    Ages are counted back from the newest article among the passages, so that the newest keep their scores, as undated
    ones do. The weight is the settings' `latest_weight` for a question that asks for the latest, else `recency_weight`.
    Nothing is taken where it is said what time is meant: by a filter with a first day, or by an earlier year in the
    question.
    """
    days = {number: _newest([passage.article]) for number, passage in passages.items()}
    newest = max(filter(None, days.values()), default=None)
    weight = _weight(question, newest, only, settings)
    return {number: score * _kept(days[number], newest, weight) for number, score in scores.items()}


def newer_answers_first(answers: Sequence[Answer], question: str, only: Filter, settings: Settings) -> list[Answer]:
    """Return answers, most confident first, by their confidence less what age takes from it, as from a score.

    Only where a question asks for the latest: what was right a year ago reads as well as what is today. An answer is as
    old as the newest article that holds its words. Ages are counted back from the newest answer among EQUALS of the
    most confident one, so that what answers alone keeps its confidence, however old it is.
    """
    if not asks_for_the_latest(question):
        return list(answers)
    least = EQUALS * max((answer.confidence for answer in answers), default=0.0)
    days = [_newest(place.article for place in (answer, *answer.supports, *answer.copies)) for answer in answers]
    equals = [day for answer, day in zip(answers, days, strict=True) if day and answer.confidence >= least]
    newest = max(equals, default=None)
    weight = min(1.0, OF_ANSWERS * _weight(question, newest, only, settings))
    aged = [
        replace(answer, confidence=answer.confidence * _kept(day, newest, weight))
        for answer, day in zip(answers, days, strict=True)
    ]
    return sorted(aged, key=lambda answer: (-answer.confidence, answer.article.id, answer.start))


def _newest(articles: Iterable[Article]) -> date | None:
    """Return the last day of the newest of the articles, None if none is dated."""
    return max((date.fromisoformat(latest(one.published)) for one in articles if one.published), default=None)


def _weight(question: str, newest: date | None, only: Filter, settings: Settings) -> float:
    """Return what age counts for a question, in [0, 1], where the newest of what was found is of that day."""
    years = map(int, YEAR.findall(fold(question).text))
    if newest is None or only.published_from or any(year < newest.year for year in years):
        return 0.0
    return settings.latest_weight if asks_for_the_latest(question) else settings.recency_weight


def _kept(day: date | None, newest: date | None, weight: float) -> float:
    """Return what is left by age, in [0, 1]: all of it to what is undated."""
    return 1.0 if day is None or newest is None else 1 - weight * (1 - recency((newest - day).days))
