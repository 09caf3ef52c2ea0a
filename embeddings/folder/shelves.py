"""An archive's articles as on shelves: in the order of their days, counted, and each beside its copies."""

from embeddings.archives import Copied, Page, Position
from embeddings.folder.database import Database
from embeddings.folder.snapshot import ARTICLE, where
from embeddings.folder.withdrawn import SHOWN, hidden_count
from embeddings.holdings import Holdings
from embeddings.types import Article, Filter
from embeddings.withdrawals import now


class Shelves:
    """Looks through an archive's database. Many threads may ask it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted = ((-1, 0), Holdings(()))

    def holdings(self) -> Holdings:
        """Return how many articles are shown of whom and of when. Each state is counted once."""
        state, held = self._counted
        connection = self._database.connection
        if state != (self._database.generation, hidden_count(connection)):
            state = (self._database.generation, hidden_count(connection))
            counted = f"SELECT outlet, first_day, last_day, count(*) FROM articles WHERE {SHOWN}"
            held = Holdings(connection.rows(f"{counted} GROUP BY outlet, last_day, first_day", [now()]))
            self._counted = (state, held)
        return held

    def newest(self, only: Filter, most: int, behind: Position | None = None, skipped: int = 0) -> Page:
        """Return the newest articles that a filter lets through; the undated come last.

        They stand behind a position, None for the first of all, and so many skipped ones; of one day those come first
        that were added last. Behind a position, what is added or removed meanwhile moves no other article.
        """
        condition, values = _shown(only)
        if behind is not None:
            condition += " AND (last_day, number) < (?, ?)"
            values += [behind.day, behind.number]
        order = "ORDER BY last_day DESC, number DESC"
        chosen = f"SELECT number FROM articles {condition} {order} LIMIT ? OFFSET ?"  # whole articles are not sorted
        query = f"SELECT last_day, number, {ARTICLE} FROM articles WHERE number IN ({chosen}) {order}"
        rows = list(self._database.connection.rows(query, [*values, most + 1, skipped]))
        shown = rows[:most]
        last = Position(*shown[-1][:2]) if len(rows) > most else None
        return Page(tuple(Article(*row[2:]) for row in shown), last)

    def copies_of(self, article_id: str, most: int) -> Copied:
        """Return the copies of an article, oldest first, at most so many, and how many it has."""
        connection = self._database.connection
        others = (
            "FROM families AS own JOIN articles AS asked ON asked.number = own.article "
            "JOIN families AS other ON other.family = own.family AND other.article != own.article "
            "JOIN articles ON articles.number = other.article "
            "WHERE asked.id = ? AND articles.withdrawn = '' AND articles.embargo <= ?"
        )
        columns = ", ".join(f"articles.{name}" for name in ARTICLE.split(", "))
        query = f"SELECT {columns} {others} ORDER BY articles.last_day, articles.number LIMIT ?"
        found = tuple(Article(*row) for row in connection.rows(query, [article_id, now(), most]))
        (count,) = connection.first(f"SELECT count(*) {others}", article_id, now()) or (0,)
        return Copied(found, int(count))


def _shown(only: Filter) -> tuple[str, list[str | int]]:
    """Return the SQL condition on articles that a filter lets through and that may be shown now, and its values."""
    condition, values = where(only)
    return (f"{condition} AND {SHOWN}" if condition else f"WHERE {SHOWN}"), [*values, now()]
