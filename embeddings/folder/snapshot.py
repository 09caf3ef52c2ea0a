"""An archive's database at one generation, for many queries, whatever is written after."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np

from embeddings.folder.sqlite import DAMAGE_CURE, Connection
from embeddings.folder.withdrawn import SHOWN, SHOWN_FROM, hidden_count, moment_number
from embeddings.records import digest
from embeddings.types import Allowed, Article, Counts, DamagedError, Filter, Numbers, Passage, Stamp, Vectors
from embeddings.withdrawals import now

Row = tuple[int, int, int, int, int, str]
"""An article's first passage, its last one, its first day, its last day, from when on it is shown, its outlet."""


FILTERS_REMEMBERED = 4
"""Filters of which it is remembered what they let through: people ask several questions with one."""

SPARSE = 5
"""If fewer than one passage in SPARSE is let through, each is marked; from there on, going through all is as fast."""

VECTORS_AT_ONCE = 1000
"""Vectors that are asked for in one query."""

ARTICLE = (
    "id, text, title, published, outlet, byline, url, source, version, collection, read_from, given_id, pages, "
    "language, embargo"
)
"""The columns of an Article, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the number that both indexes know it by, and its vector, float32, shape (dimension,)."""

    number: int
    passage: Passage
    vector: Vectors


class Catalogue:
    """The articles of one snapshot that have passages, in memory. An article's passages have numbers in a row."""

    def __init__(self, rows: Iterable[Row]) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * 6
        self._first, self._last, self._first_day, self._last_day, self._shown_from = (
            np.array(column, dtype=np.int64) for column in columns[:5]
        )
        self._releases = np.unique(self._shown_from)
        self._outlets = {outlet: number for number, outlet in enumerate(dict.fromkeys(columns[5]))}
        self._outlet = np.array([self._outlets[outlet] for outlet in columns[5]], dtype=np.int64)
        self._end = int(self._last.max()) + 1 if len(self._last) else 0
        self._remembered = lru_cache(FILTERS_REMEMBERED)(self._allowed)

    def allowed(self, only: Filter, moment: int) -> Allowed | None:
        """Return the passages that a filter lets through and that may be shown at a moment; None for all."""
        return self._remembered(only, int(np.searchsorted(self._releases, moment, side="right")))

    def _allowed(self, only: Filter, released: int) -> Allowed | None:
        """Return the same when so many of the times have come from which on articles are shown."""
        hides = released < len(self._releases)
        if not hides and not only.days and not only.outlets:
            return None
        passes = np.ones(len(self._first), dtype=bool)
        if hides:
            passes &= self._shown_from < self._releases[released]
        if only.days:
            passes &= (self._last_day >= only.days[0]) & (self._first_day <= only.days[1])
        if only.outlets:
            passes &= np.isin(self._outlet, [self._outlets.get(outlet, -1) for outlet in only.outlets])
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


