"""Answers that differ, and those that only look so."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import Article, Hit, Passage
from qa.differing import by_date, differing, ordered, sources_in_words, timeline
from qa.types import Answer, Mention, Prediction, Timings
from qa.values import value_of

SAME = [
    ("16 million", "16m"), ("16 million", "16,000,000"), ("16m", "16,000,000"), ("1.5 billion", "1,500 million"),
    ("$3 million", "$3m"), ("3 million dollars", "$3,000,000"), ("20 percent", "20%"), ("20 per cent", "20 %"),
    ("twelve", "12"), ("twenty-one", "21"), ("about 40 people", "40"), ("2 thousand", "2,000"), ("5k", "5,000"),
    ("one hundred", "100"), ("nearly 300 mines", "300 mines"), ("two boats", "2 boats"), ("3 boats", "3"),
    ("3 May 2021", "May 3, 2021"), ("3 May 2021", "2021-05-03"), ("3 May", "3 May 2021"), ("May 2021", "3 May 2021"),
    ("2021", "2021-05"), ("in 2021", "2021"), ("Sept 2020", "September 2020"), ("1st of June 2020", "1 June 2020"),
    ("Lena Ross", "Ross"), ("the Harbour Trust", "Harbour Trust"), ("Lena Ross", "LENA ROSS"),
    ("José Vega", "Jose Vega"), ("Mayor Lena Ross", "Lena Ross"),
]  # fmt: skip
OTHER = [
    ("14 million", "16 million"), ("16m", "16bn"), ("16", "16 million"), ("1.5 billion", "15 billion"),
    ("$3 million", "$4 million"), ("3 million dollars", "$3,500,000"), ("20 percent", "25%"), ("20 %", "2 %"),
    ("twelve", "13"), ("twenty-one", "22"), ("about 40 people", "45"), ("2 thousand", "200"), ("5k", "500"),
    ("one hundred", "one thousand"), ("300 mines", "350 mines"), ("two boats", "3 boats"), ("3 boats", "4"),
    ("3 May 2021", "4 May 2021"), ("3 May 2021", "2021-06-03"), ("3 May", "5 May 2021"), ("May 2021", "3 June 2021"),
    ("2021", "2020-05"), ("in 2021", "2022"), ("Sept 2020", "October 2020"), ("1 June 2020", "1 June 2021"),
    ("Lena Ross", "Ann Lee"), ("Harbour Trust", "City Council"), ("Lena Ross", "Lena Roth"),
    ("José Vega", "Juan Vega"), ("Lisbon", "Porto"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "differ"), [(*p, False) for p in SAME] + [(*p, True) for p in OTHER])
def test_sixty_pairs(one: str, other: str, differ: bool) -> None:
    first, second = value_of(one), value_of(other)
    assert first is not None
    assert second is not None
    assert first.compares(second)
    assert first.differs(second) is second.differs(first) is differ


@pytest.mark.parametrize(("one", "other"), [("16 boats", "12 percent"), ("3 May 2021", "Lena Ross"), ("$3", "3 miles")])
def test_what_is_of_another_kind_does_not_compare(one: str, other: str) -> None:
    first, second = value_of(one), value_of(other)
    assert first is not None
    assert second is not None
    assert not first.compares(second)
    assert not first.differs(second)


@pytest.mark.parametrize("text", ["", "because it rained", "to build a bridge over the river"])
def test_other_answers_are_of_no_kind(text: str) -> None:
    assert value_of(text) is None


@given(st.text(max_size=60))
def test_any_text_has_a_value_that_does_not_differ_from_itself(text: str) -> None:
    value = value_of(text)
    assert value is None or not value.differs(value)


def answer(id_: str, text: str, published: str) -> Answer:
    return Answer(Article(id_, text, "", published), 0, len(text), 0.9, 1.0)


def prediction(*answers: Answer) -> Prediction:
    return Prediction("How many?", answers, (), (), Timings(0, 0, 0, 0, 0))


def test_sayings_stand_by_date_with_their_sources() -> None:
    newer, older, again = (
        answer("b", "16 million", "2023-06-09"),
        answer("a", "14m", "2023-05-03"),
        answer("c", "16m", ""),
    )
    place = Mention(Article("d", "16 million", ""), 0, 10)
    newer = replace(newer, supports=(place,), copies=(replace(place, article=Article("e", "16 million", "")),))
    found = differing(prediction(newer, older, again, answer("f", "Lena Ross", "")))
    assert [[each.text for each in saying.answers] for saying in found] == [["14m"], ["16 million", "16m"]]
    assert [(saying.articles, saying.families) for saying in found] == [(1, 1), (4, 3)]


def in_families(found: Prediction, **families: int) -> Prediction:
    """Return a prediction whose articles, by id, are of families."""
    hits = [
        Hit(Passage(one.article, 0, 2, family=families.get(one.article.id)), 0.9, rank)
        for rank, one in enumerate(found.answers, start=1)
    ]
    return replace(found, hits=tuple(hits))


def test_an_article_and_its_copies_are_one_family_that_says_it() -> None:
    answers = (answer("a", "16 million", ""), answer("b", "16m", ""), answer("c", "14m", ""))
    found = differing(in_families(prediction(*answers), a=1, b=1))
    assert [(saying.articles, saying.families, saying.shared) for saying in found] == [(2, 1, 0), (1, 1, 0)]


def test_copies_that_differ_are_one_family_that_says_both() -> None:
    answers = (answer("a", "16 million", ""), answer("b", "14m", ""), answer("c", "14m", ""))
    found = differing(in_families(prediction(*answers), a=1, b=1))
    assert [sources_in_words(saying, 3) for saying in found] == [
        "1 article of 1 independent family, of 3 articles read; this family says another of these, too",
        "2 articles of 2 independent families, of 3 articles read; 1 of these families says another of these, too",
    ]


def test_a_thing_is_said_since_the_oldest_of_its_articles() -> None:
    answers = (answer("a", "16m", "2023-06"), answer("b", "14m", "2023-05"), answer("c", "16 million", "2023-04"))
    found = differing(prediction(*answers))
    assert [(saying.earliest.text, saying.earliest.article.published) for saying in found] == [
        ("16 million", "2023-04"),
        ("14m", "2023-05"),
    ]
    assert timeline(found) == "16 million · April 2023 → 14m · May 2023"


def test_where_else_the_words_stand_tells_since_when_too() -> None:
    support, copy = (
        Mention(Article(id_, "14m", "", day), 0, 3) for id_, day in (("d", "2023-03"), ("e", "2023-02-01"))
    )
    newer = replace(answer("b", "14m", "2023-05"), supports=(support,), copies=(copy,))
    found = differing(prediction(answer("a", "16m", "2023-04"), newer))
    assert timeline(found) == "14m · 1 February 2023 → 16m · April 2023"


def test_answers_that_do_not_differ_are_no_sayings() -> None:
    assert differing(prediction(answer("a", "16m", ""), answer("b", "16 million", ""))) == ()
    assert differing(prediction()) == ()


def test_answers_are_ordered_by_date_the_undated_last() -> None:
    answers = (answer("c", "1", ""), answer("b", "2", "2023"), answer("a", "3", "2022-05"))
    assert [each.article.id for each in ordered(answers, "date")] == ["a", "b", "c"]
    assert ordered(answers, "confidence") == answers
    assert by_date(answers[1]) == ("2023", "b", 0)
