"""What an archive holds: the database and the two indexes, searched in one generation at a time."""

import errno
import logging
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

import numpy as np

from embeddings.folder import locks
from embeddings.folder.catching_up import lots, put, since_generation, write_keywords
from embeddings.folder.database import Database
from embeddings.folder.locks import ReadWriteLock, WriterLock
from embeddings.folder.paths import check_exists, copy_keywords, database_path
from embeddings.folder.snapshot import Snapshot
from embeddings.folder.sqlite import is_read_only
from embeddings.keywords import HEADING_WEIGHT, KeywordIndex, KeywordSnapshot
from embeddings.records import Prepared
from embeddings.types import DamagedError, Filter, Passage, Ranking, Stamp, Vectors
from embeddings.vectors import VectorIndex

log = logging.getLogger(__name__)

SAVE_AT = 0.1
"""The vectors are saved when this part of them changed since they were saved last: writing them all takes long."""

FOLLOW = 1.0
"""Seconds after which what another process wrote is looked for."""

LONG_JOURNAL = 16_000_000
"""Bytes of SQLite's journal from which on it is written back with every new state."""

CURES = {"encoder": "set PRESSMARK_ENCODER as it was then, or "}


class Indexes:
    """The database is the truth; the two indexes are caches that are caught up or built anew on opening.

    Many threads may search while another thread or process writes. Every search sees one generation: the one that both
    indexes held when it was last brought up to date. A folder that may only be read is searched all the same; what its
    indexes lack is then made in a temporary folder.
    """

    def __init__(self, folder: Path, provenance: Mapping[str, str] | None = None) -> None:
        """Open the holdings in a folder; `provenance` is what the database must remember of how they were made.

        Raises:
            FileNotFoundError: if there is no archive in the folder.
            ValueError: if it was made with another encoder or way of splitting, or is not a whole archive.
            TimeoutError: if another process keeps the indexes from being opened.
        """
        check_exists(folder)
        self.folder = folder
        self._snapshot: Snapshot | None = None
        self._unsaved = 0
        self._switch = ReadWriteLock()
        self._catching_up = threading.Lock()
        self._lock = WriterLock(folder)
        with ExitStack() as undo:
            undo.callback(self.close)
            self._undo = ExitStack()
            self.database = Database(database_path(folder))
            self._check_provenance(provenance or {})
            self._read_only = is_read_only(database_path(folder))
            self._caches = self._temporary_folder() if self._read_only else folder
            self._vectors, self._keywords = self._open_vectors(), self._open_keywords()
            self._catch_up_at_last()
            self._save_if_free()
            undo.pop_all()

    def close(self) -> None:
        """Close the database."""
        if self._snapshot is not None:
            self._snapshot.close()
        if hasattr(self, "database"):
            self.database.close()
        self._undo.close()

    @property
    def stamp(self) -> Stamp:
        """Which archive and generation searches see."""
        return self._shown.stamp

    def store(self, articles: Sequence[Prepared]) -> None:
        """Store articles in one transaction; searches see them once `refresh` has run.

        Raises:
            TimeoutError: if another process is writing.
        """
        with self.writing():
            self.database.store(articles)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles, in one transaction.

        Raises:
            KeyError: if there is no article with one of these ids; nothing is removed then.
            TimeoutError: if another process is writing.
        """
        with self.writing():
            self.database.remove(ids)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let no other process write meanwhile. Raises TimeoutError, PermissionError."""
        if self._read_only:
            raise PermissionError(f"{self.folder} may only be read; give this user the right to write to it")
        with self._lock.held():
            if self._catching_up.acquire(blocking=False):
                try:
                    self._shorten_journal()
                finally:
                    self._catching_up.release()
            yield

    def refresh(self) -> None:
        """Bring both indexes up to the database and search that, unless another process is just writing to them."""
        if not self._switch.read_here and self.database.generation != self.stamp.generation:
            with self._catching_up:
                self._catch_up()

    @contextmanager
    def one_generation(self) -> Iterator[None]:
        """Let all searches of this thread see one generation meanwhile: the newest that can be had at once."""
        if self._catching_up.acquire(blocking=False):
            try:
                if not self._switch.read_here and self.database.generation != self.stamp.generation:
                    self._catch_up()
            except OSError as error:  # a full disk, say: what was searched so far still can be
                log.warning("the indexes stay as they were: %s", error)
            finally:
                self._catching_up.release()
        with self._switch.reading():
            yield

    @contextmanager
    def following(self, seconds: float = FOLLOW) -> Iterator[None]:
        """Bring the indexes up to the database every so many seconds meanwhile, whoever writes to it."""
        stop = threading.Event()
        thread = threading.Thread(target=self._follow, args=(stop, seconds), name="archive", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _follow(self, stop: threading.Event, seconds: float) -> None:
        while not stop.wait(seconds):
            try:
                self.refresh()
                with self._catching_up:
                    self._shorten_journal()
            except (OSError, DamagedError) as error:  # questions meet it as well, and say so
                log.warning("the indexes stay as they were: %s", error)

    def passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """Return passages by their numbers; those that are gone from what is searched are left out."""
        with self._switch.reading():
            return self._shown.passages([int(number) for number in numbers])

    def search_vectors(self, vector: Vectors, k: int, only: Filter) -> Ranking:
        """Return the k passages nearest to a vector of shape (1, dimension): cosines in [-1, 1]."""
        with self._switch.reading():
            return self._vectors.search(vector, k, self._shown.vectors, self._shown.allowed(only))

    def search_keywords(self, question: str, k: int, only: Filter, heading_weight: float = HEADING_WEIGHT) -> Ranking:
        """Return the k passages whose words match best: BM25, positive, unbounded."""
        with self._switch.reading():
            return self._keywords.search(question, k, only, heading_weight, self._shown.allowed(only))

    @property
    def _shown(self) -> Snapshot:
        if self._snapshot is None:
            raise ValueError(f"the archive in {self.folder} is closed")
        return self._snapshot

    def _check_provenance(self, provenance: Mapping[str, str]) -> None:
        for key, here in provenance.items():
            there = self.database.meta(key)
            if there != here:
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
        try:
            return VectorIndex.open(self.folder / "vectors.faiss", self._dimension)
        except FileNotFoundError:
            pass
        except ValueError as error:
            log.warning("%s; it is built anew from the database", error)
        return VectorIndex(self._dimension, Stamp(self.database.meta("archive"), 0))

    def _open_keywords(self) -> KeywordIndex:
        folder = self._caches / "keywords"
        try:
            return KeywordIndex(folder)
        except ValueError:
            log.info("%s may be damaged, or another process is writing to it", folder)
        with self._lock.held() if not self._read_only else ExitStack():
            try:
                return KeywordIndex(folder)
            except ValueError as error:
                log.warning("%s; it is built anew from the database", error)
            return self._new_keywords()

    def _new_keywords(self) -> KeywordIndex:
        KeywordIndex.delete(self._caches / "keywords")
        return KeywordIndex(self._caches / "keywords")

    @property
    def _dimension(self) -> int:
        return int(self.database.meta("dimension"))

    def _catch_up_at_last(self) -> None:
        """Bring both indexes up to the database; if another process is writing, wait for it."""
        patience = monotonic() + locks.WAIT
        while not self._catch_up():
            if monotonic() > patience:
                with self._lock.held():
                    pass  # it says who
                raise TimeoutError(f"other processes keep writing to {self.folder}; try again when they are done")
            sleep(0.05)

    def _catch_up(self) -> bool:
        """Search the database's newest state, bringing the indexes up to it; False if another process is doing so."""
        snapshot = self.database.snapshot()
        held = self._keywords.snapshot()
        if held is not None and held.stamp == snapshot.stamp and self._fits(held, snapshot):
            self._show(snapshot, self._keywords, held)
            return True
        snapshot.close()
        with self._may_write_caches() as may:
            if may:
                snapshot = self.database.snapshot()
                self._show(snapshot, *self._written_keywords(snapshot))
                self._save_vectors()
        return may

    def _fits(self, held: KeywordSnapshot, snapshot: Snapshot) -> bool:
        """Return whether the keyword index holds as many passages as the database: looked at on opening only."""
        return self._snapshot is not None or held.searcher.num_docs == snapshot.counts().passages

    @contextmanager
    def _may_write_caches(self) -> Iterator[bool]:
        """Yield whether this process alone may write to the indexes' files meanwhile."""
        if self._read_only:
            yield True
            return
        with self._lock.held_if_free() as mine:
            yield mine

    def _show(self, snapshot: Snapshot, keywords: KeywordIndex, held: KeywordSnapshot) -> None:
        """Let searches see a state, all of it at once: they wait while the vectors are changed, not before."""
        since, vectors = self._start_of_vectors(snapshot)
        added = lots(snapshot, since)
        if since:
            removed = np.array(snapshot.removed_since(since), dtype=np.int64)
            added = iter(list(added))
        else:
            removed = np.zeros(0, dtype=np.int64)
            self._unsaved += put(vectors, added)
        with self._switch.changing():
            vectors.remove(removed)
            self._unsaved += len(removed) + put(vectors, added)
            vectors.stamp = snapshot.stamp
            keywords.show(held)
            before, self._snapshot, self._vectors, self._keywords = self._snapshot, snapshot, vectors, keywords
        if before is not None:
            before.close()
        self._shorten_journal()

    def _start_of_vectors(self, snapshot: Snapshot) -> tuple[int, VectorIndex]:
        """Return the generation to catch the vectors up from, 0 for all, and the index to do it in."""
        since = since_generation(self._vectors.stamp, snapshot.stamp)
        current = since == snapshot.stamp.generation
        count = snapshot.counts().passages
        if since and (not current or len(self._vectors) == count) and self._vectors.fits(count):
            return since, self._vectors
        return 0, VectorIndex.for_count(self._dimension, snapshot.stamp, count, snapshot.sample)

    def _shorten_journal(self) -> None:
        """Take the state anew once the journal is written back: SQLite starts a journal over that nobody reads from.

        That is so when all readers took their state after the last commit was written back, so it is done with every
        new state and before every transaction.
        """
        if self._read_only or self._switch.read_here or not self.database.journal_is_longer_than(LONG_JOURNAL):
            return
        self.database.write_journal_back()
        snapshot = self.database.snapshot()
        if snapshot.stamp != self.stamp:
            snapshot.close()
            return
        with self._switch.changing():
            before, self._snapshot = self._shown, snapshot
        before.close()

    def _written_keywords(self, snapshot: Snapshot) -> tuple[KeywordIndex, KeywordSnapshot]:
        """Bring the keyword index's files to a state; nobody else may be writing to them."""
        held = self._keywords.snapshot()
        since = 0 if held is None else since_generation(held.stamp, snapshot.stamp)
        current = since == snapshot.stamp.generation
        if held is not None and current and self._fits(held, snapshot):
            return self._keywords, held
        if since and not current:
            try:
                return self._keywords, write_keywords(self._keywords, snapshot, since)
            except (ValueError, OSError) as error:
                log.warning("%s; the keyword index is built anew from the database", error)
        keywords = self._new_keywords()
        try:
            return keywords, write_keywords(keywords, snapshot, 0)
        except ValueError as error:
            raise OSError(errno.EIO, f"{error}; see that the disk has room and do it again", self._caches) from error

    def _save_vectors(self) -> None:
        """Save the vectors if that is due; nobody else may be writing to the indexes' files."""
        if self._unsaved and self._unsaved >= SAVE_AT * len(self._vectors) and not self._read_only:
            self._vectors.save(self.folder / "vectors.faiss")
            self._unsaved = 0

    def _save_if_free(self) -> None:
        with self._may_write_caches() as may:
            if may:
                self._save_vectors()
