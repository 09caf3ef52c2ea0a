"""Recency: what age takes from a score, which questions ask for the latest, and what says which time is meant."""

from dataclasses import replace

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter, Passage
from fakes import near
from qa.recency import HALF_LIFE, asks_for_the_latest, newer_first, recency
from qa.retriever import retrieve
from qa.settings import Settings

SETTINGS = Settings(recency_weight=0.1, latest_weight=0.4)
NO_FILTER = Filter()
SCORES = {1: 0.9, 2: 0.8, 3: 0.7}
WHO, THIS_WEEK = "Who signed it?", "Who signed it this week?"


def dated(*days: str) -> dict[int, Passage]:
    """Return passages by number from 1, each of an article of its own published on a day."""
    articles = [Article(f"a{number}", "It rained.", "Rain", day) for number, day in enumerate(days, start=1)]
    return {number: Passage(article, 0, 10) for number, article in enumerate(articles, start=1)}


@pytest.mark.parametrize(("age", "recent"), [(0, 1.0), (HALF_LIFE, 0.5), (2 * HALF_LIFE, 0.25), (-1, 1.0)])
def test_recency_halves_with_every_half_life(age: int, recent: float) -> None:
    assert recency(age) == near(recent)


def test_age_takes_what_recency_lacks() -> None:
    # 30 days, the half-life, lie between the first two; a weight of 0.4 takes 0.4 × (1 − 0.5).
    passages = dated("2022-06-01", "2022-07-01", "")
    assert newer_first(SCORES, passages, THIS_WEEK, NO_FILTER, SETTINGS) == {1: near(0.9 * 0.8), 2: 0.8, 3: 0.7}
    assert newer_first(SCORES, passages, WHO, NO_FILTER, SETTINGS) == {1: near(0.9 * 0.95), 2: 0.8, 3: 0.7}


def test_a_month_is_as_old_as_its_last_day() -> None:
    passages = dated("2022-06-30", "2022-06", "2022-05-31")
    found = newer_first(SCORES, passages, WHO, NO_FILTER, Settings(recency_weight=1.0))
    assert found == {1: 0.9, 2: 0.8, 3: near(0.7 * 0.5)}


@pytest.mark.parametrize("days", [("", "", ""), ("2022-06-01", "2022-06-01", "2022-06-01")])
def test_age_takes_nothing_where_all_are_alike(days: tuple[str, ...]) -> None:
    assert newer_first(SCORES, dated(*days), THIS_WEEK, NO_FILTER, SETTINGS) == SCORES


def test_nothing_found_stays_nothing() -> None:
    assert newer_first({}, {}, THIS_WEEK, NO_FILTER, SETTINGS) == {}


@pytest.mark.parametrize(
    ("question", "only", "kept"),
    [
        (THIS_WEEK, Filter(published_to="2022-10"), 0.6),
        (THIS_WEEK, Filter(outlets=("Wire",)), 0.6),
        (THIS_WEEK, Filter(published_from="2020"), 1.0),
        (WHO, Filter("2020", "2022-10"), 1.0),
        ("Who signed it in 2021?", NO_FILTER, 1.0),
        ("Who signed it in 2022?", NO_FILTER, 0.9),
        ("Which of the two was current in 1848?", NO_FILTER, 1.0),
        ("Who paid 20225 for it?", NO_FILTER, 0.9),
    ],
)
def test_age_takes_nothing_where_it_is_said_what_time_is_meant(question: str, only: Filter, kept: float) -> None:
    found = newer_first({1: 1.0, 2: 1.0}, dated("1990", "2022-06-01"), question, only, SETTINGS)
    assert found == {1: near(kept), 2: 1.0}


@pytest.mark.parametrize(
    ("question", "latest"),
    [
        ("Who won the latest election?", True),
        ("What did the Senate pass this week?", True),
        ("Where does she CURRENTLY live?", True),
        ("Who is the new prime minister?", True),
        ("Which company recently laid off staff?", True),
        ("Who was elected last  year?", True),
        ("Who signed the treaty?", False),
        ("What is the new bridge made of?", False),
        ("Who knows?", False),
        ("What was broadcast in the last weeks of the war?", False),
    ],
)
def test_asks_for_the_latest(question: str, latest: bool) -> None:
    assert asks_for_the_latest(question) is latest


def test_retrieve_puts_the_newer_of_two_alike_first(archive: Archive) -> None:
    text = "The bridge over the river was opened."
    add(archive, [Article("a", text, "", "2021-05-01"), Article("b", text, "", "2022-05-01")])
    archive.refresh()
    assert _found(archive, SETTINGS, NO_FILTER) == ["b", "a"]
    assert _found(archive, replace(SETTINGS, latest_weight=0.0), NO_FILTER) == ["a", "b"]
    assert _found(archive, SETTINGS, Filter(published_from="2021")) == ["a", "b"]


def _found(archive: Archive, settings: Settings, only: Filter) -> list[str]:
    hits = retrieve(archive, "Which bridge was opened this week?", only, settings).hits
    return [hit.passage.article.id for hit in hits]
