"""Both legs of a search in Milvus: only passages of current revisions are found."""

from collections.abc import Mapping, Sequence

import numpy as np

from embeddings.folding import searched
from embeddings.keywords.entries import analyzer
from embeddings.milvus.client import MOST, Found, Leg, Milvus
from embeddings.milvus.revisions import Revisions
from embeddings.milvus.rows import among, lots, where
from embeddings.types import Filter, Ranking, Vectors


class Search:
    """Searches one archive."""

    def __init__(self, milvus: Milvus, revisions: Revisions) -> None:
        self._analyzer = analyzer()
        self._milvus = milvus
        self._revisions = revisions

    def words(self, text: str) -> list[str]:
        """Return the words that a text is found by."""
        return list(self._analyzer.analyze(searched(text)))

    def vectors(self, vector: Vectors, k: int, only: Filter) -> Ranking:
        """Return the k passages nearest to a vector of shape (1, dimension), at most MOST: cosines in [-1, 1]."""
        return _ranking(self._scores(Leg.VECTOR, vector, k, where(only)), k)

    def keywords(self, question: str, k: int, only: Filter, heading_weight: float) -> Ranking:
        """Return the k passages whose words match best, at most MOST: BM25 as Milvus computes it, positive, unbounded.

        Passages and headings are two searches. What either finds, k each, is given its whole score; a passage that is
        among the best k of neither, but would be of both together, is missed.
        """
        words = " ".join(dict.fromkeys(self.words(question)))
        if not words:
            return Ranking.empty()
        weights = {leg: weight for leg, weight in ((Leg.WORDS, 1.0), (Leg.HEADING, heading_weight)) if weight > 0}
        found = {leg: self._scores(leg, words, k, where(only)) for leg in weights}
        proposed = {number for scores in found.values() for number in scores}
        for leg in weights:
            if len(found[leg]) >= k:  # else all that match were found
                for lot in lots(sorted(proposed - found[leg].keys())):
                    found[leg] |= self._scores(leg, words, len(lot), among("number", lot))
        total = {number: sum(weights[leg] * found[leg].get(number, 0.0) for leg in weights) for number in proposed}
        return _ranking(total, k)

    def _scores(self, leg: Leg, wanted: Vectors | str, k: int, condition: str) -> dict[int, float]:
        """Return the scores of the best k passages of current revisions by number; look further for them if need be."""
        k = min(k, MOST)
        limit = k
        while True:
            hits = self._milvus.search(leg, wanted, limit, condition)
            shown = self._of_current_revisions(hits)
            if len(shown) >= k or len(hits) < limit or limit == MOST:
                return {hit.number: hit.score for hit in shown[:k]}
            limit = min(2 * limit, MOST)

    def _of_current_revisions(self, hits: Sequence[Found]) -> list[Found]:
        heads = self._revisions.current({hit.owner for hit in hits})
        return [hit for hit in hits if hit.owner in heads and heads[hit.owner].revision == hit.revision]


def _ranking(scores: Mapping[int, float], k: int) -> Ranking:
    """Return the best k of scored passages, ties by number."""
    best = sorted(scores.items(), key=lambda each: (-each[1], each[0]))[:k]
    numbers, values = zip(*best, strict=True) if best else ((), ())
    return Ranking(np.array(numbers, dtype=np.int64), np.array(values, dtype=np.float32))
