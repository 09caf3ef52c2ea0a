"""The archive looked through: articles newest first, or those that hold some words, page by page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Annotated

from flask import render_template, request
from pydantic import AfterValidator, BeforeValidator

from embeddings.archives import SearchableArchive
from embeddings.matching import places_of
from embeddings.types import Article, Filter, Span
from qa.limits import check_words
from web.asked import Scope
from web.checking import InvalidFieldsError
from web.highlight import excerpt
from web.pages.filters import filter_view
from web.pages.links import BROWSED, typed
from web.pages.marks import ALSO
from web.requests import current_pipeline, read_fields

PER_PAGE = 25
"""Articles on a page."""

MOST_PAGES = 10_000
"""The last page that can be asked for."""

PASSAGES = 4
"""Passages that are looked for, for each article that is to be found."""

MOST_PASSAGES = 4_000
"""Passages that a search by words finds, at most: about so many articles that further ones are of no use."""


def _page_number(value: object) -> object:
    """Return the number of a page, checked; blank is the first one."""
    text = str(value).strip() or "1"
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_PAGES:
        raise ValueError(f"page is {text[:40]!r}; give a whole number from 1 to {MOST_PAGES}")
    return int(text)


class Browsing(Scope):
    """What is looked through: all, or what holds some words."""

    words: Annotated[str, AfterValidator(check_words)] = ""
    """What is looked for, as plain words; blank for everything."""

    page: Annotated[int, BeforeValidator(_page_number)] = 1
    """Which page, from 1."""


NAMES = {name: name for name in (*BROWSED, "page")}


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in the list. `places`: where the words stand in it; `shown`: a part of it around the first of them."""

    article: Article
    shown: Span
    places: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The entries of a page, and whether there is a further page."""

    entries: Sequence[Entry]
    more: bool

    @property
    def by_month(self) -> list[tuple[str, list[Entry]]]:
        """The entries with the month, or the year, that those beside each other are of; "" for the undated."""
        return [(month, list(some)) for month, some in groupby(self.entries, lambda entry: entry.article.published[:7])]


def archive() -> str | tuple[str, int]:
    """Show a page of the archive's articles; if a field is wrong, that, with status 400."""
    try:
        asked = read_fields(Browsing, request.args, NAMES)
    except InvalidFieldsError as error:
        return _page(Filter(), {wrong.field: wrong.detail for wrong in error.errors}), 400
    place = current_pipeline().archive
    found = searched(place, asked) if asked.words else newest(place, asked)
    return _page(asked.only, asked=asked, found=found)


def _page(only: Filter, errors: dict[str, str] | None = None, **shown: object) -> str:
    place, given, errors = current_pipeline().archive, typed(BROWSED), errors or {}
    held = place.shelves.holdings().within(only) if place.shelves else None
    view = filter_view(place, only, "pages.archive", given, errors)
    return render_template("archive.html", view=view, held=held, typed=given, errors=errors, **shown)


def newest(place: SearchableArchive, asked: Browsing) -> Found | None:
    """Return the newest articles; None if the archive does not keep them by their days."""
    if place.shelves is None:
        return None
    found = place.shelves.newest(asked.only, PER_PAGE, skipped=PER_PAGE * (asked.page - 1))
    return Found([Entry(article, excerpt(whole(article))) for article in found.articles], found.last is not None)


def searched(place: SearchableArchive, asked: Browsing) -> Found:
    """Return the articles that hold the words, those first in which a passage matches best."""
    wanted = PER_PAGE * asked.page
    most = min(PASSAGES * (wanted + 1), MOST_PASSAGES)
    with place.one_generation():
        ranking = place.search_keywords(asked.words, most, asked.only)
        passages = place.passages(ranking.numbers)
    best: dict[str, Span] = {}
    for number in ranking.numbers.tolist():
        if number in passages:
            best.setdefault(passages[number].article.id, passages[number])
    chosen = list(best.values())[wanted - PER_PAGE : wanted]
    more = len(best) > wanted or (PASSAGES * (wanted + 1) == len(ranking.numbers) < MOST_PASSAGES)
    return Found([_entry(passage, asked.words) for passage in chosen], more)


def _entry(passage: Span, words: str) -> Entry:
    article = passage.article
    within = list(places_of(words, passage))
    places = within or list(islice(places_of(words, whole(article)), 1))
    others = [place for place in islice(places_of(words, whole(article)), ALSO) if place not in places]
    return Entry(article, excerpt(passage, places[0] if places else None), [*places, *others])


def whole(article: Article) -> Span:
    """Return all of an article's text."""
    return Span(article, 0, len(article.text))
