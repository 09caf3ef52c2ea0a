"""A filter as it is shown and changed: outlets with their counts, a histogram by month, chips to take off."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from embeddings.archives import SearchableArchive
from embeddings.dates import in_words, latest
from embeddings.holdings import Holdings
from embeddings.types import Filter

MOST_BARS = 48
"""Months that are shown, at most: of a longer time the years are."""

MOST_OUTLETS = 60
"""Outlets that are offered, those with most articles; others can be named in the address."""

HEIGHT = 40
"""The height of the highest bar, in the histogram's own units; each bar has 10 of the width."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A month, or a year, of the histogram: how many articles it has, how high it is, and where it leads."""

    label: str
    articles: int
    height: float
    chosen: bool
    href: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An outlet that can be chosen; `articles` is None if the archive does not count them."""

    name: str
    articles: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the filter, and where one comes without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class FilterView:
    """All that is shown of a filter. `first` and `last` are the days that the archive covers, in words."""

    outlets: Sequence[Choice]
    more: int
    bars: Sequence[Bar]
    unit: str
    first: str
    last: str
    chips: Sequence[Chip]


def filter_view(
    archive: SearchableArchive, only: Filter, endpoint: str, typed: Mapping[str, Any], wrong: Container[str] = ()
) -> FilterView:
    """Return what is shown of a filter on a page, whose address holds what was typed; some fields may be wrong."""
    held = archive.shelves.holdings() if archive.shelves else None
    offered = list(_choices(archive.store.outlets(), held, only, typed.get("outlet", ())))
    typed = {name: value for name, value in typed.items() if name not in wrong}
    bars, unit = _bars(held, only, endpoint, typed) if held else ([], "")
    first, last = map(in_words, held.days) if held else ("", "")
    chosen = [choice for choice in offered[MOST_OUTLETS:] if choice.chosen]
    shown = [*offered[:MOST_OUTLETS], *chosen]
    return FilterView(shown, len(offered) - len(shown), bars, unit, first, last, list(_chips(endpoint, typed)))


def _choices(names: Sequence[str], held: Holdings | None, only: Filter, typed: Sequence[str]) -> Iterator[Choice]:
    """Yield the outlets, those with most articles on the filter's days first; and what was typed, though unknown."""
    counts = held.within(Filter(only.published_from, only.published_to)).by_outlet if held else {}
    unknown = [name for name in typed if name not in names]
    for name in sorted([*names, *unknown], key=lambda name: (-counts.get(name, 0), name)):
        yield Choice(name, counts.get(name, 0) if held else None, name in typed)


def _bars(held: Holdings, only: Filter, endpoint: str, typed: Mapping[str, Any]) -> tuple[list[Bar], str]:
    """Return a bar a month, or a year if that makes too many, and which of them it is."""
    months = {month.name: month.articles for month in held.within(Filter(outlets=only.outlets)).by_month}
    if not months:
        return [], ""
    names, unit = _months(*_ends(months, only)), "month"
    if len(names) > MOST_BARS:
        names, unit = _years(min(months), max(months)), "year"
        months = {name: sum(count for month, count in months.items() if month.startswith(name)) for name in names}
    highest = max([months.get(name, 0) for name in names] + [1])
    return [_bar(name, months.get(name, 0), highest, only, (endpoint, typed)) for name in names], unit


def _ends(months: Mapping[str, int], only: Filter) -> tuple[str, str]:
    """Return the first and the last month to show: those of the filter if all would be too many."""
    first, last = min(months), max(months)
    if len(_months(first, last)) > MOST_BARS:
        first = max(first, f"{only.published_from}-01"[:7]) if only.published_from else first
        last = min(last, latest(only.published_to)[:7]) if only.published_to else last
    return first, max(first, last)


def _bar(name: str, articles: int, highest: int, only: Filter, place: tuple[str, Mapping[str, Any]]) -> Bar:
    endpoint, typed = place
    days = Filter(name, name).days
    chosen = bool(only.days and days and only.days[0] <= days[1] and days[0] <= only.days[1])
    height = max(1.5, HEIGHT * articles / highest) if articles else 0.0
    return Bar(
        in_words(name), articles, round(height, 1), chosen, url_for(endpoint, **{**typed, "from": name, "to": name})
    )


def _months(first: str, last: str) -> list[str]:
    begin, end = (int(name[:4]) * 12 + int(name[5:]) - 1 for name in (first, last))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(begin, end + 1)]


def _years(first: str, last: str) -> list[str]:
    return [f"{year:04}" for year in range(int(first[:4]), int(last[:4]) + 1)]


def _chips(endpoint: str, typed: Mapping[str, Any]) -> Iterator[Chip]:
    for name in ("from", "to"):
        if name in typed:
            label = f"{'from' if name == 'from' else 'up to'} {in_words(typed[name])}"
            yield Chip(label, url_for(endpoint, **{key: value for key, value in typed.items() if key != name}))
    for outlet in typed.get("outlet", ()):
        others = [name for name in typed["outlet"] if name != outlet]
        yield Chip(outlet, url_for(endpoint, **{**typed, "outlet": others}))
