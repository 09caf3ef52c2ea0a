"""The archive's only truth, one SQLite file: articles, passages and vectors, one generation a transaction."""

import logging
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from itertools import chain
from pathlib import Path

from embeddings.dates import earliest
from embeddings.foreign import journal_is_of_another, set_journal_aside
from embeddings.journal import journal_of, lacks_commits
from embeddings.schema import APPLICATION_ID, DRAFT, FILES, SCHEMA, SCHEMA_VERSION
from embeddings.soundness import content_faults, file_faults
from embeddings.sqlite import DAMAGE_CURE, Connection, DamagedError, is_read_only
from embeddings.state import ARTICLE, Counts, State, counts, where
from embeddings.stored import Entry, FileRecord, Origin, Prepared, digest
from embeddings.types import Article, Filter, day_number

log = logging.getLogger(__name__)


class Database:
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
        lossy = False
        if not is_read_only(path):
            lossy = lacks_commits(path)  # first: the next look has SQLite make the shared memory anew
            if journal_is_of_another(path):
                set_journal_aside(path)
                lossy = True
        with ExitStack() as undo:
            undo.callback(self.close)
            self._check()
            if lossy:
                self._check_whole()
                self._forget_all_files()
            undo.pop_all()

    @classmethod
    def create(cls, path: Path, about: dict[str, str]) -> "Database":
        """Make a new file that remembers `about`, whole or not at all, and open it."""
        draft = path.with_name(DRAFT)
        for left in path.parent.glob(f"{DRAFT}*"):  # SQLite's own journal beside it, too
            left.unlink()
        connection = Connection(draft, "mode=rwc")
        try:
            connection.run_script(SCHEMA)
            meta = {**about, "archive": uuid.uuid4().hex, "generation": "0"}
            connection.run_many("INSERT INTO meta VALUES (?, ?)", meta.items())
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
        self.meta("generation")
        self.counts()

    def _check_whole(self) -> None:
        """Raise DamagedError if what is left without a lost part of the journal is no state that ever was."""
        fault = next(chain(file_faults(self._connection), content_faults(self._connection, digest)), None)
        if fault is not None:
            raise DamagedError(f"{self._path} is damaged: {fault}; {DAMAGE_CURE}")
        log.warning("%s: the last of what was stored may be lost; index again what it came from", self._path)

    def _forget_all_files(self) -> None:
        """Have all files read again: what is known of them may be younger than the articles that are left."""
        with self.transaction():
            self._connection.run(FILES)
            self._connection.run("DELETE FROM files")

    def close(self) -> None:
        """Close every thread's connection."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()

    def state(self) -> State:
        """Return the state that the database is in now, for whoever asks to close."""
        connection = Connection(self._path)
        try:
            return State(connection)
        except BaseException:
            connection.close()
            raise

    def journal_is_longer_than(self, size: int) -> bool:
        """Return whether SQLite's journal beside the file has more bytes."""
        journal = journal_of(self._path)
        return journal.exists() and journal.stat().st_size > size

    def write_journal_back(self) -> None:
        """Write what the journal holds into the file, as far as nobody reads what was there before."""
        self._connection.run("PRAGMA wal_checkpoint(PASSIVE)")

    def meta(self, key: str) -> str:
        """Return what the archive remembers under a key."""
        return str(self._value("SELECT value FROM meta WHERE key = ?", key))

    @property
    def generation(self) -> int:
        """The number of transactions that changed the archive."""
        return int(self.meta("generation"))

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""
        return counts(self._connection)

    def outlets(self) -> list[str]:
        """Return the outlets' names, sorted, without the unknown one."""
        rows = self._connection.rows("SELECT DISTINCT outlet FROM articles WHERE outlet != '' ORDER BY outlet")
        return [outlet for (outlet,) in rows]

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            KeyError: if there is none with this id.
        """
        row = self._connection.first(f"SELECT {ARTICLE} FROM articles WHERE id = ?", article_id)
        if row is None:
            raise KeyError(article_id)
        return Article(*row)

    def articles(self) -> Iterator[Article]:
        """Yield every article, in the order of ids."""
        for row in self._connection.rows(f"SELECT {ARTICLE} FROM articles ORDER BY id"):
            yield Article(*row)

    def entries(self, only: Filter, before: str = "") -> Iterator[Entry]:
        """Yield what a filter lets through, by date, the undated first, without the texts.

        `before`: only articles that were certainly published before this date, ISO in any precision; "" for all.
        """
        condition, values = where(only)
        if before:
            condition = f"{condition} AND" if condition else "WHERE"
            condition += " last_day < ? AND first_day <= last_day"  # an undated one ends before it begins
            values.append(day_number(earliest(before)))
        query = "SELECT id, title, published, outlet, byline, url, source FROM articles"
        for row in self._connection.rows(f"{query} {condition} ORDER BY last_day, id", values):
            yield Entry(*row)

    def outlet_counts(self) -> dict[str, int]:
        """Return how many articles each outlet has, the most first; "" is the unknown one."""
        query = "SELECT outlet, count(*) FROM articles GROUP BY outlet ORDER BY count(*) DESC, outlet"
        return dict(self._connection.rows(query))

    def dates(self) -> dict[str, int]:
        """Return how many articles there are of each date, in the precision they have; "" is the unknown one."""
        return dict(self._connection.rows("SELECT published, count(*) FROM articles GROUP BY published"))

    def origins(self, ids: Sequence[str]) -> dict[str, Origin]:
        """Return where those of the articles were read that are stored."""
        marks = ",".join("?" * len(ids))
        rows = self._connection.rows(f"SELECT id, source, digest FROM articles WHERE id IN ({marks})", ids)
        return {article_id: Origin(source, known) for article_id, source, known in rows}

    def sources(self) -> dict[str, str]:
        """Return where every article was read, by id."""
        return dict(self._connection.rows("SELECT id, source FROM articles"))

    def store(self, articles: Sequence[Prepared]) -> None:
        """Add articles, or put them in the place of those with their ids, in one transaction and one new generation."""
        with self.transaction(), self._new_generation() as generation:
            for prepared in articles:
                number = self._put_article(prepared.article, generation)
                self._connection.run_many(
                    'INSERT INTO passages (article, start, "end", generation, vector) VALUES (?, ?, ?, ?, ?)',
                    [
                        (number, passage.start, passage.end, generation, vector.tobytes())
                        for passage, vector in zip(prepared.passages, prepared.vectors, strict=True)
                    ],
                )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles with their passages, in one transaction and one new generation.

        The files they were read from are forgotten, too: as long as they are there, they are read again.

        Raises:
            KeyError: if there is no article with one of these ids; nothing is removed then.
        """
        with self.transaction(), self._new_generation() as generation:
            for article_id in ids:
                row = self._connection.first("SELECT number, source FROM articles WHERE id = ?", article_id)
                if row is None:
                    raise KeyError(article_id)
                number, source = row
                self._remove_passages(number, generation)
                self._connection.run("DELETE FROM articles WHERE number = ?", number)
                self.forget_files({source, source.rpartition("#")[0]})

    def move(self, sources: Mapping[str, str]) -> None:
        """Remember where unchanged articles are read now, by id."""
        rows = [(source, article_id) for article_id, source in sources.items()]
        self._connection.run_many("UPDATE articles SET source = ? WHERE id = ?", rows)

    def file_records(self) -> dict[str, FileRecord]:
        """Return what the files were like that articles were read from, by path."""
        if not self._value("SELECT count(*) FROM sqlite_schema WHERE name = 'files'"):
            return {}
        rows = self._connection.rows("SELECT path, id, size, modified, articles, reading FROM files")
        return {row[0]: FileRecord(*row) for row in rows}

    def note_files(self, records: Iterable[FileRecord]) -> None:
        """Remember what files are like whose articles are stored."""
        self._connection.run(FILES)
        self._connection.run_many("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", map(astuple, records))

    def forget_files(self, paths: Iterable[str]) -> None:
        """Have files read again the next time, whatever they are like then."""
        self._connection.run(FILES)
        self._connection.run_many("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is done meanwhile, or nothing of it. It may nest: the outermost counts."""
        if getattr(self._local, "writing", False):
            yield
            return
        with self._connection.transaction():
            self._local.writing = True
            try:
                yield
            finally:
                self._local.writing = False

    @contextmanager
    def _new_generation(self) -> Iterator[int]:
        generation = self.generation + 1
        self._connection.run("UPDATE meta SET value = ? WHERE key = 'generation'", str(generation))
        yield generation

    @property
    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = Connection(self._path)
            self._connections.append(connection)
            connection.run("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection

    def _value(self, query: str, *values: str) -> int:
        row = self._connection.first(query, *values)
        if row is None:
            raise DamagedError(f"{self._path} is damaged: {query} finds nothing; {DAMAGE_CURE}")
        return row[0]  # type: ignore[no-any-return]

    def _put_article(self, article: Article, generation: int) -> int:
        """Insert or update the row of an article, remove its old passages, and return its number."""
        columns = [*ARTICLE.split(", "), "first_day", "last_day", "digest"]
        values = (*astuple(article), *article.days, digest(article))
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        row = self._connection.first(
            f"INSERT INTO articles ({', '.join(columns)}) VALUES ({','.join('?' * len(columns))}) "
            f"ON CONFLICT (id) DO UPDATE SET {updates} RETURNING number",
            *values,
        )
        number = int((row or ())[0])
        self._remove_passages(number, generation)
        return number

    def _remove_passages(self, article: int, generation: int) -> None:
        self._connection.run(
            "INSERT INTO removed (number, generation) SELECT number, ? FROM passages WHERE article = ?",
            generation,
            article,
        )
        self._connection.run("DELETE FROM passages WHERE article = ?", article)
