"""The archive: articles, passages and both indexes as one consistent thing, in one folder."""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from embeddings.folder.database import Database
from embeddings.folder.indexes import Indexes
from embeddings.folder.locks import LOCK_FILES, WriterLock
from embeddings.folder.paths import Paths, exists, lacks_database, no_database
from embeddings.folder.schema import DRAFT
from embeddings.folder.shelves import Shelves
from embeddings.keywords.queries import HEADING_WEIGHT
from embeddings.meanwhile import meanwhile
from embeddings.passages import SPLITTING, Splitting
from embeddings.records import FileRecord, Prepared, SourceChanges, provenance
from embeddings.types import DamagedError, Encoder, Filter, Passage, Ranking, Vectors
from embeddings.withdrawals import Withdrawal

log = logging.getLogger(__name__)

FOLLOW = 1.0
"""Seconds after which what another process wrote is looked for."""


class Archive:
    """One folder with a database and its indexes. `encoder` makes every vector in it, and `splitting` every passage.

    Many threads may search one archive, also while another thread or process adds to it.
    """

    def __init__(self, folder: Path, encoder: Encoder, splitting: Splitting = SPLITTING) -> None:
        """Open an existing archive.

        Raises:
            FileNotFoundError: if there is no archive in the folder.
            ValueError: if it was made with another encoder or way of splitting, or is not a whole archive.
            TimeoutError: if another process keeps the indexes from being opened.
        """
        self.folder = folder
        self.encoder = encoder
        self.splitting = splitting
        self.indexes = Indexes(folder, provenance(encoder, splitting))
        self.store = self.copies = self.indexes.database
        self.shelves = Shelves(self.store)

    @classmethod
    def create(cls, folder: Path, encoder: Encoder, splitting: Splitting = SPLITTING) -> "Archive":
        """Make an empty archive in a new or empty folder, and open it.

        Raises:
            FileExistsError: if the folder holds other things, or the path is a file.
            TimeoutError: if another process is making one there and does not come to an end.
        """
        check_new(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with WriterLock(folder).held():
            if not exists(folder):  # else another process was faster, and its archive is the one
                Database.create(Paths(folder).database, provenance(encoder, splitting)).close()
        return cls(folder, encoder, splitting)

    def close(self) -> None:
        """Close the database."""
        self.indexes.close()

    @property
    def generation(self) -> int:
        """The generation that searches see."""
        return self.indexes.stamp.generation

    def passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """Return passages by their numbers; those that are gone from what is searched are left out."""
        with self.indexes.shown() as shown:
            return shown.snapshot.passages([int(number) for number in numbers])

    def save(
        self,
        articles: Sequence[Prepared],
        files: Sequence[FileRecord] = (),
        changes: SourceChanges | None = None,
    ) -> None:
        """Store prepared articles in one transaction, linked with their copies.

        In the same one go what the files were like whose articles are now all stored, and what became of the places
        that articles are read at.

        Raises:
            TimeoutError: if another process is writing to this archive.
        """
        with self.indexes.writing(), self.store.transaction():
            if changes:
                self.store.rearrange(changes)
            if articles:
                self.store.store(articles)
            if changes:
                self.store.note_sources(changes)
            if files:
                self.store.note_files(files)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles, in one transaction.

        Raises:
            KeyError: if there is no article with one of these ids; nothing is removed then.
            TimeoutError: if another process is writing to this archive.
        """
        with self.indexes.writing():
            self.store.remove(ids)

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> int:
        """Hide the articles that withdrawals mean, also those that come later; return how many were hidden now.

        Raises:
            TimeoutError: if another process is writing to this archive.
        """
        with self.indexes.writing():
            return self.store.withdraw(withdrawals)

    def forget_removed(self) -> None:
        """Leave nothing of what was removed in any file: both indexes are built anew. Raises TimeoutError."""
        self.indexes.build_anew()

    def refresh(self) -> None:
        """Bring both indexes up to the database and search that, unless another process is just doing so."""
        self.indexes.refresh()

    def one_generation(self) -> AbstractContextManager[None]:
        """While it lasts, all searches of this thread see one generation: the newest that can be had at once."""
        return self.indexes.one_generation()

    @contextmanager
    def following(self) -> Iterator[None]:
        """While it lasts, look every second for what other processes wrote, so that no question waits for it."""
        with meanwhile(self._follow, "archive"):
            yield

    def _follow(self, stop: threading.Event) -> None:
        while not stop.wait(FOLLOW):
            try:
                self.indexes.keep_up()
            except (OSError, DamagedError) as error:  # questions meet it as well, and say so
                log.warning("the indexes stay as they were: %s", error)

    def search_vectors(self, vector: Vectors, k: int, only: Filter) -> Ranking:
        """Return the k passages nearest to a vector of shape (1, dimension): cosines in [-1, 1].

        The filter applies before the search: the ranking is short only if fewer passages pass it.
        """
        with self.indexes.shown() as shown:
            return shown.vectors.search(vector, k, shown.snapshot.vectors, shown.snapshot.allowed(only))

    def search_keywords(self, question: str, k: int, only: Filter, heading_weight: float = HEADING_WEIGHT) -> Ranking:
        """Return the k passages whose words match best: BM25, positive, unbounded; the filter applies before.

        A match in title, outlet and date counts `heading_weight`, from 0, where one in the passage counts 1.
        """
        with self.indexes.shown() as shown:
            return shown.keywords.search(question, k, only, heading_weight, shown.snapshot.allowed(only))


def check_new(folder: Path) -> None:
    """Raise FileExistsError unless an archive can be made there: in a new or an empty folder."""
    if lacks_database(folder):
        raise FileExistsError(no_database(folder))
    if folder.exists() and (not folder.is_dir() or any(not _is_left_over(path.name) for path in folder.iterdir())):
        raise FileExistsError(f"{folder} exists and is not a pressmark archive; name a new or an empty folder")


def _is_left_over(name: str) -> bool:
    """Return whether a file is one that a process leaves if it ends while it makes an archive in the folder."""
    return name.startswith(DRAFT) or name in LOCK_FILES
