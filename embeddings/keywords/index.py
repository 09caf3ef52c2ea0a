"""The keyword index: BM25 by tantivy, a cache of the passages in the database."""

import math
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from embeddings.folding import searched
from embeddings.keywords.entries import ANALYZER, analyzer, entry, schema
from embeddings.keywords.files import StampedFiles, read_stamp
from embeddings.keywords.queries import HEADING_WEIGHT, numbered, of_word, restricted
from embeddings.types import Allowed, Filter, Numbers, Passage, Ranking, Stamp

COMMON = 0.1
"""Words in more than this share of the passages, and in more than LEAST_COMMON, are ignored, unless all of a question's
words are such.

598 questions on the news of 2023, 275,248 passages, no least number: fused success@1, @5 and @10 are 53.0, 79.4 and
85.3 % if all words rank, 53.2, 79.4, 85.8 at 0.2, and 53.0, 78.4, 84.8 at 0.1, where a search takes a sixth as long.
"""

LEAST_COMMON = 50_000
"""A word in no more passages than these is never ignored."""

WIDE = 10
"""A filter that lets through at least one passage in WIDE is applied to the best of all: only these can be found by
skipping. A narrower one, and one that leaves too few of them, is part of the query."""

SPARE = 1.5
"""How many more of the best are taken than a filter should leave."""

WRITER_HEAP = 64_000_000
"""Bytes that tantivy may use before it writes a segment."""


@dataclass(frozen=True, slots=True)
class KeywordSnapshot:
    """The index as it was at one generation. It stays as it is, whatever is written after."""

    stamp: Stamp
    searcher: Any


class KeywordIndex:
    """Passages by their words as the eye reads them: English stems, accents folded.

    A folder of tantivy's files and a stamp.json.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or an empty one without a stamp if there is none.

        Raises:
            ValueError: if the folder's files cannot be read, or are not those that were stamped. That may also be so
                while another process writes to it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files = StampedFiles(folder)
        self._index = tantivy.Index(schema(), path=str(folder))
        self._analyzer = analyzer()
        self._index.register_tokenizer(ANALYZER, self._analyzer)
        self._index.config_reader(reload_policy="Manual")  # what was written is shown when we say so
        self.reload()

    @staticmethod
    def delete(folder: Path) -> None:
        """Delete the whole index."""
        shutil.rmtree(folder, ignore_errors=True)

    @property
    def stamp(self) -> Stamp | None:
        """What the files on disk hold; None if that cannot be told."""
        return read_stamp(self._folder)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def update(self, removed: Iterable[int], added: Iterable[tuple[int, Passage]], stamp: Stamp) -> None:
        """Take passages out, put passages in, stamp the result and search it from now on."""
        self.write(removed, added, stamp)
        self.reload()

    def write(self, removed: Iterable[int], added: Iterable[tuple[int, Passage]], stamp: Stamp) -> None:
        """Take passages out of the files, put passages in, and stamp the result; searches do not see it yet.

        Doing it twice is the same as doing it once, so a crash before the stamp is written costs nothing.
        """
        fields = self._index.schema
        writer = self._index.writer(heap_size=WRITER_HEAP, num_threads=1)
        try:
            for number in removed:
                writer.delete_documents_by_query(numbered(fields, number))
            for number, passage in added:
                writer.delete_documents_by_query(numbered(fields, number))
                writer.add_document(entry(number, passage))
            writer.commit()
        finally:  # as a context manager it would commit half of it
            writer.wait_merging_threads()  # else they may write to the files when the archive is closed
        self._files.write_stamp(stamp)

    def snapshot(self) -> KeywordSnapshot | None:
        """Return what the files hold now, for `show`; None if that cannot be told, as while they are written to."""
        settled = self._files.settled()
        if settled is None:
            return None
        try:
            self._index.reload()
        except (ValueError, OSError):
            return None  # another process is just building the index anew
        snapshot = KeywordSnapshot(settled.stamp, self._index.searcher())
        return snapshot if self._files.settled() == settled else None

    def show(self, snapshot: KeywordSnapshot) -> None:
        """Search a snapshot from now on."""
        self._searcher = snapshot.searcher

    def reload(self) -> None:
        """Search what the files hold now."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def numbers(self) -> set[int]:
        """Return the numbers of all passages in it."""
        searcher = self._searcher
        found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        return set(searcher.fast_field_values("number", [address for _, address in found]))

    def search(
        self,
        question: str,
        k: int,
        only: Filter,
        heading_weight: float = HEADING_WEIGHT,
        allowed: Allowed | None = None,
    ) -> Ranking:
        """Return the k passages that match the question's words best, by BM25: scores positive, unbounded.

        `heading_weight`, from 0: what a match in title, outlet and date counts, where one in the passage counts 1.
        `allowed` are the passages that the filter `only` lets through and that may be shown; None if that are all that
        match the filter.

        Source: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond".
        """
        words = self._informative(dict.fromkeys(self._analyzer.analyze(searched(question))))
        if not words or not len(self):
            return Ranking.empty()
        parts = [part for word in words for part in of_word(self._index.schema, word, heading_weight)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        if allowed is not None and len(self) < WIDE * allowed.count:
            most = math.ceil(SPARE * k * len(self) / allowed.count)
            found = self._best(query, most)
            kept = _kept(found, allowed, k)
            if len(kept.numbers) == k or len(found.numbers) < most:
                return kept
        return self._best_allowed(restricted(self._index.schema, query, only, allowed), k, allowed)

    def _best_allowed(self, query: tantivy.Query, k: int, allowed: Allowed | None) -> Ranking:
        """Return the k allowed passages that a query ranks highest, looking further where others stand before them."""
        most = k
        while True:
            found = self._best(query, most)
            kept = found if allowed is None else _kept(found, allowed, k)
            if len(kept.numbers) == k or len(found.numbers) < most:
                return kept
            most *= 4

    def _best(self, query: tantivy.Query, k: int) -> Ranking:
        """Return the k passages that a query ranks highest."""
        found = self._searcher.search(query, limit=k, count=False).hits
        addresses = [address for _, address in found]
        numbers: Numbers = np.array(self._searcher.fast_field_values("number", addresses), dtype=np.int64)
        return Ranking(numbers, np.array([score for score, _ in found], dtype=np.float32))

    def _informative(self, words: Iterable[str]) -> list[str]:
        """Return those of the words that are in the archive, but not in too many passages; all if that leaves none.

        BM25 gives a common word next to no weight, but its list of passages is most of what a search reads.
        """
        searcher = self._searcher
        counts = {word: searcher.doc_freq("text", word) for word in words}
        known = [word for word, count in counts.items() if count or searcher.doc_freq("heading", word)]
        most = max(LEAST_COMMON, COMMON * searcher.num_docs)
        return [word for word in known if counts[word] <= most] or known


def _kept(found: Ranking, allowed: Allowed, k: int) -> Ranking:
    """Return the first k of what was found that are allowed."""
    known = found.numbers < len(allowed.mask)
    kept = np.flatnonzero(known)[allowed.mask[found.numbers[known]]][:k]
    return Ranking(found.numbers[kept], found.scores[kept])
