"""The SQLite file of an archive: opened and checked, a connection a thread, one generation a transaction."""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self

from embeddings.folder.integrity import MAKING, content_faults, file_faults, making_hash
from embeddings.folder.journal import settle_journal
from embeddings.folder.paths import journal_of
from embeddings.folder.schema import APPLICATION_ID, DRAFT, SCHEMA, SCHEMA_VERSION
from embeddings.folder.snapshot import Snapshot, counts, whole_number
from embeddings.folder.sqlite import DAMAGE_CURE, Connection, is_read_only
from embeddings.types import Counts, DamagedError

log = logging.getLogger(__name__)


class DatabaseFile:
    """One archive's SQLite file. Each thread gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Open an existing file.

        Raises:
            ValueError: if it is not an archive's, or was made by another version of the program.
            DamagedError: if it cannot be read.
        """
        self._path = path
        self._local = threading.local()
        self._connections: list[Connection] = []
        lossy = not is_read_only(path) and settle_journal(path)
        with ExitStack() as undo:
            undo.callback(self.close)
            self._check()
            if lossy:
                self._check_whole()
                self._forget_all_files()
            undo.pop_all()

    @classmethod
    def create(cls, path: Path, provenance: dict[str, str]) -> Self:
        """Make a new file that remembers `provenance`, whole or not at all, and open it."""
        draft = path.with_name(DRAFT)
        for left in path.parent.glob(f"{DRAFT}*"):  # SQLite's own journal beside it, too
            left.unlink()
        connection = Connection(draft, "mode=rwc")
        try:
            connection.run_script(SCHEMA)
            meta = {**provenance, "archive": uuid.uuid4().hex, "generation": "0"}
            connection.run_many("INSERT INTO meta VALUES (?, ?)", {**meta, MAKING: making_hash(meta)}.items())
            connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.run(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.run("PRAGMA journal_mode = WAL")
        finally:
            connection.close()
        draft.replace(path)
        return cls(path)

    def _check(self) -> None:
        """Raise ValueError unless the file is an archive's, of this version, and its tables can be read."""
        path = self._path
        found, version = (self._value(f"PRAGMA {name}") for name in ("application_id", "user_version"))
        if found != APPLICATION_ID:
            raise ValueError(f"{path} is not a pressmark archive; name another folder with --archive")
        if version > SCHEMA_VERSION:
            raise ValueError(
                f"{path} has schema version {version}, this program reads {SCHEMA_VERSION}: a newer one made it; "
                "install that one, or name another folder with --archive"
            )
        if version < SCHEMA_VERSION:
            raise ValueError(
                f"{path} has schema version {version}, this program reads {SCHEMA_VERSION}: an older one made it; "
                "delete the folder and index the articles again"
            )
        whole_number(self.meta("generation"))
        self.counts()

    def _check_whole(self) -> None:
        """Raise DamagedError if what is left without a lost part of the journal is no state that ever was."""
        fault = next(chain(file_faults(self.connection), content_faults(self.connection)), None)
        if fault is not None:
            raise DamagedError(f"{self._path} is damaged: {fault}; {DAMAGE_CURE}")
        log.warning("%s: the last of what was stored may be lost; index again what it came from", self._path)

    def _forget_all_files(self) -> None:
        """Have all files read again: what is known of them may be younger than the articles that are left."""
        with self.transaction():
            self.connection.run("DELETE FROM files")

    def close(self) -> None:
        """Close every thread's connection."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()

    def snapshot(self) -> Snapshot:
        """Return a snapshot of the database, for whoever asks to close."""
        connection = Connection(self._path)
        try:
            return Snapshot(connection)
        except BaseException:
            connection.close()
            raise

    def journal_is_longer_than(self, size: int) -> bool:
        """Return whether SQLite's journal beside the file has more bytes."""
        journal = journal_of(self._path)
        return journal.exists() and journal.stat().st_size > size

    def write_journal_back(self) -> None:
        """Write what the journal holds into the file, as far as nobody reads what was there before."""
        self.connection.run("PRAGMA wal_checkpoint(PASSIVE)")

    def empty_journal(self) -> None:
        """Write the journal back and leave no byte in it, unless another process reads from it."""
        self.connection.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def meta(self, key: str) -> str:
        """Return what the archive remembers under a key."""
        return str(self._value("SELECT value FROM meta WHERE key = ?", key))

    def check_making(self) -> None:
        """Raise DamagedError if what is remembered of the archive's making is not what was stored."""
        meta: dict[str, str] = dict(self.connection.rows("SELECT key, value FROM meta"))
        if meta.get(MAKING) != making_hash(meta):
            said = "what it says of its making is not what was stored"
            raise DamagedError(f"{self._path} is damaged: {said}; {DAMAGE_CURE}")

    @property
    def generation(self) -> int:
        """The number of transactions that changed the archive."""
        return whole_number(self.meta("generation"))

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""
        return counts(self.connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is done in it, or nothing. It may nest: the outermost counts."""
        if getattr(self._local, "writing", False):
            yield
            return
        with self.connection.transaction():
            self._local.writing = True
            try:
                yield
            finally:
                self._local.writing = False

    @contextmanager
    def new_generation(self) -> Iterator[int]:
        """Count a transaction that changes the archive: give the new generation's number."""
        generation = self.generation + 1
        self.connection.run("UPDATE meta SET value = ? WHERE key = 'generation'", str(generation))
        yield generation

    @property
    def connection(self) -> Connection:
        """This thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = Connection(self._path)
            self._connections.append(connection)
            connection.run("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection

    def _value(self, query: str, *values: str) -> Any:
        row = self.connection.first(query, *values)
        if row is None:
            raise DamagedError(f"{self._path} is damaged: {query} finds nothing; {DAMAGE_CURE}")
        return row[0]
