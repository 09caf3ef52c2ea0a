"""From the database to its indexes: what became of the archive since the state that an index holds."""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from embeddings.folder.snapshot import Snapshot
from embeddings.keywords import KeywordIndex, KeywordSnapshot
from embeddings.types import Numbers, Stamp, Vectors
from embeddings.vectors import VectorIndex

TOGETHER = 10_000
"""Vectors are handed from the database to the index in lots of this many passages."""


def since_generation(held: Stamp | None, wanted: Stamp) -> int:
    """Return the generation that an index can be caught up from; 0 if it holds another archive, or a later state."""
    if held is None or held.archive != wanted.archive or held.generation > wanted.generation:
        return 0
    return held.generation


def write_keywords(keywords: KeywordIndex, snapshot: Snapshot, since: int) -> KeywordSnapshot:
    """Write to the keyword index what became of a state since a generation, and return what it then holds."""
    added = ((stored.number, stored.passage) for stored in snapshot.added_since(since))
    keywords.write(snapshot.removed_since(since), added, snapshot.stamp)
    held = keywords.snapshot()
    if held is None:
        raise ValueError("the keyword index's files changed while they were written")
    return held


def lots(snapshot: Snapshot, since: int) -> Iterator[tuple[Numbers, Vectors]]:
    """Yield the numbers and vectors that were added after a generation, in lots."""
    added = snapshot.vectors_since(since)
    while lot := list(islice(added, TOGETHER)):
        numbers, vectors = zip(*lot, strict=True)
        yield np.array(numbers, dtype=np.int64), np.stack(vectors)


def put(vectors: VectorIndex, lots: Iterable[tuple[Numbers, Vectors]]) -> int:
    """Put vectors in, in the place of those with their numbers, and return how many there were."""
    count = 0
    for numbers, rows in lots:
        vectors.remove(numbers)
        vectors.add(numbers, rows)
        count += len(numbers)
    return count
