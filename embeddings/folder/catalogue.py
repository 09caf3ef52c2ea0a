"""What filters ask of the articles, in memory: days, outlet, and which passages each has."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from embeddings.types import Allowed, Filter, Numbers

Row = tuple[int, int, int, int, str]
"""An article's first passage, its last one, its first day, its last day, its outlet."""


REMEMBERED = 4
"""For so many filters it is remembered what they let through: people ask several questions with one."""

SPARSE = 5
"""If less than one in so many passages is let through, each is marked; from there on, going through all is as fast."""


class Catalogue:
    """The articles of one state of an archive that have passages. An article's passages have numbers in a row."""

    def __init__(self, rows: Iterable[Row]) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * 5
        self._first, self._last, self._first_day, self._last_day = (
            np.array(column, dtype=np.int64) for column in columns[:4]
        )
        self._outlets = {outlet: number for number, outlet in enumerate(dict.fromkeys(columns[4]))}
        self._outlet = np.array([self._outlets[outlet] for outlet in columns[4]], dtype=np.int64)
        self._end = int(self._last.max()) + 1 if len(self._last) else 0
        self.allowed = lru_cache(REMEMBERED)(self._allowed)
        """The passages that a filter lets through; None for all."""

    def _allowed(self, only: Filter) -> Allowed | None:
        if not only.days and not only.outlet:
            return None
        passes = np.ones(len(self._first), dtype=bool)
        if only.days:
            passes &= (self._last_day >= only.days[0]) & (self._first_day <= only.days[1])
        if only.outlet:
            passes &= self._outlet == self._outlets.get(only.outlet, -1)
        first, end = self._first[passes], self._last[passes] + 1
        if SPARSE * int((end - first).sum()) < self._end:
            mask = np.zeros(self._end, dtype=bool)
            mask[_ranges(first, end)] = True
            return Allowed(mask)
        # +1 where the passages of an article begin, −1 behind them: their running sum is 1 within.
        steps = np.zeros(self._end + 1, dtype=np.int8)
        steps[first] += 1
        steps[end] -= 1
        return Allowed(np.cumsum(steps, dtype=np.int8)[: self._end].view(bool))


def _ranges(first: Numbers, end: Numbers) -> Numbers:
    """Return the whole numbers from each first up to before its end, one range after the other."""
    sizes = end - first
    begun = np.cumsum(sizes) - sizes
    found: Numbers = np.repeat(first - begun, sizes) + np.arange(sizes.sum())
    return found
