"""The other sources of stored articles, which say the same there: one source stands with the article, the others here.

Everything that changes them happens in a transaction of the caller's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from embeddings.folder import traces
from embeddings.folder.snapshot import read_article
from embeddings.folder.sqlite import Connection
from embeddings.identity import Identity
from embeddings.records import OtherSource, digest
from embeddings.types import Article

COLUMNS = (
    "articles.id, other_sources.source, other_sources.id, other_sources.read_from, other_sources.collection "
    "FROM other_sources JOIN articles ON number = article"
)
"""The columns of an OtherSource, in the order of its fields."""


def every(connection: Connection) -> list[OtherSource]:
    """Return all other sources, in the order of sources."""
    return [OtherSource(*row) for row in connection.rows(f"SELECT {COLUMNS} ORDER BY other_sources.source")]


def of(connection: Connection, article_id: str) -> list[OtherSource]:
    """Return the other sources of one article, in the order of sources."""
    query = f"SELECT {COLUMNS} WHERE articles.id = ? ORDER BY other_sources.source"
    return [OtherSource(*row) for row in connection.rows(query, (article_id,))]


def with_ids(connection: Connection, ids: Sequence[str]) -> list[OtherSource]:
    """Return the other sources at which articles have one of these ids, in the order of sources."""
    query = f"SELECT {COLUMNS} WHERE other_sources.id != articles.id AND other_sources.id IN"
    return sorted((OtherSource(*row) for row in connection.among(query, ids)), key=lambda other: other.source)


def note(connection: Connection, others: Sequence[OtherSource]) -> None:
    """Remember other sources of articles."""
    _delete(connection, "source = ? AND id != ?", [(each.source, each.id) for each in others])
    query = "INSERT OR REPLACE INTO other_sources SELECT ?, number, ?, ?, ? FROM articles WHERE id = ? AND source != ?"
    rows = [(each.source, each.id, each.read_from, each.collection, each.article, each.source) for each in others]
    connection.run_many(query, rows)


def move(connection: Connection, places: Collection[OtherSource]) -> None:
    """Remember where unchanged articles are read now."""
    rows = [(place.source, place.read_from, place.collection, place.article) for place in places]
    connection.run_many("UPDATE articles SET source = ?, read_from = ?, collection = ? WHERE id = ?", rows)
    drop(connection, [place.source for place in places])


def drop(connection: Connection, sources: Iterable[str]) -> None:
    """Forget that articles were met at these sources, too."""
    _delete(connection, "source = ?", [(source,) for source in sources])


def _delete(connection: Connection, condition: str, values: Iterable[Sequence[str]]) -> None:
    """Forget the other sources that a condition holds of, and what articles were known by there and nowhere else."""
    query = f"DELETE FROM other_sources WHERE {condition} RETURNING id"
    gone = [article_id for some in values for (article_id,) in connection.rows(query, some)]
    traces.sweep(connection, gone)


def hand_over(connection: Connection, article_id: str, to: OtherSource) -> None:
    """Let an article go on as that of another source of it: with the id it has there, or one that is that source's own.

    It stays as it is if both ids are those of other articles.
    """
    row = connection.first("SELECT number FROM articles WHERE id = ?", article_id)
    new_id = _free_id(connection, article_id, to)
    if row is None or new_id is None:
        return
    number, article = row[0], replace(read_article(connection, "id", article_id), id=new_id)
    query = "UPDATE articles SET id = ?, source = ?, read_from = ?, collection = ?, digest = ? WHERE number = ?"
    connection.run(query, new_id, to.source, to.read_from, to.collection, digest(article), number)
    drop(connection, [to.source])


def _free_id(connection: Connection, article_id: str, to: OtherSource) -> str | None:
    marked = Identity(Article(to.id, "", "", source=to.source)).marked_id
    for wanted in (to.id, marked):
        if wanted == article_id or connection.first("SELECT 1 FROM articles WHERE id = ?", wanted) is None:
            return wanted
    return None
