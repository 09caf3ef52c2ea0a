"""The archive: articles, passages and both indexes as one consistent thing, in one folder."""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from embeddings.database import DRAFT, Counts, Database, digest
from embeddings.keywords import HEADING_WEIGHT, KeywordIndex
from embeddings.passages import SPLITTING, Splitting, split
from embeddings.types import Article, Encoder, Filter, Passage, Ranking, Stamp, Vectors
from embeddings.vectors import VectorIndex

log = logging.getLogger(__name__)

DEFAULT_FOLDER = ".pressmark"

CURES = {"encoder": "set PRESSMARK_ENCODER as it was then, or "}

WAIT = 10.0
"""Seconds that a writer waits for another one to finish a transaction."""

CATCH_UP = 10_000
"""Vectors are handed from the database to the index in lots of this many passages."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles handed to an archive: their ids, in the order given."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


class Archive:
    """One folder: the database is the truth, the two indexes are caches that are caught up or built anew on opening.

    Many threads may search one archive, also while another process adds to it. `encoder` makes every vector in it, and
    `splitting` every passage.
    """

    def __init__(self, folder: Path, encoder: Encoder, splitting: Splitting = SPLITTING) -> None:
        """Open an existing archive.

        Raises:
            FileNotFoundError: if there is no archive in the folder.
            ValueError: if it was made with another encoder or way of splitting, or is not a whole archive.
        """
        self.folder = folder
        self.encoder = encoder
        self.splitting = splitting
        if not exists(folder):
            raise FileNotFoundError(f"there is no archive in {folder}; make one with: pressmark index PATH...")
        self._database = Database(_database_path(folder))
        with ExitStack() as undo:
            undo.callback(self._database.close)
            self._check_about()
            self._lock = FileLock(folder / "writer.lock")
            self._catching_up = threading.Lock()
            self._vectors, self._keywords = self._open_vectors(), self._open_keywords()
            self._catch_up()
            undo.pop_all()

    @classmethod
    def create(cls, folder: Path, encoder: Encoder, splitting: Splitting = SPLITTING) -> "Archive":
        """Make an empty archive in a new or empty folder, and open it.

        Raises:
            FileExistsError: if the folder holds other things, or the path is a file.
        """
        check_new(folder)
        folder.mkdir(parents=True, exist_ok=True)
        Database.create(_database_path(folder), _about(encoder, splitting)).close()
        return cls(folder, encoder, splitting)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @property
    def generation(self) -> int:
        """The number of transactions that changed the archive."""
        return self._database.generation

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""
        return self._database.counts()

    def outlets(self) -> list[str]:
        """Return the outlets' names, sorted."""
        return self._database.outlets()

    def articles(self) -> Iterator[Article]:
        """Yield every article, in the order of ids."""
        return self._database.articles()

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            KeyError: if there is none with this id.
        """
        return self._database.article(article_id)

    def passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """Return passages by their numbers; those removed meanwhile are left out."""
        return self._database.passages([int(number) for number in numbers])

    def add(self, articles: Sequence[Article]) -> Added:
        """Split, encode and store articles that are new or changed, in one transaction; the last of equal ids counts.

        They are found by searches once `refresh` has run.

        Raises:
            TimeoutError: if another process is writing to this archive.
        """
        latest = {article.id: article for article in articles}
        known = self._database.digests(list(latest))
        unchanged = tuple(name for name, article in latest.items() if known.get(name) == digest(article))
        fresh = [article for name, article in latest.items() if known.get(name) != digest(article)]
        if fresh:
            prepared = self._prepare(fresh)
            with self._writing():
                self._database.store(prepared)
        return Added(
            added=tuple(article.id for article in fresh if article.id not in known),
            changed=tuple(article.id for article in fresh if article.id in known),
            unchanged=unchanged,
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles, in one transaction.

        Raises:
            KeyError: if there is no article with one of these ids; nothing is removed then.
            TimeoutError: if another process is writing to this archive.
        """
        with self._writing():
            self._database.remove(ids)

    def refresh(self) -> None:
        """Bring both indexes up to the database, unless another process is just doing so."""
        if self._stamp() != self._vectors.stamp or self._stamp() != self._keywords_stamp:
            with self._catching_up:
                self._catch_up()

    def search_vectors(self, vector: Vectors, k: int, only: Filter) -> Ranking:
        """Return the k passages nearest to a vector of shape (1, dimension): cosines in [-1, 1].

        The filter applies before the search: the ranking is short only if fewer passages pass it.
        """
        return self._vectors.search(vector, k, self._database.allowed(only))

    def search_keywords(self, question: str, k: int, only: Filter, heading_weight: float = HEADING_WEIGHT) -> Ranking:
        """Return the k passages whose words match best: BM25, positive, unbounded; the filter applies before.

        A match in title, outlet and date counts `heading_weight`, from 0, where one in the passage counts 1.
        """
        return self._keywords.search(question, k, only, heading_weight)

    def _prepare(self, articles: Sequence[Article]) -> list[tuple[Article, list[Passage], Vectors]]:
        """Return articles with their passages and these passages' vectors, encoded together."""
        parts = [split(article, self.encoder.token_offsets(article.text), self.splitting) for article in articles]
        texts = [self.splitting.to_encode(passage) for passages in parts for passage in passages]
        vectors = self.encoder.encode_passages(texts)
        ends = np.cumsum([len(passages) for passages in parts])[:-1]
        return list(zip(articles, parts, np.split(vectors, ends), strict=True))

    def _check_about(self) -> None:
        for key, here in _about(self.encoder, self.splitting).items():
            there = self._database.meta(key)
            if there != here:
                raise ValueError(
                    f"the archive in {self.folder} was built with {key} {there!r}, this is {here!r}; "
                    f"{CURES.get(key, '')}delete the folder and index the articles again"
                )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._lock.acquire(timeout=WAIT)
        except Timeout as error:
            raise TimeoutError(f"another process is writing to {self.folder}; try again when it is done") from error
        try:
            yield
        finally:
            self._lock.release()

    def _stamp(self) -> Stamp:
        return Stamp(self._database.meta("archive"), self._database.generation)

    def _open_vectors(self) -> VectorIndex:
        try:
            return VectorIndex.open(self.folder / "vectors.faiss", self.encoder.dimension)
        except FileNotFoundError:
            pass
        except ValueError as error:
            log.warning("%s; it is built anew from the database", error)
        return VectorIndex(self.encoder.dimension, Stamp(self._database.meta("archive"), 0))

    def _open_keywords(self) -> KeywordIndex:
        folder = self.folder / "keywords"
        try:
            return KeywordIndex(folder)
        except ValueError:
            log.info("%s may be damaged, or another process is writing to it", folder)
        with self._writing():
            try:
                return KeywordIndex(folder)
            except ValueError as error:
                log.warning("%s; it is built anew from the database", error)
            KeywordIndex.delete(folder)
            return KeywordIndex(folder)

    def _catch_up(self) -> None:
        """Bring both indexes to the database's generation; if another process is writing, it will, so don't."""
        try:
            with self._lock.acquire(timeout=0):
                stamp = self._stamp()
                self._catch_up_vectors(stamp)
                self._catch_up_keywords(stamp)
        except Timeout:
            self._keywords.reload()
        self._keywords_stamp = self._keywords.stamp

    def _catch_up_vectors(self, stamp: Stamp) -> None:
        since = _since(self._vectors.stamp, stamp)
        if since == stamp.generation and len(self._vectors) == self._database.counts().passages:
            return
        if since in {0, stamp.generation}:
            since = 0
            self._vectors = VectorIndex(self.encoder.dimension, stamp)
        self._vectors.remove(np.array(self._database.removed_since(since), dtype=np.int64))
        added = self._database.added_since(since)
        while lot := list(islice(added, CATCH_UP)):
            numbers = np.array([stored.number for stored in lot], dtype=np.int64)
            self._vectors.remove(numbers)
            self._vectors.add(numbers, np.stack([stored.vector for stored in lot]))
        self._vectors.stamp = stamp
        self._vectors.save(self.folder / "vectors.faiss")

    def _catch_up_keywords(self, stamp: Stamp) -> None:
        since = _since(self._keywords.stamp, stamp)
        if since == stamp.generation and len(self._keywords) == self._database.counts().passages:
            return
        if since in {0, stamp.generation}:
            since = 0
            KeywordIndex.delete(self.folder / "keywords")
            self._keywords = KeywordIndex(self.folder / "keywords")
        added = ((stored.number, stored.passage) for stored in self._database.added_since(since))
        self._keywords.update(self._database.removed_since(since), added, stamp)


def exists(folder: Path) -> bool:
    """Return whether there is an archive in the folder."""
    return _database_path(folder).is_file()


def check_new(folder: Path) -> None:
    """Raise FileExistsError unless an archive can be made there: in a new or an empty folder."""
    if folder.exists() and (not folder.is_dir() or any(path.name != DRAFT for path in folder.iterdir())):
        raise FileExistsError(f"{folder} exists and is not a pressmark archive; name a new or an empty folder")


def _database_path(folder: Path) -> Path:
    return folder / "archive.sqlite"


def _about(encoder: Encoder, splitting: Splitting) -> dict[str, str]:
    return {"encoder": encoder.name, "dimension": str(encoder.dimension), "splitting": str(splitting)}


def _since(held: Stamp | None, wanted: Stamp) -> int:
    """Return the generation that an index can be caught up from; 0 if it holds another archive, or a later state."""
    if held is None or held.archive != wanted.archive or held.generation > wanted.generation:
        return 0
    return held.generation
