from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from embeddings.types import Article, Filter, Passage, Ranking, Span


@pytest.mark.parametrize(
    ("published", "days"),
    [
        ("2022-10-19", (20221019, 20221019)),
        ("2022-10", (20221001, 20221031)),
        ("2024-02", (20240201, 20240229)),
        ("2023-02", (20230201, 20230228)),
        ("2022", (20220101, 20221231)),
        ("0999", (9990101, 9991231)),
        ("", (100_000_000, -1)),
    ],
)
def test_days_of_an_article_span_the_precision_of_its_date(published: str, days: tuple[int, int]) -> None:
    assert Article("a", "text", "title", published).days == days


@pytest.mark.parametrize(
    ("only", "days"),
    [
        (Filter(), None),
        (Filter(outlets=("Azernews",)), None),
        (Filter("2022-10-19", "2022-10-19"), (20221019, 20221019)),
        (Filter("2022-10", "2022-10"), (20221001, 20221031)),
        (Filter("2022", "2023"), (20220101, 20231231)),
        (Filter(published_from="2022"), (20220101, 99_999_999)),
        (Filter(published_to="2022-02"), (0, 20220228)),
        (Filter("2022-10-19", "2022"), (20221019, 20221231)),
    ],
)
def test_days_of_a_filter_include_both_ends(only: Filter, days: tuple[int, int] | None) -> None:
    assert only.days == days


@pytest.mark.parametrize(("first", "last"), [("2023", "2022"), ("2022-10-20", "2022-10-19"), ("2022-11", "2022-10")])
def test_filter_with_the_dates_the_wrong_way_round_names_both(first: str, last: str) -> None:
    with pytest.raises(ValueError, match=f"from {first} is after to {last}; swap them"):
        Filter(first, last)


def test_undated_article_meets_no_range_of_days() -> None:
    first, last = Article("a", "text", "title").days
    widest = Filter("0001", "9999").days
    assert widest is not None
    assert not (first <= widest[1] and widest[0] <= last)


# "e" + combining acute is NFC-composed by the reader of files; here it stands apart on purpose
@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("The treaty was signed.", 4, 10, "treaty"),
        ("😀 treaty 😀", 2, 8, "treaty"),
        ("cafe\u0301 treaty", 6, 12, "treaty"),
        ("treaty", 0, 6, "treaty"),
        ("treaty", 3, 3, ""),
    ],
)
def test_text_of_a_span_is_the_slice_of_its_article(text: str, start: int, end: int, expected: str) -> None:
    assert Span(Article("a", text, "title"), start, end).text == expected


def test_id_of_a_passage_is_its_articles_and_where_it_starts() -> None:
    assert Passage(Article("talks/2022", "One. Two.", "title"), 5, 9).id == "talks/2022@5"


def test_a_passage_cannot_be_changed() -> None:
    passage = Passage(Article("a", "One. Two.", "title"), 0, 4)
    with pytest.raises(FrozenInstanceError):
        passage.start = 5  # type: ignore[misc]


def test_empty_ranking_holds_nothing_of_the_right_types() -> None:
    nothing = Ranking.empty()
    assert nothing.numbers.tolist() == []
    assert nothing.scores.tolist() == []
    assert nothing.numbers.dtype == np.int64
    assert nothing.scores.dtype == np.float32


def test_one_outlet_that_is_no_tuple_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Filter\(outlets=\('Gazette',\)\)"):
        Filter(outlets="Gazette")  # type: ignore[arg-type]
