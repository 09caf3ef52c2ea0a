"""SQLite's connections, and what its errors mean for an archive: the only import of sqlite3."""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embeddings.folder.paths import journal_of
from embeddings.types import DamagedError

DAMAGE_CURE = "restore it from a copy, or see what can be saved with: pressmark check"

FULL_CURE = "free some space and do it again: what is stored stays"

VALUES_IN_A_QUERY = 500
"""Values that are asked for in one query, at most."""

Value = str | int | bytes | None
Row = tuple[Any, ...]


class Connection:
    """A connection to an archive's file. Its errors say what is wrong with the file, and the cure."""

    def __init__(self, path: Path, mode: str = "") -> None:
        """Open an existing file; `mode` are SQLite's URI parameters, by default as much as the folder allows.

        Raises:
            DamagedError, PermissionError, TimeoutError, OSError: as every other method; see plain_error.
        """
        self._path = path
        uri = f"{path.resolve().as_uri()}?{mode or open_mode(path)}"
        with self._plainly():
            self._sqlite = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._sqlite.execute("PRAGMA secure_delete = ON")  # what was removed is overwritten

    def rows(self, query: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """Yield the rows of a query."""
        with self._plainly():
            yield from self._sqlite.execute(query, values)

    def among(self, query: str, values: Sequence[Value]) -> Iterator[Row]:
        """Yield the rows of a query that ends in IN, for any number of values, which come after it."""
        for first in range(0, len(values), VALUES_IN_A_QUERY):
            some = values[first : first + VALUES_IN_A_QUERY]
            yield from self.rows(f"{query} ({','.join('?' * len(some))})", some)

    def first(self, query: str, *values: Value) -> Row | None:
        """Return the first row of a query; None if there is none."""
        with self._plainly():
            row: Row | None = self._sqlite.execute(query, values).fetchone()
        return row

    def run(self, query: str, *values: Value) -> None:
        """Do what a statement says."""
        with self._plainly():
            self._sqlite.execute(query, values).fetchall()

    def run_many(self, query: str, rows: Iterable[Sequence[Value]]) -> None:
        """Do what a statement says with each row of values."""
        with self._plainly():
            self._sqlite.executemany(query, rows)

    def run_script(self, script: str) -> None:
        """Do what several statements say."""
        with self._plainly():
            self._sqlite.executescript(script)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is done in it, or nothing."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._sqlite.in_transaction:  # a full disk ends it before we do
                self.run("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the connection; what it was reading ends."""
        self._sqlite.close()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            plain = plain_error(self._path, error)
            if plain is error:
                raise
            raise plain from error


def plain_error(path: Path, error: sqlite3.Error) -> Exception:
    """Return what an error of SQLite's means for the archive's file; the error itself if it means a mistake of ours."""
    is_not_sqlites = isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    code = sqlite3.SQLITE_CORRUPT if is_not_sqlites else getattr(error, "sqlite_errorcode", -1)  # a text not in UTF-8
    match code & 0xFF:  # the primary code
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR | sqlite3.SQLITE_FORMAT:
            return DamagedError(f"{path} is damaged: {error}; {DAMAGE_CURE}")
        case sqlite3.SQLITE_FULL:
            return OSError(errno.ENOSPC, f"the disk is full; {FULL_CURE}", path)
        case sqlite3.SQLITE_IOERR:
            return OSError(errno.EIO, f"{error}; see to the disk, then find out what is whole: pressmark check", path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return PermissionError(errno.EACCES, f"{error}; give this user the right to write to the folder", path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return TimeoutError(f"another process keeps {path} locked; try again when it is done")
    return error


def is_read_only(path: Path) -> bool:
    """Return whether this process may not write to a file, or not put others beside it."""
    effective = os.access in os.supports_effective_ids
    return not all(os.access(each, os.W_OK, effective_ids=effective) for each in (path, path.parent))


def open_mode(path: Path) -> str:
    """Return how to open a file: for writing if that is allowed, else as one that nobody is writing to.

    Without the right to make files SQLite can read a database only if there is no journal beside it that others may
    be writing to; where there is one, it says itself whether it can be read.
    """
    if not is_read_only(path):
        return "mode=rw"
    journal = journal_of(path)
    return "mode=ro" if journal.exists() and journal.stat().st_size else "mode=ro&immutable=1"
