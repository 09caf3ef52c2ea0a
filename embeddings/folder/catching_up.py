"""The indexes brought up to a snapshot of the database: only what became of it since the one that they hold."""

import errno
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from embeddings.folder.snapshot import Snapshot
from embeddings.keywords.index import KeywordIndex, KeywordSnapshot
from embeddings.types import Numbers, Stamp, Vectors
from embeddings.vectors import VectorIndex

log = logging.getLogger(__name__)

VECTORS_TOGETHER = 10_000
"""Vectors that are handed from the database to the index at once."""


@dataclass(frozen=True, slots=True)
class VectorChange:
    """What is still to be done to a vector index until it holds a snapshot: take some out, then put others in.

    `built` is how many were put in already, where the index is a new one.
    """

    index: VectorIndex
    stamp: Stamp
    removed: Numbers
    added: Sequence[tuple[Numbers, Vectors]]
    built: int = 0

    def apply(self) -> int:
        """Do it, and return how many vectors changed. Nobody may be searching the index."""
        self.index.remove(self.removed)
        added = _put(self.index, self.added)
        self.index.stamp = self.stamp
        return self.built + len(self.removed) + added


def vector_change(vectors: VectorIndex, snapshot: Snapshot) -> VectorChange:
    """Return how an index comes to hold a snapshot; one that does not fit it is left, and a new one built."""
    count, wanted = snapshot.counts().passages, snapshot.stamp
    since = _generation_held(vectors.stamp, wanted)
    is_whole = since < wanted.generation or len(vectors) == count
    if since and is_whole and vectors.fits(count):
        removed = np.array(snapshot.removed_since(since), dtype=np.int64)
        return VectorChange(vectors, wanted, removed, list(_added(snapshot, since)))
    new = VectorIndex.for_count(int(snapshot.meta["dimension"]), wanted, count, snapshot.sample)
    return VectorChange(new, wanted, np.zeros(0, dtype=np.int64), (), _put(new, _added(snapshot, 0)))


def written_keywords(keywords: KeywordIndex, snapshot: Snapshot, folder: Path) -> tuple[KeywordIndex, KeywordSnapshot]:
    """Bring a keyword index's files in a folder up to a snapshot, and return the index and what it then holds.

    An index that cannot be caught up is rebuilt. Nobody else may be writing to the files.

    Raises:
        OSError: if the new files are not what was written.
    """
    held = keywords.snapshot()
    since = 0 if held is None else _generation_held(held.stamp, snapshot.stamp)
    if 0 < since < snapshot.stamp.generation:
        try:
            return keywords, _write(keywords, snapshot, since)
        except (ValueError, OSError) as error:
            log.warning("%s; the keyword index is built anew from the database", error)
    KeywordIndex.delete(folder)
    keywords = KeywordIndex(folder)
    try:
        return keywords, _write(keywords, snapshot, 0)
    except ValueError as error:
        raise OSError(errno.EIO, f"{error}; see that the disk has room and do it again", folder.parent) from error


def _generation_held(held: Stamp, wanted: Stamp) -> int:
    """Return the generation that an index can be caught up from; 0 if it holds another archive, or a later state."""
    return held.generation if held.archive == wanted.archive and held.generation <= wanted.generation else 0


def _write(keywords: KeywordIndex, snapshot: Snapshot, since: int) -> KeywordSnapshot:
    """Write to a keyword index what became of the archive since a generation, and return what it then holds."""
    added = ((stored.number, stored.passage) for stored in snapshot.added_since(since))
    keywords.write(snapshot.removed_since(since), added, snapshot.stamp)
    held = keywords.snapshot()
    if held is None:
        raise ValueError("the keyword index's files changed while they were written")
    return held


def _added(snapshot: Snapshot, since: int) -> Iterator[tuple[Numbers, Vectors]]:
    """Yield the numbers and vectors that were added after a generation, many at a time."""
    added = snapshot.vectors_since(since)
    while together := list(islice(added, VECTORS_TOGETHER)):
        numbers, vectors = zip(*together, strict=True)
        yield np.array(numbers, dtype=np.int64), np.stack(vectors)


def _put(vectors: VectorIndex, added: Iterable[tuple[Numbers, Vectors]]) -> int:
    """Put vectors in, in the place of those with their numbers, and return how many there were."""
    count = 0
    for numbers, rows in added:
        vectors.remove(numbers)
        vectors.add(numbers, rows)
        count += len(numbers)
    return count
