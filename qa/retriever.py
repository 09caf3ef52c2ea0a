"""Question to hits: keywords and vectors, filtered alike, normalised and weighed together."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from embeddings.archives import SearchableArchive
from embeddings.types import Filter, Hit, Passage, Ranking, Vectors
from qa.recency import newer_first
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The hits of a question, best first, how long encoding and searching took, in milliseconds, and what was searched.

    `generation` is that of the archive.
    """

    hits: tuple[Hit, ...]
    encode_ms: float
    search_ms: float
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Proposals:
    """What each leg found for a question: cosines in [-1, 1], and BM25, positive, unbounded."""

    vectors: Ranking
    keywords: Ranking

    def fused(self, vector_weight: float) -> dict[int, float]:
        """Return passage number → weighted sum of the two legs' normalised scores, in [0, 1].

        A passage that a leg did not propose gets 0 from it. A leg whose best passage stands out from what it proposed
        has more of the weight: a leg's share is its weight × its spread in standard deviations. So the order is that of
        the weighted sum of standard scores (Montague & Aslam 2001, "Relevance Score Normalization for Metasearch"),
        where what a leg did not propose has its lowest, and the scores are in [0, 1] all the same.
        """
        shares = self._shares(vector_weight)
        fused: dict[int, float] = {}
        for ranking, share in zip((self.vectors, self.keywords), shares, strict=True):
            for number, score in zip(ranking.numbers.tolist(), normalise(ranking.scores).tolist(), strict=True):
                fused[number] = fused.get(number, 0.0) + share * score
        return fused

    def _shares(self, vector_weight: float) -> tuple[float, float]:
        """Return what the vectors and the keywords count, together 1: their weights alone if a leg has no spread."""
        vectors = vector_weight * spread(self.vectors.scores)
        keywords = (1 - vector_weight) * spread(self.keywords.scores)
        if not vectors or not keywords:
            return vector_weight, 1 - vector_weight
        return vectors / (vectors + keywords), keywords / (vectors + keywords)


def retrieve(archive: SearchableArchive, question: str, only: Filter, settings: Settings) -> Retrieved:
    """Return the `settings.k` best passages for a question; fewer only if fewer pass the filter.

    Each leg proposes its best `settings.candidates`, at least k. A score is in [0, 1]: 1 is best on both legs.
    """
    started = perf_counter()
    vector = archive.encoder.encode_questions([question])
    encoded = perf_counter()
    with archive.one_generation():
        proposals = search(archive, question, vector, only, settings)
        scores = proposals.fused(settings.vector_weight)
        hits = fused_hits(scores, archive.passages(scores), question, only, settings)[: settings.k]
        generation = archive.generation
    return Retrieved(hits, 1000 * (encoded - started), 1000 * (perf_counter() - encoded), generation)


def search(archive: SearchableArchive, question: str, vector: Vectors, only: Filter, settings: Settings) -> Proposals:
    """Return what both legs propose, at most the settings' candidates each, and not fewer than k.

    `vector` has shape (1, dimension).
    """
    most = max(settings.candidates, settings.k)
    return Proposals(
        archive.search_vectors(vector, most, only),
        archive.search_keywords(question, most, only, settings.heading_weight),
    )


def fused_hits(
    scores: Mapping[int, float], passages: Mapping[int, Passage], question: str, only: Filter, settings: Settings
) -> tuple[Hit, ...]:
    """Return fused scores, less what age takes from them, as hits, best first."""
    return ranked(newer_first(scores, passages, question, only, settings), passages)


def ranked(scores: Mapping[int, float], passages: Mapping[int, Passage]) -> tuple[Hit, ...]:
    """Return the passages as hits, best first, ties by passage id; `scores` has one for the number of each."""
    ordered = sorted((-scores[number], passage.id, passage) for number, passage in passages.items())
    return tuple(Hit(passage, -negative, rank) for rank, (negative, _, passage) in enumerate(ordered, start=1))


def normalise(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return scores moved and stretched so that the lowest is 0 and the highest 1; all 1 if they are equal.

    Source: Lee 1997, "Analyses of Multiple Evidence Combination", min-max normalisation.
    """
    if not len(scores):
        return np.zeros(0)
    wide = scores.astype(np.float64)
    low, high = wide.min(), wide.max()
    return (wide - low) / (high - low) if high > low else np.ones_like(wide)


def spread(scores: NDArray[np.float32]) -> float:
    """Return how many standard deviations lie between the highest and the lowest score; 0 if all are equal."""
    if not len(scores):
        return 0.0
    wide = scores.astype(np.float64)
    deviation = float(wide.std())
    return float(wide.max() - wide.min()) / deviation if deviation else 0.0
