"""The other sources of stored articles, which say the same there: one source stands with the article, the others here.

Everything that changes them happens in a transaction of the caller's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from embeddings.folder.snapshot import read_article
from embeddings.folder.sqlite import Connection
from embeddings.records import OtherSource, digest
from embeddings.sources import Source
from embeddings.types import Article

COLUMNS = "articles.id, other_sources.source, other_sources.id FROM other_sources JOIN articles ON number = article"
"""The columns of an OtherSource, in the order of its fields."""


def every(connection: Connection) -> list[OtherSource]:
    """Return all other sources, in the order of sources."""
    return [OtherSource(*row) for row in connection.rows(f"SELECT {COLUMNS} ORDER BY other_sources.source")]


def of(connection: Connection, article_id: str) -> list[OtherSource]:
    """Return the other sources of one article, in the order of sources."""
    query = f"SELECT {COLUMNS} WHERE articles.id = ? ORDER BY other_sources.source"
    return [OtherSource(*row) for row in connection.rows(query, (article_id,))]


def note(connection: Connection, others: Iterable[OtherSource]) -> None:
    """Remember other sources of articles."""
    query = "INSERT OR REPLACE INTO other_sources SELECT ?, number, ? FROM articles WHERE id = ? AND source != ?"
    connection.run_many(query, [(each.source, each.id, each.article, each.source) for each in others])


def move(connection: Connection, sources: Mapping[str, str]) -> None:
    """Remember where unchanged articles are read now, by id."""
    rows = [(source, article_id) for article_id, source in sources.items()]
    connection.run_many("UPDATE articles SET source = ? WHERE id = ?", rows)
    drop(connection, sources.values())


def drop(connection: Connection, sources: Iterable[str]) -> None:
    """Forget that articles were met at these sources, too."""
    connection.run_many("DELETE FROM other_sources WHERE source = ?", [(source,) for source in sources])


def hand_over(connection: Connection, article_id: str, to: OtherSource) -> None:
    """Let an article go on as that of another source of it: with the id it has there, or one that is that source's own.

    It stays as it is if both ids are those of other articles.
    """
    row = connection.first("SELECT number FROM articles WHERE id = ?", article_id)
    new_id = _free_id(connection, article_id, to)
    if row is None or new_id is None:
        return
    number, article = row[0], replace(read_article(connection, "id", article_id), id=new_id, source=to.source)
    query = "UPDATE articles SET id = ?, source = ?, digest = ? WHERE number = ?"
    connection.run(query, new_id, to.source, digest(article), number)
    drop(connection, [to.source])


def sources_of(connection: Connection, numbers: Sequence[int]) -> list[str]:
    """Return the sources of all other sources of articles, by their numbers."""
    query = "SELECT source FROM other_sources WHERE article = ?"
    return [source for number in numbers for (source,) in connection.rows(query, (number,))]


def _free_id(connection: Connection, article_id: str, to: OtherSource) -> str | None:
    own_id = Source.of(Article(to.id, "", "", source=to.source)).own_id
    for wanted in (to.id, own_id):
        if wanted == article_id or connection.first("SELECT 1 FROM articles WHERE id = ?", wanted) is None:
            return wanted
    return None
