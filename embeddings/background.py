"""New articles split at once and encoded in the background, while the next are read and the last are stored."""

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from embeddings.archive import Archive
from embeddings.stored import Prepared, with_vectors
from embeddings.types import Article, Passage, Vectors

AT_ONCE = 32
"""Passages that are encoded in one step. An interruption waits for the steps that have begun, not for the others."""

THREADS = 2
"""Steps under way: when the texts of one run out, those of the next are there already, and no core waits."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Articles whose passages are encoded in the background; `vectors` are those of all passages, step by step."""

    articles: Sequence[Article]
    parts: Sequence[Sequence[Passage]]
    vectors: Sequence[Future[Vectors]]

    @property
    def passages(self) -> int:
        """How many passages the articles have."""
        return sum(map(len, self.parts))

    @property
    def done(self) -> bool:
        """Whether nothing is left to wait for."""
        return all(step.done() for step in self.vectors)

    def wait(self, seconds: float | None) -> bool:
        """Wait until all is encoded or encoding failed, so long at most; return whether that is so."""
        found = wait(self.vectors, seconds, FIRST_EXCEPTION)
        return not found.not_done or any(step.exception() for step in found.done)

    def result(self) -> list[Prepared]:
        """Return what is to be stored, once all is encoded; the error if encoding failed."""
        return with_vectors(self.articles, self.parts, [step.result() for step in self.vectors])


class Background:
    """Encodes passages in the order they are handed in, on threads of its own until it is stopped."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="indexing")

    def start(self, articles: Sequence[Article]) -> Encoding:
        """Split articles here and now, start encoding their passages, and return at once."""
        parts = [self._archive.split(article) for article in articles]
        passages = [passage for part in parts for passage in part]
        steps = (passages[first : first + AT_ONCE] for first in range(0, len(passages), AT_ONCE))
        return Encoding(articles, parts, [self._threads.submit(self._archive.encode, step) for step in steps])

    def stop(self) -> None:
        """Drop what has not begun, and wait for the steps that have."""
        self._threads.shutdown(cancel_futures=True)
