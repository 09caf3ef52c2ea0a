"""Which articles of an archive in a folder may be shown, in its database, and what takes others back.

Everything that changes that happens in a transaction of the caller's.
"""

from collections.abc import Sequence

from embeddings.folder.sqlite import Connection
from embeddings.identity import date_of
from embeddings.types import Article
from embeddings.withdrawals import Withdrawal, dated, known_by, now

SHOWN = "withdrawn = '' AND embargo <= ?"
"""The condition on articles that may be shown; its value is the moment: see `now`."""

SHOWN_FROM = (
    "CASE WHEN withdrawn != '' THEN 99999999999999 WHEN embargo = '' THEN 0 "
    "ELSE CAST(replace(replace(replace(embargo, '-', ''), ':', ''), 'T', '') AS INTEGER) END"
)
"""From when on an article is shown, as a number that orders, as in `moment_number`."""

_HIDDEN = "embargo != '' OR withdrawn != ''"  # as the index has it
_TOLD_BY = ("id", "title", "published", "outlet", "url", "source", "collection", "given_id")


def moment_number(moment: str) -> int:
    """Return a moment as a number that orders: 20221019104500 for "2022-10-19T10:45:00"."""
    return int("".join(letter for letter in moment if letter.isdecimal()))


def is_hidden(connection: Connection, article_id: str) -> bool:
    """Return whether an article is there that may not be shown now."""
    query = f"SELECT 1 FROM articles WHERE id = ? AND NOT ({SHOWN})"
    return connection.first(query, article_id, now()) is not None


def hidden_count(connection: Connection) -> int:
    """Return how many articles may not be shown now."""
    query = f"SELECT count(*) FROM articles WHERE ({_HIDDEN}) AND NOT ({SHOWN})"
    return int((connection.first(query, now()) or (0,))[0])


def hidden_counts(connection: Connection) -> tuple[int, int]:
    """Return how many articles were taken back, and of how many others the embargo has not ended."""
    query = (
        f"SELECT count(*) FILTER (WHERE withdrawn != ''), count(*) FROM articles WHERE ({_HIDDEN}) AND NOT ({SHOWN})"
    )
    taken_back, hidden = connection.first(query, now()) or (0, 0)
    return int(taken_back), int(hidden) - int(taken_back)


def taken_back_by(connection: Connection, article: Article) -> str:
    """Return the source of what takes an article back that is stored now; "" if nothing does."""
    if connection.first("SELECT 1 FROM withdrawals LIMIT 1") is None:
        return ""
    keys = known_by(article)
    marks = ",".join("?" * len(keys))
    query = f"SELECT source FROM withdrawals WHERE key IN ({marks}) AND until >= ? ORDER BY until LIMIT 1"
    row = connection.first(query, *keys, dated(article))
    return str(row[0]) if row is not None else ""


def take_back(connection: Connection, withdrawals: Sequence[Withdrawal]) -> list[int]:
    """Remember withdrawals, and hide what they mean; return the numbers of the articles that were hidden.

    All articles are gone through if one of the withdrawals is new, none if not.
    """
    new = [each for each in withdrawals if _note(connection, each)]
    if not new:
        return []
    found: dict[int, str] = {}
    query = f"SELECT number, rank, {', '.join(_TOLD_BY)} FROM articles WHERE withdrawn = ''"
    for number, rank, *fields in connection.rows(query):
        article = Article(text="", version=date_of(rank), **dict(zip(_TOLD_BY, fields, strict=True)))
        if meant := next((each for each in new if each.means(article)), None):
            found[number] = meant.source
    connection.run_many(
        "UPDATE articles SET withdrawn = ? WHERE number = ?", [(source, number) for number, source in found.items()]
    )
    return list(found)


def _note(connection: Connection, withdrawal: Withdrawal) -> bool:
    """Remember a withdrawal; return whether it is new, or may be: one that is told by its place alone always may."""
    keys = withdrawal.lasting
    marks = ",".join("?" * len(keys))
    query = f"SELECT count(*) FROM withdrawals WHERE key IN ({marks}) AND until = ?"
    (known,) = connection.first(query, *keys, withdrawal.until) or (0,)
    rows = [(key, withdrawal.until, withdrawal.source) for key in keys]
    connection.run_many("INSERT OR IGNORE INTO withdrawals VALUES (?, ?, ?)", rows)
    return not keys or known < len(keys)
