"""Searching at scale: both legs over archives of given sizes, against comparing the question with every vector."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count, groupby, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from embeddings.folder.archive import Archive
from embeddings.folder.database import Database
from embeddings.folder.paths import Paths
from embeddings.folder.snapshot import Snapshot
from embeddings.records import Prepared, content_of
from embeddings.types import Encoder, Filter, Passage, Vectors
from qa.evaluation.results.results import Figure, Unit
from qa.evaluation.speed.growth import MEGABYTE, Served, questions_about

TABLE = "Search"

ASKED = 50
"""How many questions are searched for at each size with each filter."""

NEAREST = 10
"""Recall is the share of this many nearest that are found."""

CANDIDATES = 100
"""How many passages each leg is asked for, as the retriever asks it."""

SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)
"""The shares of the articles that filters leave."""

NOISE = 0.35
"""The length of what is added to the unit vector of a copy, at random: its cosine with the original is then 0.94."""

EQUAL = 1e-5
"""Scores that differ by no more than this are equal: one is computed alone, the other together with many."""

Scores = NDArray[np.float32]

LOT = 2000
"""Passages that are stored together."""


def measure_search(
    source: Path,
    sizes: Sequence[int],
    encoder: Encoder,
    serve: Callable[[Path, Sequence[str], int], Served],
    progress: Callable[[int], object],
) -> tuple[list[Figure], dict[str, dict[str, dict[int, float]]]]:
    """Return the figures of searching at each size, and the curves as `Results.growth` has them.

    The passages are those of an archive, then copies of them: other ids, vectors with noise added. `progress` is told
    how many more passages are stored. Everything is written to a temporary folder.
    """
    figures, memory = dict[int, list[Figure]](), dict[int, float]()
    with (
        TemporaryDirectory(prefix="pressmark-search-") as temporary,
        closing(_snapshot(source)) as snapshot,
        closing(endless(snapshot)) as articles,
    ):
        folder, stored = Path(temporary) / "archive", 0
        Archive.create(folder, encoder).close()
        for size in sorted(sizes):
            with closing(Archive(folder, encoder)) as archive:
                while stored < size and (lot := list(_lot(articles, min(LOT, size - stored)))):
                    archive.save(lot)
                    archive.refresh()  # as indexing does: else SQLite's journal outgrows the archive
                    added = sum(len(each.passages) for each in lot)
                    stored += added
                    progress(added)
            with closing(Archive(folder, encoder)) as archive:  # as a server opens it
                numbers = np.linspace(1, archive.store.counts().passages, ASKED, dtype=np.int64)
                asked = questions_about(list(archive.passages(numbers).values()), ASKED)
                figures[stored] = list(_searched(archive, asked, encoder.encode_questions(asked)))
            memory[stored] = serve(folder, asked, 1).memory / MEGABYTE
    return [figure for of_size in figures.values() for figure in of_size], _curves(figures, memory)


def endless(snapshot: Snapshot) -> Generator[Prepared]:
    """Yield the articles of a snapshot with their passages and vectors, then copies of them, and again, without end."""
    for turn in count():
        random = np.random.default_rng(turn)
        group = None
        for article, group in groupby(snapshot.added_since(0), key=lambda stored: stored.passage.article):
            stored = list(group)
            passages, vectors = [each.passage for each in stored], np.stack([each.vector for each in stored])
            prepared = Prepared(article, content_of(article), passages, vectors)
            yield _copy(prepared, turn, random) if turn else prepared
        if group is None:
            return


def _copy(original: Prepared, turn: int, random: np.random.Generator) -> Prepared:
    noise = random.normal(size=original.vectors.shape) * NOISE / np.sqrt(original.vectors.shape[1])
    noisy = original.vectors + noise.astype(np.float32)
    article = replace(original.article, id=f"{original.article.id}~{turn}")
    moved = [Passage(article, passage.start, passage.end) for passage in original.passages]
    return Prepared(article, content_of(article), moved, noisy / np.linalg.norm(noisy, axis=1, keepdims=True))


def _lot(articles: Iterator[Prepared], least: int) -> Iterator[Prepared]:
    """Yield articles until they have at least that many passages."""
    passages = 0
    for article in articles:
        yield article
        passages += len(article.passages)
        if passages >= least:
            return


def _searched(archive: Archive, questions: Sequence[str], vectors: Vectors) -> Iterator[Figure]:
    """Yield recall and both legs' times with each filter, the first of which lets everything through."""
    filters = [_leaving(archive, share) for share in SHARES]
    with closing(_snapshot(archive.folder)) as snapshot:
        nearest = _nearest(snapshot, vectors, filters)
        passages = snapshot.counts().passages
        let_through = [passages if (allowed := snapshot.allowed(only)) is None else allowed.count for only in filters]
    for only, right, competing in zip(filters, nearest, let_through, strict=True):
        by_vectors, by_keywords, recalls = list[float](), list[float](), list[float]()
        for row, question in enumerate(questions):
            started = perf_counter()
            found = archive.search_vectors(vectors[row : row + 1], CANDIDATES, only)
            between = perf_counter()
            archive.search_keywords(question, CANDIDATES, only)
            by_vectors.append(1000 * (between - started))
            by_keywords.append(1000 * (perf_counter() - between))
            recalls.append(recall(found.scores[:NEAREST], right[row]))
        name = f"{passages:,} passages, {100 * competing / passages:.3g} % let through"
        yield Figure(TABLE, name, f"recall@{NEAREST}", float(np.mean(recalls)), len(recalls))
        for leg, times in (("vectors", by_vectors), ("keywords", by_keywords)):
            low, high = np.quantile(times, [0.05, 0.95])
            yield Figure(TABLE, name, f"{leg}, p50", median(times), len(times), low, high, Unit.MILLISECONDS)


