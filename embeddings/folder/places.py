"""All the places that a stored article was met at: one is its source, the others stand here.

Everything that changes them happens in a transaction of the caller's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from embeddings.folder.sqlite import Connection
from embeddings.folder.state import read_article
from embeddings.origins import place
from embeddings.stored import OtherPlace, digest
from embeddings.types import Article

PLACE = "articles.id, places.source, places.id FROM places JOIN articles ON number = article"
"""The columns of an OtherPlace, in the order of its fields."""


def other_places(connection: Connection) -> list[OtherPlace]:
    """Return all other places, in the order of sources."""
    return [OtherPlace(*row) for row in connection.rows(f"SELECT {PLACE} ORDER BY places.source")]


def other_places_of(connection: Connection, article_id: str) -> list[OtherPlace]:
    """Return the other places of one article, in the order of sources."""
    query = f"SELECT {PLACE} WHERE articles.id = ? ORDER BY places.source"
    return [OtherPlace(*row) for row in connection.rows(query, (article_id,))]


def note(connection: Connection, places: Iterable[OtherPlace]) -> None:
    """Remember other places of articles."""
    query = "INSERT OR REPLACE INTO places SELECT ?, number, ? FROM articles WHERE id = ? AND source != ?"
    connection.run_many(query, [(each.source, each.id, each.article, each.source) for each in places])


def move(connection: Connection, sources: Mapping[str, str]) -> None:
    """Remember where unchanged articles are read now, by id."""
    rows = [(source, article_id) for article_id, source in sources.items()]
    connection.run_many("UPDATE articles SET source = ? WHERE id = ?", rows)
    drop(connection, sources.values())


def drop(connection: Connection, sources: Iterable[str]) -> None:
    """Forget that articles were met at these sources, too."""
    connection.run_many("DELETE FROM places WHERE source = ?", [(source,) for source in sources])


def hand_over(connection: Connection, article_id: str, to: OtherPlace) -> None:
    """Let an article go on as that of another place of it: with the id it has there, or one that is that place's own.

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
    """Return the sources of all other places of articles, by their numbers."""
    query = "SELECT source FROM places WHERE article = ?"
    return [source for number in numbers for (source,) in connection.rows(query, (number,))]


def _free_id(connection: Connection, article_id: str, to: OtherPlace) -> str | None:
    own_id = place(Article(to.id, "", "", source=to.source)).own_id
    for wanted in (to.id, own_id):
        if wanted == article_id or connection.first("SELECT 1 FROM articles WHERE id = ?", wanted) is None:
            return wanted
    return None
