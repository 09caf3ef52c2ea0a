"""Stand-ins for the models that one can compute by hand, and for floats."""

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from embeddings.types import Offsets, Passage, Vectors
from qa.types import Reading, ScoredSpan


class FakeEncoder:
    """Bag of words: each word adds 1 in the place that its crc32 names. Same text, same vector, in any process."""

    name = "fake"
    dimension = 64

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode("utf-8", "surrogatepass")) % self.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, 1)
        return unit

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def token_offsets(self, text: str) -> Offsets:
        """Every word and every other visible character is one word piece."""
        found = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        return np.array(found, dtype=np.int64).reshape(-1, 2)


class FakeReader:
    """Proposes each occurrence of the words it was given, with the score it was given for them.

    If it gives relevance, that is the best score in the passage, −9 without one.
    """

    def __init__(self, words: Mapping[str, float], *, relevance: bool = False) -> None:
        self.words = words
        self.relevance = relevance

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [self._reading(passage) for passage in passages]

    def _reading(self, passage: Passage) -> Reading:
        spans = [
            ScoredSpan(passage.article, passage.start + found.start(), passage.start + found.end(), score)
            for words, score in self.words.items()
            for found in re.finditer(re.escape(words), passage.text)
        ]
        spans.sort(key=lambda span: (-span.score, span.start))
        relevance = max((span.score for span in spans), default=-9.0) if self.relevance else None
        return Reading(passage, tuple(spans), relevance)


def near(value: float) -> Any:
    """Return what compares equal to a float of this value but for rounding, with a type that fits anywhere."""
    return pytest.approx(value)
