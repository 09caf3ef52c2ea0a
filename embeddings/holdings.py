"""What an archive holds of whom and of when, counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.types import Filter

Holding = tuple[str, int, int, int]
"""An outlet, "" for the unknown one; a first and a last day, see `Article.days`; how many articles are like that."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month, "2022-10", and how many articles are of a day in it or of the month as such."""

    name: str
    articles: int


class Holdings:
    """How many articles an archive has, by outlet and by the days that they may have been published on."""

    def __init__(self, rows: Iterable[Holding]) -> None:
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        self._outlets = np.array(columns[0], dtype=object)
        self._first, self._last, self._counts = (np.array(column, dtype=np.int64) for column in columns[1:])

    def within(self, only: Filter) -> "Holdings":
        """Return what a filter lets through."""
        passes = np.ones(len(self._counts), dtype=bool)
        if only.days:
            passes &= (self._last >= only.days[0]) & (self._first <= only.days[1])
        if only.outlets:
            passes &= np.isin(self._outlets, only.outlets)
        found = Holdings(())
        found._outlets, found._first, found._last, found._counts = (
            column[passes] for column in (self._outlets, self._first, self._last, self._counts)
        )
        return found

    @cached_property
    def articles(self) -> int:
        """How many there are."""
        return int(self._counts.sum())

    @cached_property
    def by_outlet(self) -> dict[str, int]:
        """How many each outlet has, the most first; "" is the unknown one."""
        found: dict[str, int] = {}
        for outlet, count in zip(self._outlets.tolist(), self._counts.tolist(), strict=True):
            found[outlet] = found.get(outlet, 0) + count
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    @cached_property
    def by_month(self) -> list[Month]:
        """How many each month has, in order; those without are left out, and articles dated to a year are in none."""
        months = self._first // 100
        named = self._dated & (months == self._last // 100)
        found, places = np.unique(months[named], return_inverse=True)
        counts = np.bincount(places, weights=self._counts[named], minlength=len(found)).astype(int)
        return [
            Month(f"{month // 100:04}-{month % 100:02}", count)
            for month, count in zip(found.tolist(), counts.tolist(), strict=True)
        ]

    @cached_property
    def days(self) -> tuple[str, str]:
        """The first and the last day covered, "2022-10-19"; "" if no article has a date."""
        if not self._dated.any():
            return "", ""
        return _day(int(self._first[self._dated].min())), _day(int(self._last[self._dated].max()))

    @cached_property
    def undated(self) -> int:
        """How many have no date."""
        return int(self._counts[~self._dated].sum())

    @property
    def _dated(self) -> NDArray[np.bool_]:
        return self._first <= self._last  # an undated one ends before it begins


def _day(number: int) -> str:
    return f"{number // 10_000:04}-{number // 100 % 100:02}-{number % 100:02}"
