"""What the versions of stored articles are known by, in the database: keys, also of versions that it does not hold.

Everything that changes them happens in a transaction of the caller's.
"""

from collections.abc import Iterable, Mapping, Sequence

from embeddings.folder.sqlite import Connection
from embeddings.records import Trace


def known_by(connection: Connection, keys: Sequence[str]) -> list[Trace]:
    """Return the traces with one of these keys."""
    return [Trace(*row) for row in connection.among("SELECT key, id, likeness FROM traces WHERE key IN", keys)]


def note(connection: Connection, traces: Iterable[Trace]) -> None:
    """Remember traces."""
    rows = [(trace.key, trace.id, trace.likeness) for trace in traces]
    connection.run_many("INSERT OR IGNORE INTO traces VALUES (?, ?, ?)", rows)


def join(connection: Connection, ids: Mapping[str, str]) -> None:
    """Let what articles were known by be that of others, by id."""
    for former, now in ids.items():
        connection.run("INSERT OR IGNORE INTO traces SELECT key, ?, likeness FROM traces WHERE id = ?", now, former)
    forget(connection, ids)


def forget(connection: Connection, ids: Iterable[str]) -> None:
    """Forget what articles were known by."""
    connection.run_many("DELETE FROM traces WHERE id = ?", [(article_id,) for article_id in ids])


def sweep(connection: Connection, ids: Iterable[str]) -> None:
    """Forget what those were known by that are no articles, and no other names of any."""
    named = "SELECT id FROM articles UNION ALL SELECT id FROM other_sources"
    rows = [(article_id, article_id) for article_id in ids]
    connection.run_many(f"DELETE FROM traces WHERE id = ? AND NOT EXISTS (SELECT 1 FROM ({named}) WHERE id = ?)", rows)
