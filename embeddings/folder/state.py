"""One state of an archive's database, for many queries, whatever is written meanwhile."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embeddings.folder.catalogue import Catalogue
from embeddings.folder.sqlite import Connection
from embeddings.types import Article, Counts, Filter, Passage, Stamp, Vectors
from embeddings.vectors import Allowed, Numbers

TOGETHER = 1000
"""So many vectors are asked for at once."""

ARTICLE = "id, text, title, published, outlet, byline, url, source"
"""The columns of an Article, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the number that both indexes know it by, and its vector, float32, shape (dimension,)."""

    number: int
    passage: Passage
    vector: Vectors


class State:
    """The archive as it was when this was made. Many threads may ask it; it stays as it is until it is closed."""

    def __init__(self, connection: Connection) -> None:
        """Take the state that a connection sees now; the connection becomes the state's own."""
        self._connection = connection
        connection.run("BEGIN")
        self.meta: dict[str, str] = dict(connection.rows("SELECT key, value FROM meta"))
        self.stamp = Stamp(self.meta["archive"], int(self.meta["generation"]))

    def close(self) -> None:
        """Let go of the state."""
        self._connection.close()

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""
        return counts(self._connection)

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their numbers; numbers that are gone are left out."""
        marks = ",".join("?" * len(numbers))
        query = f'SELECT number, start, "end", article FROM passages WHERE number IN ({marks})'
        rows = list(self._connection.rows(query, list(numbers)))
        articles = {number: self._article_numbered(number) for number in {article for *_, article in rows}}
        return {number: Passage(articles[article], start, end) for number, start, end, article in rows}

    def vectors(self, numbers: Numbers) -> tuple[Numbers, Vectors]:
        """Return those of the passages that are there, and their vectors, float32, shape (passages, dimension)."""
        rows: list[tuple[int, bytes]] = []
        for lot in np.split(numbers, range(TOGETHER, len(numbers), TOGETHER)):
            query = f"SELECT number, vector FROM passages WHERE number IN ({','.join('?' * len(lot))})"
            rows += self._connection.rows(query, lot.tolist())
        found = np.array([number for number, _ in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(vector for _, vector in rows), dtype=np.float32)
        return found, vectors.reshape(len(rows), int(self.meta["dimension"]))

    def sample(self, most: int) -> Vectors:
        """Return at most so many vectors, drawn at random, the same ones every time; shape (vectors, dimension)."""
        numbers = np.fromiter((row[0] for row in self._connection.rows("SELECT number FROM passages")), dtype=np.int64)
        chosen = np.random.default_rng(0).choice(numbers, min(most, len(numbers)), replace=False)
        return self.vectors(np.sort(chosen))[1]

    def allowed(self, only: Filter) -> Allowed | None:
        """Return the passages that a filter lets through; None for all, for which nothing is read."""
        return None if only == Filter() else self._catalogue.allowed(only)

    @cached_property
    def _catalogue(self) -> Catalogue:
        # Of the passages only their index by article is read, not the vectors beside it. CROSS JOIN keeps this order.
        query = (
            "SELECT min(passages.number), max(passages.number), first_day, last_day, outlet FROM articles "
            "CROSS JOIN passages ON passages.article = articles.number GROUP BY articles.number"
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

    def _article_numbered(self, number: int) -> Article:
        row = self._connection.first(f"SELECT {ARTICLE} FROM articles WHERE number = ?", number)
        return Article(*row or ())


def counts(connection: Connection) -> Counts:
    """Return how many articles and passages a connection sees."""
    articles, passages = (connection.first(f"SELECT count(*) FROM {table}") for table in ("articles", "passages"))
    return Counts(*articles or (), *passages or ())


def where(only: Filter) -> tuple[str, list[str | int]]:
    """Return the SQL condition on articles that a filter stands for, "" for none, and its values."""
    conditions, values = [], list[str | int]()
    if only.days:
        conditions.append("last_day >= ? AND first_day <= ?")
        values += only.days
    if only.outlet:
        conditions.append("outlet = ?")
        values.append(only.outlet)
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values
