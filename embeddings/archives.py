"""What every archive can do, wherever it lies."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from embeddings.holdings import Holdings
from embeddings.keywords.queries import HEADING_WEIGHT
from embeddings.passages import Splitting
from embeddings.records import FileRecord, Origin, OtherSource, Prepared, SourceChanges, Trace
from embeddings.types import Article, Counts, Encoder, Filter, Passage, Ranking, Vectors
from embeddings.withdrawals import Withdrawal


class ArticleStore(Protocol):
    """What an archive holds. Many threads may ask it."""

    @property
    def generation(self) -> int:
        """A number that grows with every change."""

    def counts(self) -> Counts:
        """Return how many articles and passages there are."""

    def hidden_count(self) -> int:
        """Return how many articles may not be shown now: see `embeddings.withdrawals`."""

    def outlets(self) -> list[str]:
        """Return the outlets' names, sorted, without the unknown one."""

    def articles(self) -> Iterator[Article]:
        """Yield every article that may be shown now, in an order of the archive's own."""

    def article(self, article_id: str) -> Article:
        """Return one article. Raises KeyError if there is none with this id that may be shown now."""

    def sources(self) -> dict[str, str]:
        """Return where every article was read, by id."""

    def origins(self, ids: Sequence[str]) -> dict[str, Origin]:
        """Return where those of the articles were read that are stored, by id."""

    def traces(self, keys: Sequence[str]) -> list[Trace]:
        """Return which articles have versions that are known by one of these keys: see `embeddings.identity`."""

    def file_records(self) -> dict[str, FileRecord]:
        """Return what the files were like that articles were read from, by path."""


class CopyStore(Protocol):
    """What an archive knows of articles that were met at several places, if it stores such an article once."""

    def ids_with(self, content: str) -> list[str]:
        """Return the ids of the articles that say the same but for the id, sorted: see `content_of`."""

    def other_sources(self, article_id: str | None = None) -> list[OtherSource]:
        """Return where articles were met beside their sources, of one article or of all, in the order of sources."""

    def places_with(self, ids: Sequence[str]) -> list[OtherSource]:
        """Return the places at which articles are met under one of these ids, and stored under another."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Copies of an article, the first of them, and how many there are."""

    articles: tuple[Article, ...]
    count: int


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where an article stands among the newest: its last day, see `Article.days`, and its number in the archive."""

    day: int
    number: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles, newest first, and the position behind which the next ones stand; None if there are none."""

    articles: tuple[Article, ...]
    last: Position | None


class Shelves(Protocol):
    """What an archive can be looked through by, if it keeps its articles in the order of their days."""

    def holdings(self) -> Holdings:
        """Return how many articles there are of whom and of when."""

    def newest(self, only: Filter, most: int, behind: Position | None = None, skipped: int = 0) -> Page:
        """Return the newest articles that a filter lets through; the undated come last.

        They stand behind a position, None for the first of all, and so many skipped ones.
        """

    def copies_of(self, article_id: str, most: int) -> Copied:
        """Return the copies of an article, oldest first, at most so many, and how many it has."""


class SearchableArchive(Protocol):
    """What is asked of an archive to answer questions from it. Many threads may ask one archive."""

    @property
    def encoder(self) -> Encoder:
        """What made every vector in it."""

    @property
    def splitting(self) -> Splitting:
        """What made every passage in it."""

    @property
    def store(self) -> ArticleStore:
        """What it holds."""

    @property
    def shelves(self) -> Shelves | None:
        """What it can be looked through by; None if it can only be asked and searched."""

    @property
    def generation(self) -> int:
        """The generation that searches see."""

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
        """While it lasts, all searches of this thread see each article in one version."""

    def following(self) -> AbstractContextManager[None]:
        """While it lasts, what other processes write is found within seconds."""

    def close(self) -> None:
        """Let go of what is open."""


class GrowingArchive(SearchableArchive, Protocol):
    """What is asked of an archive besides, to add articles to it and take them out."""

    @property
    def copies(self) -> CopyStore | None:
        """What it knows of articles met at several places; None if each of these is an article of its own in it."""

    def save(
        self, articles: Sequence[Prepared], files: Sequence[FileRecord] = (), changes: SourceChanges | None = None
    ) -> None:
        """Store prepared articles, what files are like, and what became of the sources of articles."""

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles. Raises KeyError if one is not there; nothing is removed then."""

    def forget_removed(self) -> None:
        """Leave nothing of what was removed in the archive's files. Raises TimeoutError."""

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> int:
        """Hide the articles that withdrawals mean, also those that come later; return how many were hidden now."""
