"""Newer articles before older ones that match a question as well."""

import re
from collections.abc import Mapping
from datetime import date

from embeddings.dates import latest
from embeddings.folding import fold
from embeddings.types import Filter, Passage
from qa.settings import Settings

HALF_LIFE = 30
"""The days in which an article loses half of its recency. On the news of 2022, 14, 60 and 90 gave much the same."""

LATEST = re.compile(
    r"\b(?:latest|newest|most recent|recent|recently|now|current|currently|today|tonight|yesterday"
    r"|(?:this|last|past)\s+(?:week|weekend|month|year)|who\s+is\s+the\s+new)\b",
    re.IGNORECASE,
)
"""Words of a question that leans on the day it is asked."""

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
    days = {
        number: date.fromisoformat(latest(passage.article.published))
        for number, passage in passages.items()
        if passage.article.published
    }
    newest = max(days.values(), default=None)
    years = map(int, YEAR.findall(fold(question).text))
    if newest is None or only.published_from or any(year < newest.year for year in years):
        return dict(scores)
    weight = settings.latest_weight if asks_for_the_latest(question) else settings.recency_weight
    return {
        number: score * (1 - weight * (1 - recency((newest - days[number]).days))) if number in days else score
        for number, score in scores.items()
    }
