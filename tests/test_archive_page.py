"""The archive looked through, and what is shown of a filter: counts, histogram, chips."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from adding import add
from embeddings.archives import GrowingArchive
from embeddings.folder.archive import Archive
from embeddings.holdings import Holdings
from embeddings.locations import Location, open_or_create
from embeddings.types import Article, Filter, Span
from fakes import FakeEncoder
from qa.absence import Absence, held_in_words, nearest_in_words
from test_shelves import DATED
from web.highlight import EXCERPT, excerpt
from web.pages import filters
from web_fakes import HOSTILE, FakeArchive, FakePipeline, app_over

MANY = [Article(f"many-{n}", f"Ferry number {n} sank.", f"Ferry {n}", "2021-05-02", "Ferry Post") for n in range(60)]

OCTOBER: dict[str, Any] = {"from": "2022-10", "to": "2022-10"}
MAY: dict[str, Any] = {"from": "2021-05", "to": "2021-05"}
SINCE: dict[str, Any] = {"from": "2022"}


def client_over(archive: GrowingArchive) -> FlaskClient:
    return app_over(FakePipeline(archive=cast("FakeArchive", archive))).test_client()


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    add(archive, [*DATED, *MANY])
    archive.refresh()
    return client_over(archive)


def page_of(client: FlaskClient, path: str = "/archive", status: int = 200, **query: Any) -> str:
    response = client.get(path, query_string=query or None)
    assert response.status_code == status
    return response.text


def titles(page: str) -> list[str]:
    return re.findall(r'<p class="title"><a [^>]*>(.*?)</a>', page)


def test_articles_are_listed_newest_first_under_their_months(client: FlaskClient) -> None:
    page = page_of(client)
    assert titles(page)[:6] == [f"Title of {name}" for name in ("later", "year", "month", "same", "day")] + ["Ferry 59"]
    assert re.findall(r'class="month">(.*?)<', page) == ["January 2023", "2022", "October 2022", "May 2021"]
    assert "66 articles by 3 outlets, 2 May 2021 to 2 January 2023; 1 has no date." in page


def test_pages_follow_each_other_and_lose_nothing(client: FlaskClient) -> None:
    found, path = [], "/archive"
    for _ in range(3):
        page = page_of(client, path)
        found += titles(page)
        following = re.search(r'href="([^"]*)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert len(found) == len(set(found)) == 66
    assert found[-1] == "Title of undated"
    assert path == ""
    assert '<h2 id="found">No article on this page</h2>' in page_of(client, page=4)


def test_filters_are_those_of_a_question(client: FlaskClient) -> None:
    page = page_of(client, outlet=["Wire", "Post"], **OCTOBER)
    assert titles(page) == ["Title of year", "Title of month", "Title of same", "Title of day"]
    assert "4 articles by 2 outlets" in page
    assert re.findall(r"Take off:</span> (.*)</a>", page) == ["from October 2022", "up to October 2022", "Wire", "Post"]


def test_words_are_found_and_marked(client: FlaskClient) -> None:
    page = page_of(client, words="FERRIES 7 sinking")
    assert titles(page)[0] == "<mark>Ferry</mark> <mark>7</mark>"
    assert '<p class="text" dir="auto"><mark>Ferry</mark> number <mark>7</mark> sank.</p>' in page
    link = re.search(r'<p class="title"><a href="([^"]*)"', page)
    assert link is not None
    read = page_of(client, link[1].replace("&amp;", "&"))
    assert '<mark class="chosen" id="span">Ferry</mark> number <mark>7</mark>' in read
    assert "Place 1 of 2" in read
    assert '<a href="/archive?words=FERRIES+7+sinking">Back to the archive</a>' in read


def test_words_are_found_page_by_page(client: FlaskClient) -> None:
    pages = [page_of(client, words="ferry", page=number) for number in (1, 2, 3)]
    assert [len(titles(page)) for page in pages] == [25, 25, 10]
    assert len({title for page in pages for title in titles(page)}) == 60
    assert ['rel="next"' in page for page in pages] == [True, True, False]


def test_words_that_no_article_holds(client: FlaskClient) -> None:
    assert "No article holds these words." in page_of(client, words="zeppelin")
    assert "No article passes the filters and holds these words." in page_of(client, words="ferry", outlet="Wire")


def test_empty_archive_says_how_to_fill_it(archive: Archive) -> None:
    page = page_of(client_over(archive))
    assert "Add articles with <code>pressmark index</code>" in page
    assert "histogram" not in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"page": "0"}, "Page is &#39;0&#39;; give a whole number from 1 to 10000"),
        ({"page": "-1"}, "Page is &#39;-1&#39;"),
        ({"page": "9" * 5000}, "give a whole number"),
        ({"page": ["1", "2"]}, "Page is given 2 times; give it once."),
        ({"words": "?!"}, "hold no letter or digit"),
        ({"words": "x" * 5000}, "The words have 5,000 characters"),
        ({"from": "2022-13"}, "&#39;2022-13&#39; is not a date"),
        ({"from": "2023", "to": "2022"}, "The dates are the wrong way round"),
        ({"outlet": ["Wire", "<i>"]}, "no article of the outlet &#39;&lt;i&gt;&#39;"),
    ],
)
def test_wrong_field_is_named_with_its_cure(client: FlaskClient, query: dict[str, Any], said: str) -> None:
    assert said in page_of(client, "/archive", 400, **query)


def test_blank_fields_are_the_first_page_and_those_of_another_version_are_named(client: FlaskClient) -> None:
    assert len(titles(page_of(client, "/archive?words=&page="))) == 25
    page = page_of(client, "/archive?sort=old&sort=new&words=sea", 400)
    assert "<strong>sort</strong>: This page has no field" in page
    assert 'href="/archive?words=sea">Go on without it</a>' in page


def test_any_archive_is_searched_by_words_and_says_what_it_cannot(location: Location) -> None:
    opened = open_or_create(location, FakeEncoder())
    add(opened, DATED)
    opened.refresh()
    client = client_over(opened)
    assert titles(page_of(client, words="three")) == ["Title of month"]
    listed = page_of(client)
    assert (titles(listed) == []) == ("does not keep its articles in the order of their days" in listed)
    assert 'value="Wire"' in listed
    opened.close()


def test_hostile_articles_are_only_read(archive: Archive) -> None:
    add(archive, [replace(HOSTILE, id='"><b>', outlet='"><img src=x>', byline="<u>", published="2022-10-19")])
    archive.refresh()
    client = client_over(archive)
    for page in (page_of(client), page_of(client, words="script alert"), page_of(client, outlet='"><img src=x>')):
        assert len(titles(page)) == 1
        assert not re.search(r"<img|<u>|<b>|<script>|javascript:", page)


def bars(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', page)


def test_histogram_has_a_bar_a_month_that_filters_by_it(client: FlaskClient) -> None:
    found = bars(page_of(client, outlet=["Wire", "Ferry Post"]))
    assert [label for _, label in found if not label.endswith(": 0 articles")] == [
        "May 2021: 60 articles",
        "October 2022: 2 articles",
    ]
    assert len(found) == 18
    assert found[0][0] == "/archive?outlet=Wire&amp;outlet=Ferry+Post&amp;from=2021-05&amp;to=2021-05"
    assert 'aria-current="true" class="chosen"' in page_of(client, **MAY)


def test_outlets_have_their_counts_on_the_days_chosen(client: FlaskClient) -> None:
    page = page_of(client, "/", q="Who?", **SINCE)
    assert re.findall(r'<span dir="auto">([^<]*)</span> <span class="count">(\d+)<', page) == [
        ("Post", "2"),
        ("Wire", "2"),
        ("Ferry Post", "0"),
    ]
    assert "The archive goes from 2 May 2021 to 2 January 2023." in page


def view(articles: Sequence[tuple[str, int, int, int]], only: Filter = Filter()) -> filters.FilterView:  # noqa: B008
    """Return what is shown of a filter over an archive that holds so many articles."""

    class Shelves:
        def holdings(self) -> Holdings:
            return Holdings(articles)

    class Store:
        def outlets(self) -> list[str]:
            return sorted({outlet for outlet, *_ in articles})

    class Stored:
        shelves, store = Shelves(), Store()

    with app_over(FakePipeline()).test_request_context():
        return filters.filter_view(cast("GrowingArchive", Stored()), only, "pages.archive", {})


DECADE = [("Post", day, day, 1) for year in range(2010, 2020) for day in (year * 10_000 + 515,)]


def test_histogram_of_a_long_time_is_by_year_and_of_a_part_of_it_by_month() -> None:
    shown = view(DECADE)
    assert (shown.unit, [bar.label for bar in shown.bars]) == ("year", [str(year) for year in range(2010, 2020)])
    assert {(bar.articles, bar.height) for bar in shown.bars} == {(1, 40.0)}
    part = view(DECADE, Filter("2012", "2013"))
    assert (part.unit, part.bars[0].label, part.bars[-1].label) == ("month", "January 2012", "December 2013")


def test_of_very_many_outlets_those_with_most_articles_are_offered() -> None:
    shown = view([(f"Outlet {n:03}", 20220101, 20220101, n) for n in range(1, 101)])
    assert (shown.outlets[0].name, len(shown.outlets), shown.more) == ("Outlet 100", 60, 40)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no article"),
        ([("", 99999999 + 1, -1, 1)], "1 article; 1 has no date"),
        ([("Post", 20221019, 20221019, 2)], "2 articles by 1 outlet, 19 October 2022"),
        (
            [("Post", 20220101, 20221231, 1), ("Wire", 20230102, 20230102, 1)],
            "2 articles by 2 outlets, 1 January 2022 to 2 January 2023",
        ),
    ],
)
def test_holdings_in_words(rows: list[tuple[str, int, int, int]], words: str) -> None:
    assert held_in_words(Holdings(rows)) == words


@pytest.mark.parametrize(
    ("nearest", "words"),
    [
        (None, "no passage holds anything like an answer"),
        (0.001, "under 1 %, where an answer has 31 % or more"),
        (0.12, "12 %, where an answer has 31 % or more"),
    ],
)
def test_nearest_in_words(nearest: float | None, words: str) -> None:
    assert nearest_in_words(Absence(None, nearest, 0.31, ())) == words


def test_question_that_nothing_answers_says_what_was_searched(client: FlaskClient) -> None:
    page = page_of(client, "/", q="Which zeppelin sank?", outlet="Ferry Post")
    assert "<dt>Searched</dt><dd>60 articles by 1 outlet, 2 May 2021</dd>" in page
    assert re.findall(r'class="word" dir="auto">(\w+)<', page) == ["zeppelin"]


@given(st.text(st.sampled_from("ab \n"), max_size=700), st.data())
def test_excerpts_hold_their_mark_and_stay_within_their_span(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    first, last = sorted(data.draw(st.tuples(*[st.integers(start, end)] * 2)))
    article = Article("a", text, "")
    cut = excerpt(Span(article, start, end), Span(article, first, last))
    assert start <= cut.start <= first
    assert last <= cut.end <= end
    assert len(cut.text) <= max(EXCERPT, last - cut.start)
    assert excerpt(Span(article, start, end)).start == start