class Snapshot:
    """The archive as it was when this was made. Many threads may ask it; it stays as it is until it is closed."""

    def __init__(self, connection: Connection) -> None:
        """Take a snapshot of what a connection sees now; the connection becomes the snapshot's own."""
        self._connection = connection
        connection.run("BEGIN")
        self.meta: dict[str, str] = dict(connection.rows("SELECT key, value FROM meta"))
        self.stamp = Stamp(self.meta["archive"], whole_number(self.meta["generation"]))

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""
        return counts(self._connection)

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their numbers; numbers that are gone are left out."""
        marks = ",".join("?" * len(numbers))
        joined = "passages LEFT JOIN families USING (article)"
        query = f'SELECT number, article, start, "end", family FROM {joined} WHERE number IN ({marks})'
        rows = list(self._connection.rows(query, list(numbers)))
        articles = {number: self._article_numbered(number) for number in {article for _, article, *_ in rows}}
        return {number: Passage(articles[article], *place) for number, article, *place in rows}

    def vectors(self, numbers: Numbers) -> tuple[Numbers, Vectors]:
        """Return those of the passages that are there, and their vectors, float32, shape (passages, dimension)."""
        rows: list[tuple[int, bytes]] = []
        for lot in np.split(numbers, range(VECTORS_AT_ONCE, len(numbers), VECTORS_AT_ONCE)):
            query = f"SELECT number, vector FROM passages WHERE number IN ({','.join('?' * len(lot))})"
            rows += self._connection.rows(query, lot.tolist())
        found = np.array([number for number, _ in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(vector for _, vector in rows), dtype=np.float32)
        return found, vectors.reshape(len(rows), int(self.meta["dimension"]))

    def sample(self, most: int) -> Vectors:
        """Return at most `most` vectors, drawn at random, the same ones every time; shape (vectors, dimension)."""
        numbers = np.fromiter((row[0] for row in self._connection.rows("SELECT number FROM passages")), dtype=np.int64)
        chosen = np.random.default_rng(0).choice(numbers, min(most, len(numbers)), replace=False)
        return self.vectors(np.sort(chosen))[1]

    def allowed(self, only: Filter) -> Allowed | None:
        """Return the passages that a filter lets through and that may be shown now.

        None for all, for which nothing is read unless something is hidden.
        """
        if only.articles:
            return self._in_articles(only)
        if only == Filter() and not self._may_hide:
            return None
        return self._catalogue.allowed(only, moment_number(now()))

    @cached_property
    def _may_hide(self) -> bool:
        """Whether an article may not be shown, or could not be when this was first asked."""
        return hidden_count(self._connection) > 0

    def _in_articles(self, only: Filter) -> Allowed:
        """Return the passages that a filter by articles lets through: few, which are looked up."""
        condition, values = where(only)
        joined = "articles CROSS JOIN passages ON passages.article = articles.number"
        rows = self._connection.rows(f"SELECT passages.number FROM {joined} {condition} AND {SHOWN}", [*values, now()])
        numbers = np.fromiter((number for (number,) in rows), dtype=np.int64)
        (last,) = self._connection.first("SELECT max(number) FROM passages") or (None,)
        mask = np.zeros((last or 0) + 1, dtype=bool)
        mask[numbers] = True
        return Allowed(mask)

    @cached_property
    def _catalogue(self) -> Catalogue:
        # Of the passages only their index by article is read, not the vectors beside it. CROSS JOIN keeps this order.
        query = (
            f"SELECT min(passages.number), max(passages.number), first_day, last_day, {SHOWN_FROM}, outlet "
            "FROM articles CROSS JOIN passages ON passages.article = articles.number GROUP BY articles.number"
        )
        return Catalogue(self._connection.rows(query))

    def removed_since(self, generation: int) -> list[int]:
        """Return the numbers of the passages that were removed after a generation."""
        rows = self._connection.rows("SELECT number FROM removed WHERE generation > ?", (generation,))
        return [number for (number,) in rows]

    def added_since(self, generation: int) -> Iterator[StoredPassage]:
        """Yield the passages that were added after a generation and are still there, in the order of numbers."""
        query = 'SELECT number, start, "end", vector, article FROM passages WHERE generation > ? ORDER BY number'
        owner, article = -1, None
        for number, start, end, vector, owner_number in self._connection.rows(query, (generation,)):
            if article is None or owner_number != owner:
                owner, article = owner_number, self._article_numbered(owner_number)
            yield StoredPassage(number, Passage(article, start, end), np.frombuffer(vector, dtype=np.float32))

    def vectors_since(self, generation: int) -> Iterator[tuple[int, Vectors]]:
        """Yield number and vector, shape (dimension,), of the same passages in the same order; no article is read."""
        query = "SELECT number, vector FROM passages WHERE generation > ? ORDER BY number"
        for number, vector in self._connection.rows(query, (generation,)):
            yield number, np.frombuffer(vector, dtype=np.float32)

    def _article_numbered(self, number: int) -> Article:
        return numbered_article(self._connection, number)


def read_article(connection: Connection, key: Literal["id", "number"], value: str | int) -> Article:
    """Return one article, as it was stored.

    Raises:
        KeyError: if there is none.
        DamagedError: if what stands there is not what was stored.
    """
    row = connection.first(f"SELECT digest, {ARTICLE} FROM articles WHERE {key} = ?", value)
    if row is None:
        raise KeyError(value)
    article = whole_article(*row)
    if article is None:
        raise DamagedError(f"the archive is damaged: article {value!r} is not what was stored; {DAMAGE_CURE}")
    return article


def numbered_article(connection: Connection, number: int) -> Article:
    """Return the article of a passage. Raises DamagedError if it is not what was stored, or not there."""
    try:
        return read_article(connection, "number", number)
    except KeyError as error:
        raise DamagedError(f"the archive is damaged: it has no article number {number!r}; {DAMAGE_CURE}") from error


def whole_article(known: object, *fields: Any) -> Article | None:
    """Return the article that a row holds, if its digest is the known one; None if not."""
    article = Article(*fields)
    try:
        return article if digest(article) == known else None
    except (TypeError, AttributeError):  # a number or bytes where a text was
        return None


def counts(connection: Connection) -> Counts:
    """Return how many articles and passages a connection sees."""
    articles, passages = (connection.first(f"SELECT count(*) FROM {table}") for table in ("articles", "passages"))
    return Counts(*articles or (), *passages or ())


def whole_number(text: object) -> int:
    """Return the number that a damaged file may no longer hold. Raises DamagedError."""
    if not isinstance(text, str) or not text.isdecimal():
        raise DamagedError(f"the archive is damaged: {text!r} stands where a number was; {DAMAGE_CURE}")
    return int(text)


def where(only: Filter) -> tuple[str, list[str | int]]:
    """Return the SQL condition on articles that a filter stands for, "" for none, and its values."""
    conditions, values = [], list[str | int]()
    if only.days:
        conditions.append("last_day >= ? AND first_day <= ?")
        values += only.days
    if only.outlets:
        conditions.append(f"outlet IN ({','.join('?' * len(only.outlets))})")
        values += only.outlets
    if only.articles:
        conditions.append(f"id IN ({','.join('?' * len(only.articles))})")
        values += only.articles
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _ranges(first: Numbers, end: Numbers) -> Numbers:
    """Return the whole numbers from each first up to before its end, one range after the other."""
    sizes = end - first
    begun = np.cumsum(sizes) - sizes
    found: Numbers = np.repeat(first - begun, sizes) + np.arange(sizes.sum())
    return found
