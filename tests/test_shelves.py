"""An archive's articles in the order of their days, counted, beside their copies; and words that stand nowhere."""

from dataclasses import replace

import pytest

from adding import add
from embeddings.archives import GrowingArchive
from embeddings.folder.archive import Archive
from embeddings.holdings import Holdings, Month
from embeddings.locations import Location, open_or_create
from embeddings.matching import WORDS_LOOKED_FOR, places_of, words_nowhere
from embeddings.types import Article, Filter, Span
from fakes import FakeEncoder
from three_articles import THREE, article

LONG = " ".join(
    f"In the {n}th hour the delegates of the lake towns argued over the price of ferry tickets." for n in range(9)
)
FERRY = article("ferry", LONG, "2023-03-01", "Lake Post")
DATED = [
    article("day", "One.", "2022-10-19", "Wire"),
    article("same", "Two.", "2022-10-19", "Wire"),
    article("month", "Three.", "2022-10", "Post"),
    article("year", "Four.", "2022", "Post"),
    article("later", "Five.", "2023-01-02", ""),
    article("undated", "Six.", "", "Wire"),
]


@pytest.fixture
def shelved(archive: Archive) -> Archive:
    add(archive, DATED)
    archive.refresh()
    return archive


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        (Filter(), ["later", "year", "month", "same", "day", "undated"]),
        (Filter(outlets=("Wire",)), ["same", "day", "undated"]),
        (Filter(outlets=("Post", "Wire")), ["year", "month", "same", "day", "undated"]),
        (Filter("2022-10", "2022-10"), ["year", "month", "same", "day"]),
        (Filter("2022-11", "2022-12", ("Post",)), ["year"]),
        (Filter("2030"), []),
    ],
)
def test_newest_are_in_order_and_paged(shelved: Archive, only: Filter, ids: list[str]) -> None:
    assert [found.id for found in shelved.shelves.newest(only, 100).articles] == ids
    paged = [found.id for first in range(0, 8, 2) for found in shelved.shelves.newest(only, 2, skipped=first).articles]
    assert paged == ids


def test_newest_are_whole(shelved: Archive) -> None:
    assert shelved.shelves.newest(Filter(), 1).articles == (DATED[4],)


def test_holdings_are_counted_by_outlet_and_month(shelved: Archive) -> None:
    held = shelved.shelves.holdings()
    assert (held.articles, held.undated, held.days) == (6, 1, ("2022-01-01", "2023-01-02"))
    assert held.by_outlet == {"Wire": 3, "Post": 2, "": 1}
    assert held.by_month == [Month("2022-10", 3), Month("2023-01", 1)]
    october = held.within(Filter("2022-10", "2022-10", ("Wire", "Nobody")))
    assert (october.articles, october.by_outlet, october.undated) == (2, {"Wire": 2}, 0)
    assert held.within(Filter("2030")).by_month == []
    assert held.within(Filter("2030")).days == ("", "")


def test_holdings_of_nothing() -> None:
    held = Holdings(())
    assert (held.articles, held.by_outlet, held.by_month, held.days, held.undated) == (0, {}, [], ("", ""), 0)


def test_holdings_are_counted_anew_when_articles_come(shelved: Archive) -> None:
    assert shelved.shelves.holdings() is shelved.shelves.holdings()
    add(shelved, [article("more", "Seven.", "2023-01-03", "Wire")])
    assert shelved.shelves.holdings().articles == 7


def test_copies_of_an_article_are_those_of_its_family(archive: Archive) -> None:
    copies = [
        replace(FERRY, id=f"copy-{day}", text=f"{LONG} Word {day}.", published=f"2023-03-0{day}") for day in (4, 3, 2)
    ]
    add(archive, [*THREE, FERRY, *copies])
    found = archive.shelves.copies_of("ferry", 2)
    assert ([each.id for each in found.articles], found.count) == (["copy-2", "copy-3"], 3)
    assert [each.id for each in archive.shelves.copies_of("copy-3", 5).articles] == ["ferry", "copy-2", "copy-4"]
    assert archive.shelves.copies_of("treaty", 5).count == 0
    assert archive.shelves.copies_of("of nobody", 5).count == 0


@pytest.fixture
def grown(location: Location) -> GrowingArchive:
    opened = open_or_create(location, FakeEncoder())
    add(opened, THREE)
    opened.refresh()
    return opened


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who signed the treaties in Baku?", []),
        ("How many of its gold medals did the WHO win?", ["gold", "medals", "WHO", "win"]),
        ("Was the Zeppelin signing in the harbour? The ZEPPELIN!", ["Zeppelin", "harbour"]),
        ("Azernews?", []),
        ("?", []),
        ("x" * 1000, []),
    ],
)
def test_words_that_stand_nowhere_are_told(grown: GrowingArchive, question: str, words: list[str]) -> None:
    assert words_nowhere(grown, question) == words


def test_not_more_words_are_looked_for_than_make_sense(archive: Archive) -> None:
    assert len(words_nowhere(archive, " ".join(map(str, range(1000))))) == WORDS_LOOKED_FOR


def test_places_of_words_are_found_in_other_forms_and_with_accents() -> None:
    text = "The émigrés sig\u00adned; İlham signs, unsigned. SIGNING"
    found = places_of("ilham emigre sign", Span(Article("a", text, ""), 4, len(text)))
    assert [place.text for place in found] == ["émigrés", "sig\u00adned", "İlham", "signs", "SIGNING"]
    assert list(places_of("?!", Span(Article("a", text, ""), 0, len(text)))) == []
