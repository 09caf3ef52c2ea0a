"""An archive's database and its two indexes, kept in step: searches see one generation of all three."""

import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep

from embeddings.folder import locks
from embeddings.folder.catching_up import vector_change, written_keywords
from embeddings.folder.database import Database
from embeddings.folder.locks import ReadWriteLock, WriterLock
from embeddings.folder.paths import Paths, check_exists, copy_keywords
from embeddings.folder.snapshot import Snapshot
from embeddings.folder.sqlite import is_read_only
from embeddings.keywords.index import KeywordIndex, KeywordSnapshot
from embeddings.types import Stamp
from embeddings.vectors import VectorIndex

log = logging.getLogger(__name__)

SAVE_AT = 0.1
"""The vectors are saved when this part of them changed since they were saved last: writing them all takes long."""

LONG_JOURNAL = 16_000_000
"""Bytes of SQLite's journal; a longer one is written back with every new generation."""

CURES = {"encoder": "set PRESSMARK_ENCODER as it was then, or "}


@dataclass(frozen=True, slots=True)
class Shown:
    """What searches see: a snapshot of the database, and both indexes as they hold it."""

    snapshot: Snapshot
    vectors: VectorIndex
    keywords: KeywordIndex


class Indexes:
    """The database is the truth; the two indexes are caches that are caught up or rebuilt on opening.

    Many threads may search while another thread or process writes. Every search sees one generation: the one that both
    indexes held when it was last brought up to date. A folder that may only be read is searched all the same; what its
    indexes lack is then made in a temporary folder.
    """

    def __init__(self, folder: Path, provenance: Mapping[str, str] | None = None) -> None:
        """Open the database and the indexes in a folder; `provenance` is what the database must say of their making.

        Raises:
            FileNotFoundError: if there is no archive in the folder.
            ValueError: if it was made with another encoder or way of splitting, or is not a whole archive.
            TimeoutError: if another process keeps the indexes from being opened.
        """
        check_exists(folder)
        self.folder = folder
        self._shown: Shown | None = None
        self._unsaved = 0
        self._search_lock = ReadWriteLock()
        self._catching_up = threading.Lock()
        self._writer_lock = WriterLock(folder)
        with ExitStack() as undo:
            undo.callback(self.close)
            self._undo = ExitStack()
            self.database = Database(Paths(folder).database)
            self._check_provenance(provenance or {})
            self._read_only = is_read_only(Paths(folder).database)
            self._caches = self._temporary_folder() if self._read_only else folder
            self._vectors, self._keywords = self._open_vectors(), self._open_keywords()
            self._catch_up_at_last()
            self._save_if_free()
            undo.pop_all()

    def close(self) -> None:
        """Close the database."""
        if self._shown is not None:
            self._shown.snapshot.close()
            self._shown = None
        if hasattr(self, "database"):
            self.database.close()
        self._undo.close()

    @contextmanager
    def shown(self) -> Iterator[Shown]:
        """Yield what searches see; it stays as it is till they are done. Raises ValueError if the archive is closed."""
        with self._search_lock.reading():
            yield self._open

    @property
    def stamp(self) -> Stamp:
        """Which archive and generation searches see."""
        return self._open.snapshot.stamp

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other processes from writing. Raises TimeoutError, PermissionError."""
        if self._read_only:
            raise PermissionError(f"{self.folder} may only be read; give this user the right to write to it")
        with self._writer_lock.held():
            if self._catching_up.acquire(blocking=False):
                try:
                    self._shorten_journal()
                finally:
                    self._catching_up.release()
            yield

    def refresh(self) -> None:
        """Bring both indexes up to the database and search that, unless another process is just writing to them."""
        if self._is_behind:
            with self._catching_up:
                self._catch_up()

    @contextmanager
    def one_generation(self) -> Iterator[None]:
        """While it lasts, all searches of this thread see one generation: the newest that can be had at once."""
        if self._catching_up.acquire(blocking=False):
            try:
                if self._is_behind:
                    self._catch_up()
            except OSError as error:  # a full disk, say: what was searched so far still can be
                log.warning("the indexes stay as they were: %s", error)
            finally:
                self._catching_up.release()
        with self._search_lock.reading():
            yield

    def keep_up(self) -> None:
        """Do what is due from time to time: `refresh`, and write a long journal back."""
        self.refresh()
        with self._catching_up:
            self._shorten_journal()

    def build_anew(self) -> None:
        """Build both indexes anew and empty the journal: nothing of what was removed is left in any file then.

        What another process reads of the journal just now stays until it is written over. Raises TimeoutError.
        """
        paths = Paths(self.folder)
        with self._writer_lock.held(), self._catching_up:
            KeywordIndex.delete(paths.keywords)
            snapshot = self.database.snapshot()
            self._show(snapshot, *written_keywords(KeywordIndex(paths.keywords), snapshot, paths.keywords))
            self._vectors.save(paths.vectors)
            self._unsaved = 0
            self._shorten_journal(least=0)
            self.database.empty_journal()

    @property
    def _open(self) -> Shown:
        if self._shown is None:
            raise ValueError(f"the archive in {self.folder} is closed")
        return self._shown

    @property
    def _is_behind(self) -> bool:
        """Whether the database holds another generation than searches see; never while this thread searches."""
        return not self._search_lock.read_here and self.database.generation != self.stamp.generation

    def _check_provenance(self, provenance: Mapping[str, str]) -> None:
        for key, here in provenance.items():
            there = self.database.meta(key)
            if there != here:
                self.database.check_making()
                raise ValueError(
                    f"the archive in {self.folder} was built with {key} {there!r}, this is {here!r}; "
                    f"{CURES.get(key, '')}delete the folder and index the articles again"
                )

    def _temporary_folder(self) -> Path:
        """Return a folder for what cannot be written beside the database, with a copy of the keyword index."""
        temporary = Path(self._undo.enter_context(tempfile.TemporaryDirectory(prefix="pressmark-")))
        copy_keywords(self.folder, temporary)
        return temporary

    def _open_vectors(self) -> VectorIndex:
        dimension = int(self.database.meta("dimension"))
        try:
            return VectorIndex.open(Paths(self.folder).vectors, dimension)
        except FileNotFoundError:
            pass
        except ValueError as error:
            log.warning("%s; it is built anew from the database", error)
        return VectorIndex(dimension, Stamp(self.database.meta("archive"), 0))

    def _open_keywords(self) -> KeywordIndex:
        folder = Paths(self._caches).keywords
        try:
            return KeywordIndex(folder)
        except ValueError:
            log.info("%s may be damaged, or another process is writing to it", folder)
        with self._writer_lock.held() if not self._read_only else ExitStack():
            try:
                return KeywordIndex(folder)
            except ValueError as error:
                log.warning("%s; it is built anew from the database", error)
            KeywordIndex.delete(folder)
            return KeywordIndex(folder)

    def _catch_up_at_last(self) -> None:
        """Bring both indexes up to the database; if another process is writing, wait for it."""
        patience = monotonic() + locks.WAIT
        while not self._catch_up():
            if monotonic() > patience:
                with self._writer_lock.held():
                    pass  # it says who
                raise TimeoutError(f"other processes keep writing to {self.folder}; try again when they are done")
            sleep(0.05)

    def _catch_up(self) -> bool:
        """Search the database's newest generation, bringing the indexes up to it; False if another process does so."""
        if self._show_written():
            return True
        with self._may_write_caches() as may:
            if may and not self._show_written():
                snapshot = self.database.snapshot()
                self._show(snapshot, *written_keywords(self._keywords, snapshot, Paths(self._caches).keywords))
            if may:
                self._save_vectors()
        return may

    def _show_written(self) -> bool:
        """Search the database's newest generation if the keyword index's files hold it; return whether they do."""
        snapshot, held = self.database.snapshot(), self._keywords.snapshot()
        if held is None or held.stamp != snapshot.stamp or not self._fits(held, snapshot):
            snapshot.close()
            return False
        self._show(snapshot, self._keywords, held)
        return True

    def _fits(self, held: KeywordSnapshot, snapshot: Snapshot) -> bool:
        """Return whether the keyword index holds as many passages as the database: looked at on opening only."""
        return self._shown is not None or held.searcher.num_docs == snapshot.counts().passages

    @contextmanager
    def _may_write_caches(self) -> Iterator[bool]:
        """Yield whether this process alone may write to the indexes' files."""
        if self._read_only:
            yield True
            return
        with self._writer_lock.held_if_free() as mine:
            yield mine

    def _show(self, snapshot: Snapshot, keywords: KeywordIndex, held: KeywordSnapshot) -> None:
        """Let searches see a snapshot, all of it at once: they wait while the vectors are changed, not before."""
        change = vector_change(self._vectors, snapshot)
        with self._search_lock.changing():
            self._unsaved += change.apply()
            keywords.show(held)
            self._vectors, self._keywords = change.index, keywords
            before, self._shown = self._shown, Shown(snapshot, change.index, keywords)
        if before is not None:
            before.snapshot.close()
        self._shorten_journal()

    def _shorten_journal(self, least: int | None = None) -> None:
        """Write a long journal back and take a new snapshot: SQLite restarts a journal that nobody reads from.

        That is so when all readers took their snapshot after the last commit was written back, so it is done with every
        new generation and before every transaction.
        """
        longest = LONG_JOURNAL if least is None else least
        if self._read_only or self._search_lock.read_here or not self.database.journal_is_longer_than(longest):
            return
        self.database.write_journal_back()
        snapshot = self.database.snapshot()
        if snapshot.stamp != self.stamp:
            snapshot.close()
            return
        with self._search_lock.changing():
            before, self._shown = self._open, replace(self._open, snapshot=snapshot)
        before.snapshot.close()

    def _save_vectors(self) -> None:
        """Save the vectors if that is due; nobody else may be writing to the indexes' files."""
        if self._unsaved and self._unsaved >= SAVE_AT * len(self._vectors) and not self._read_only:
            self._vectors.save(Paths(self.folder).vectors)
            self._unsaved = 0

    def _save_if_free(self) -> None:
        with self._may_write_caches() as may:
            if may:
                self._save_vectors()
