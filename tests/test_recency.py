"""Recency: what age takes from a score, which questions ask for the latest, and what says which time is meant."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import NO_FILTER, Article, Filter, Passage
from fakes import near
from qa.recency import HALF_LIFE, asks_for_the_latest, newer_answers_first, newer_first, recency
from qa.retriever import retrieve
from qa.settings import Settings
from qa.types import Answer, Mention

SETTINGS = Settings(recency_weight=0.1, latest_weight=0.4)
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
    assert newer_answers_first([], THIS_WEEK, NO_FILTER, SETTINGS) == []


def answer(id_: str, confidence: float, published: str) -> Answer:
    return Answer(Article(id_, "It rained.", "Rain", published), 3, 9, confidence=confidence, score=1.0)


def mention(published: str) -> Mention:
    return Mention(Article("m", "It rained.", "Rain", published), 3, 9)


def aged(*answers: Answer, question: str = THIS_WEEK, only: Filter = NO_FILTER) -> dict[str, float]:
    """Return the confidences after age took its share, by article id, in their new order."""
    found = newer_answers_first(answers, question, only, SETTINGS)
    return {one.article.id: one.confidence for one in found}


def test_of_answers_that_are_as_likely_the_newer_comes_first() -> None:
    # Of answers age takes twice its share: with a weight of 0.4 and 30 days, the half-life, 0.8 × (1 − 0.5).
    found = aged(answer("old", 0.6, "2022-06-01"), answer("new", 0.5, "2022-07-01"))
    assert list(found.items()) == [("new", 0.5), ("old", near(0.6 * 0.6))]


def test_answers_to_a_question_that_does_not_ask_for_the_latest_stay() -> None:
    answers = [answer("old", 0.6, "2022-06-01"), answer("new", 0.5, "2022-07-01")]
    assert newer_answers_first(answers, WHO, NO_FILTER, SETTINGS) == answers


def test_an_answer_keeps_its_confidence_beside_newer_ones_that_are_unlikely() -> None:
    old, new = answer("old", 0.6, "2012-06-01"), answer("new", 0.29, "2022-07-01")
    assert list(aged(old, new).items()) == [("old", 0.6), ("new", 0.29)]


def test_an_unlikely_answer_loses_by_age_as_well() -> None:
    found = aged(answer("first", 0.9, "2022-07-01"), answer("old", 0.2, "2022-06-01"))
    assert found == {"first": 0.9, "old": near(0.2 * 0.6)}


@pytest.mark.parametrize("where", ["supports", "copies"])
def test_an_answer_is_as_old_as_the_newest_article_that_holds_its_words(where: str) -> None:
    places = (mention("2022-07-01"), mention(""))
    old = answer("old", 0.6, "2012-06-01")
    told_again = replace(old, supports=places) if where == "supports" else replace(old, copies=places)
    assert list(aged(told_again, answer("new", 0.5, "2022-06-30"))) == ["old", "new"]


def test_age_takes_nothing_from_answers_without_a_date() -> None:
    assert aged(answer("undated", 0.6, ""), answer("new", 0.5, "2022-07-01")) == {"undated": 0.6, "new": 0.5}
    assert aged(answer("a", 0.6, ""), answer("b", 0.5, "")) == {"a": 0.6, "b": 0.5}


@pytest.mark.parametrize(
    ("question", "only"), [(THIS_WEEK, Filter(published_from="2020")), ("Who signed it in 2021?", NO_FILTER)]
)
def test_answers_stay_where_it_is_said_what_time_is_meant(question: str, only: Filter) -> None:
    answers = [answer("old", 0.6, "2022-06-01"), answer("new", 0.5, "2022-07-01")]
    assert newer_answers_first(answers, question, only, SETTINGS) == answers


def test_answers_that_end_up_equal_are_in_the_order_of_their_articles() -> None:
    assert list(aged(answer("b", 0.5, "2022-07-01"), answer("a", 0.5, "2022-07-01"))) == ["a", "b"]


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(["", "1990", "2022-06", "2022-06-01", "2022-07-01"])), max_size=6
    )
)
def test_age_adds_nothing_and_loses_no_answer(given_: list[tuple[float, str]]) -> None:
    answers = [answer(f"a{number}", *one) for number, one in enumerate(given_)]
    found = newer_answers_first(answers, THIS_WEEK, NO_FILTER, Settings(latest_weight=1.0))
    before = {one.article.id: one.confidence for one in answers}
    assert {one.article.id for one in found} == before.keys()
    assert all(0 <= one.confidence <= before[one.article.id] for one in found)
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)


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
