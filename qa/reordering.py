"""The order of the passages once they are read: what the retriever found, weighed with what the reader thinks."""

import math
from collections.abc import Sequence
from dataclasses import replace

from embeddings.types import Hit
from qa.types import Reading


def reorder(hits: Sequence[Hit], readings: Sequence[Reading], weight: float) -> tuple[Hit, ...]:
    """Return the hits, best first, ties as they were; their scores are in [0, 1] if those given are.

    A score is (1 − weight) × the retriever's + weight × the probability of the relevance logit. Hits stay as they are
    if the reader gives none.
    """
    logits = [reading.relevance for reading in readings if reading.relevance is not None]
    if weight == 0 or len(logits) < len(hits):
        return tuple(hits)
    scores = [(1 - weight) * hit.score + weight * _logistic(logit) for hit, logit in zip(hits, logits, strict=True)]
    ordered = sorted(zip(hits, scores, strict=True), key=lambda pair: (-pair[1], pair[0].rank))
    return tuple(replace(hit, score=score, rank=rank) for rank, (hit, score) in enumerate(ordered, start=1))


def _logistic(logit: float) -> float:
    return (1 + math.tanh(logit / 2)) / 2  # never overflows
