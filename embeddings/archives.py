"""What every archive can do, wherever it lies, and the one place that opens the right one."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from embeddings.folder import paths
from embeddings.folder.archive import Archive, check_new
from embeddings.folder.schema import SCHEMA_VERSION
from embeddings.keywords import HEADING_WEIGHT
from embeddings.locations import Location, MilvusPlace
from embeddings.passages import Splitting
from embeddings.records import Added, FileRecord, Origin, OtherSource, Prepared, SourceChanges
from embeddings.types import Article, Counts, Encoder, Filter, Passage, Ranking, Vectors

FORMAT = str(SCHEMA_VERSION)
"""The format of archives in folders; one that is kept in a cache has it in its name, and is made again in a new one."""


class SearchableArchive(Protocol):
    """What is asked of an archive to answer questions from it. Many threads may ask one archive."""

    @property
    def encoder(self) -> Encoder:
        """What made every vector in it."""

    @property
    def splitting(self) -> Splitting:
        """What made every passage in it."""

    @property
    def generation(self) -> int:
        """A number that grows with every change."""

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""

    def outlets(self) -> list[str]:
        """Return the outlets' names, sorted, without the unknown one."""

    def articles(self) -> Iterator[Article]:
        """Yield every article, in an order of the archive's own."""

    def article(self, article_id: str) -> Article:
        """Return one article. Raises KeyError if there is none with this id."""

    def passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """Return passages by their numbers; those that are gone are left out."""

    def search_vectors(self, vector: Vectors, k: int, only: Filter) -> Ranking:
        """Return the k passages nearest to a vector of shape (1, dimension): cosines in [-1, 1].

        The filter applies before the search: the ranking is short only if fewer passages pass it.
        """

    def search_keywords(self, question: str, k: int, only: Filter, heading_weight: float = HEADING_WEIGHT) -> Ranking:
        """Return the k passages whose words match best: BM25, positive, unbounded; the filter applies before.

        A match in title, outlet and date counts `heading_weight`, from 0, where one in the passage counts 1.
        """

    def refresh(self) -> None:
        """Let searches see what was added, unless another process is just doing so."""

    def one_generation(self) -> AbstractContextManager[None]:
        """Let all searches of this thread see each article in one version meanwhile."""

    def following(self) -> AbstractContextManager[None]:
        """Have what other processes write be found within seconds meanwhile."""

    def close(self) -> None:
        """Let go of what is open."""


class GrowingArchive(SearchableArchive, Protocol):
    """What is asked of an archive besides, to add articles to it and take them out."""

    def add(self, articles: Sequence[Article]) -> Added:
        """Split, encode and store articles that are new or changed; the last of equal ids counts."""

    def sort(self, articles: Sequence[Article]) -> tuple[Added, list[Article]]:
        """Return what is to become of articles, and those that are new or changed."""

    def prepare(self, articles: Sequence[Article]) -> list[Prepared]:
        """Return articles with their passages and these passages' vectors, encoded together."""

    def store(
        self, articles: Sequence[Prepared], files: Sequence[FileRecord] = (), changes: SourceChanges | None = None
    ) -> None:
        """Store prepared articles, what files are like, and what became of the places that articles are read at."""

    @property
    def keeps_places(self) -> bool:
        """Whether the same article at two places is stored once; if not, each is an article of its own."""

    def ids_with(self, content: str) -> list[str]:
        """Return the ids of the articles that say the same but for the id, sorted."""

    def other_sources(self, article_id: str | None = None) -> list[OtherSource]:
        """Return the places that articles were met at beside their sources, of one or of all."""

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles. Raises KeyError if one is not there; nothing is removed then."""

    def sources(self) -> dict[str, str]:
        """Return where every article was read, by id."""

    def origins(self, ids: Sequence[str]) -> dict[str, Origin]:
        """Return where those of the articles were read that are stored, by id."""

    def file_records(self) -> dict[str, FileRecord]:
        """Return what the files were like that articles were read from, by path."""


def exists(location: Location) -> bool:
    """Return whether there is an archive."""
    if not isinstance(location, MilvusPlace):
        return paths.exists(location)
    from embeddings.milvus.archive import MilvusArchive

    return MilvusArchive.exists(location)


def check_can_be_made(location: Location) -> None:
    """Raise FileExistsError if something else is where an archive is to be made."""
    if not isinstance(location, MilvusPlace):
        try:
            check_new(location)
        except FileExistsError:
            if not exists(location):  # else another process has just made it
                raise


def open_archive(location: Location, encoder: Encoder) -> GrowingArchive:
    """Open an existing archive.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it was made with another encoder or way of splitting, or is not a whole archive, or if it lies
            in Milvus and pymilvus is not installed.
        OSError: if its server cannot be reached, or another process keeps it from being opened.
    """
    if not isinstance(location, MilvusPlace):
        return Archive(location, encoder)
    from embeddings.milvus.archive import MilvusArchive

    return MilvusArchive(location, encoder)


def open_or_create(location: Location, encoder: Encoder) -> GrowingArchive:
    """Open an archive, made now if there is none yet. Raises as `open_archive` does; FileExistsError."""
    if exists(location):
        return open_archive(location, encoder)
    if not isinstance(location, MilvusPlace):
        try:
            return Archive.create(location, encoder)
        except FileExistsError:
            if not exists(location):
                raise
            return Archive(location, encoder)  # another process has just made it
    from embeddings.milvus.archive import MilvusArchive

    return MilvusArchive.create(location, encoder)
