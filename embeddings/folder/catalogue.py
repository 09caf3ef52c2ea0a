"""What filters ask of the articles, in memory: days, outlet, and which passages each has."""

from collections.abc import Iterable

import numpy as np

from embeddings.types import Filter
from embeddings.vectors import Allowed

Row = tuple[int, int, int, int, str]
"""An article's first passage, its last one, its first day, its last day, its outlet."""


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

    def allowed(self, only: Filter) -> Allowed | None:
        """Return the passages that a filter lets through; None for all."""
        if not only.days and not only.outlet:
            return None
        passes = np.ones(len(self._first), dtype=bool)
        if only.days:
            passes &= (self._last_day >= only.days[0]) & (self._first_day <= only.days[1])
        if only.outlet:
            passes &= self._outlet == self._outlets.get(only.outlet, -1)
        # +1 where the passages of an article begin, −1 behind them: their running sum is 1 within.
        steps = np.zeros(self._end + 1, dtype=np.int8)
        np.add.at(steps, self._first[passes], 1)
        np.add.at(steps, self._last[passes] + 1, -1)
        return Allowed(np.cumsum(steps, dtype=np.int8)[: self._end].astype(bool))