def _leaving(archive: Archive, share: float) -> Filter:
    """Return a filter by date that leaves about this share of the articles."""
    if share == 1:
        return Filter()
    days = sorted(article.published for article in archive.store.articles() if len(article.published) == 10)
    width = max(1, round(share * len(days)))
    first = (len(days) - width) // 2
    return Filter(days[first], days[min(first + width, len(days)) - 1]) if days else Filter()


def recall(found: Scores, nearest: Scores) -> float:
    """Return the share of the nearest that were found, by their scores: of equal ones any will do. 1 if there are none.

    Both are in falling order.
    """
    if not len(nearest):
        return 1.0
    return float(np.count_nonzero(found[: len(nearest)] >= nearest[-1] - EQUAL) / len(nearest))


def _nearest(snapshot: Snapshot, vectors: Vectors, filters: Sequence[Filter]) -> list[list[Scores]]:
    """Return for each filter and each question the highest scores, found by comparing it with every vector."""
    numbers, scores, added = [np.zeros(0, np.int64)], [np.zeros((0, len(vectors)), np.float32)], snapshot.added_since(0)
    while lot := list(islice(added, LOT)):
        numbers.append(np.array([stored.number for stored in lot]))
        scores.append(np.stack([stored.vector for stored in lot]) @ vectors.T)
    of, every = np.concatenate(numbers), np.concatenate(scores)
    allowed = [snapshot.allowed(only) for only in filters]
    competing = [every if only is None else every[only.mask[of]] for only in allowed]
    return [[-np.sort(-column)[:NEAREST] for column in rows.T] for rows in competing]


def _snapshot(folder: Path) -> Snapshot:
    with closing(Database(Paths(folder).database)) as database:
        return database.snapshot()


def _curves(
    figures: Mapping[int, Sequence[Figure]], memory: Mapping[int, float]
) -> dict[str, dict[str, dict[int, float]]]:
    """Return what was measured without a filter, by size."""
    recalls, by_vectors, by_keywords = (
        {size: of_size[place].value for size, of_size in figures.items()} for place in range(3)
    )
    return {
        "milliseconds a search, median": {"vectors": by_vectors, "keywords": by_keywords},
        "recall@10 against every vector": {"all articles": recalls},
        "megabytes of memory, searching": {"server, peak": dict(memory)},
    }
