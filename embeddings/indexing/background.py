"""Articles on their way into an archive: encoded in the background while the next are read and the last are stored."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from time import monotonic

from embeddings.archives import GrowingArchive
from embeddings.indexing.arrivals import Arrival
from embeddings.indexing.decisions import Batch, source_changes
from embeddings.records import Prepared, encode, split_article, with_vectors
from embeddings.types import Passage, Vectors

TRANSACTION_PASSAGES = 1000
"""Passages that make a transaction; as many articles do, whether or not anything of them is to be encoded."""

TRANSACTION_SECONDS = 30.0
"""Seconds after the last transaction at which another one is made, however little there is to store."""

WAITING_PASSAGES = 500
"""Passages that may wait to be encoded: enough for all cores while others are stored, few enough for any memory."""

STEP_PASSAGES = 32
"""Passages that are encoded in one step. An interruption waits for the steps that have begun, not for the others."""

THREADS = 2
"""Steps under way: when the texts of one run out, those of the next are there already, and no core waits."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Articles whose passages are encoded in the background; `vectors` are those of all passages, step by step."""

    arrivals: Sequence[Arrival]
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
        articles = [arrival.article for arrival in self.arrivals]
        contents = [arrival.content for arrival in self.arrivals]
        return with_vectors(articles, contents, self.parts, [step.result() for step in self.vectors])


class Background:
    """Encodes batches on threads of its own, and stores them once there are enough, all in the caller's order.

    So a file is never stored as finished before all its articles are. `progress` is told how many more bytes of
    files are done, after each transaction.
    """

    def __init__(self, archive: GrowingArchive, progress: Callable[[int], object]) -> None:
        self.contested: set[str] = set()
        """Files that are never stored as finished."""
        self._archive = archive
        self._progress = progress
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="indexing")
        self._under_way: deque[tuple[Batch, Encoding]] = deque()
        self._encoded: list[Encoding] = []
        self._ready: list[Batch] = []  # the batches of these, and those between them that have nothing to encode
        self._done, self._since = 0, monotonic()

    @property
    def unstored(self) -> list[Batch]:
        """The batches taken since the last transaction, in their order."""
        return [*self._ready, *(batch for batch, _ in self._under_way)]

    @property
    def is_late(self) -> bool:
        """Whether it is time for a transaction, however few passages there are."""
        return monotonic() - self._since >= TRANSACTION_SECONDS

    def close(self) -> None:
        """Stop; what is not stored is lost. Waits for the steps that have begun."""
        self._threads.shutdown(cancel_futures=True)

    def take(self, batch: Batch) -> None:
        """Split those of a batch's articles that are new or changed, and start encoding them.

        While too many passages wait to be encoded, this waits for them, and stores.
        """
        encoder, splitting = self._archive.encoder, self._archive.splitting
        parts = [split_article(arrival.article, encoder, splitting) for arrival in batch.fresh]
        passages = [passage for part in parts for passage in part]
        steps = (passages[first : first + STEP_PASSAGES] for first in range(0, len(passages), STEP_PASSAGES))
        vectors = [self._threads.submit(encode, step, encoder, splitting) for step in steps]
        encoding = Encoding(batch.fresh, parts, vectors)
        self._under_way.append((batch, encoding))
        self._collect(WAITING_PASSAGES)

    def store(self) -> None:
        """Store everything, and let searches see it."""
        self._collect(ahead=0)
        self._write()

    def _collect(self, ahead: int) -> None:
        """Take the batches that are encoded, in order; wait until no more than `ahead` passages are still to be."""
        while self._under_way:
            batch, encoding = self._under_way[0]
            if not encoding.done:
                if sum(each.passages for _, each in self._under_way) <= ahead:
                    return
                self._wait(encoding)
            self._under_way.popleft()
            self._done += batch.size
            self._ready.append(batch)
            if encoding.arrivals:
                self._encoded.append(encoding)
            waiting = sum(len(each.articles) for each in self._ready)  # also those of which nothing is encoded
            if max(sum(each.passages for each in self._encoded), waiting) >= TRANSACTION_PASSAGES:
                self._write()
            elif not self._encoded:
                self._tell()

    def _wait(self, encoding: Encoding) -> None:
        """Wait until a batch is encoded; if that takes long, store those before it meanwhile."""
        if not encoding.wait(max(0.0, self._since + TRANSACTION_SECONDS - monotonic())):
            self._write()
            encoding.wait(None)

    def _write(self) -> None:
        """Store what is encoded, in one transaction, and let searches see it."""
        prepared = [each for encoding in self._encoded for each in encoding.result()]
        finished = [record for batch in self._ready for record in batch.finished if record.path not in self.contested]
        places = source_changes(self._ready)
        if prepared or finished or places:
            self._archive.save(prepared, finished, places)
        if prepared or places.merged:
            self._archive.refresh()
        self._encoded, self._ready = [], []
        self._tell()

    def _tell(self) -> None:
        """Tell how many bytes are done since it was told last."""
        self._progress(self._done)
        self._done, self._since = 0, monotonic()
