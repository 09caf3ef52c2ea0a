"""Logits to spans: pure numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORT = 30
"""Tokens of the longest answer that is taken for its score alone: beyond, scores choose worse."""

ALTERNATIVES = 100
"""Spans, the best scored, that a longer answer is weighed against."""

TEMPERATURE = 1.5
"""Softens the probabilities of the alternatives: a reader is too sure of single ones."""

LEAST_LENGTH = 15
"""Tokens that an answer is longer than, if it is lengthened at all."""

LEAST_GAIN = 0.15
"""How much higher the expected F1 of a longer answer must be. All of these were chosen on 619 held-out questions, a
third of them on privacy policies: docs/reader.md."""

Logits = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AllowedSpans:
    """Where a span may start and where it may end, both shape (tokens,), and how many tokens it may have, from 1."""

    start: Mask
    end: Mask
    max_tokens: int


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A range of tokens, both ends included. `score` is the sum of its start and end logits."""

    first: int
    last: int
    score: float

    def overlaps(self, other: "TokenSpan") -> bool:
        """Return whether both share a token."""
        return self.first <= other.last and other.first <= self.last


def best_spans(start: Logits, end: Logits, allowed: AllowedSpans, *, n: int) -> list[TokenSpan]:
    """Return the n best spans that do not overlap, best first; of equal ones the earlier, then the shorter.

    Both logits have shape (tokens,). An end before its start cannot come up, by construction.
    """
    scores = _joint_scores(start, end, allowed)
    spans: list[TokenSpan] = []
    for _ in range(n):
        first, length = np.unravel_index(int(np.argmax(scores)), scores.shape)
        score = float(scores[first, length])
        if score == -np.inf:
            break
        last = int(first + length)
        spans.append(TokenSpan(int(first), last, score))
        _forbid_overlaps(scores, int(first), last)
    return spans


def lengthened(start: Logits, end: Logits, allowed: AllowedSpans, span: TokenSpan) -> TokenSpan:
    """Return the span of which most is right to expect among those that hold the given one, or that one itself.

    Lists and clauses have many likely ends, none of them likely alone, so that the best scored span is often a piece of
    the answer. What is expected is F1 over tokens, the alternatives being likely as their scores say: minimum Bayes
    risk (Kumar & Byrne 2004, "Minimum Bayes-Risk Decoding for Statistical Machine Translation"). The score stays that
    of the given span, since it is from there that the reader knows that there is an answer.
    """
    scores = _joint_scores(start, end, allowed)
    flat = scores.ravel()
    best = np.argsort(-flat, kind="stable")[:ALTERNATIVES]
    first, length = np.unravel_index(best[flat[best] > -np.inf], scores.shape)
    last = first + length
    weights = np.exp((scores[first, length] - scores.max()) / TEMPERATURE)
    expected = _shared(first, last) @ (weights / weights.sum())
    holding = (first <= span.first) & (last >= span.last)
    given = expected[(first == span.first) & (last == span.last)]
    place = int(np.argmax(np.where(holding, expected, -np.inf)))
    if not len(given) or length[place] < LEAST_LENGTH or expected[place] < given[0] + LEAST_GAIN:
        return span
    return TokenSpan(int(first[place]), int(last[place]), span.score)


def _shared(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the F1 over tokens of each pair of spans, shape (spans, spans)."""
    both = np.minimum(last[:, None], last) - np.maximum(first[:, None], first) + 1
    lengths = last - first + 1
    shared: NDArray[np.float64] = 2 * np.maximum(both, 0) / (lengths[:, None] + lengths)
    return shared


def _joint_scores(start: Logits, end: Logits, allowed: AllowedSpans) -> NDArray[np.float64]:
    """Return the score of the span from token i to token i + j at [i, j], −inf where there may be none."""
    tokens, max_tokens = len(start), allowed.max_tokens
    starts = np.where(allowed.start, start.astype(np.float64), -np.inf)
    ends = np.full(tokens + max_tokens, -np.inf)
    ends[:tokens] = np.where(allowed.end, end, -np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(ends, max_tokens)[:tokens]
    joint: NDArray[np.float64] = starts[:, None] + windows
    return joint


def _forbid_overlaps(scores: NDArray[np.float64], first: int, last: int) -> None:
    """Set the scores of all spans that share a token with first..last to −inf."""
    scores[first : last + 1] = -np.inf
    for before in range(max(0, first - scores.shape[1] + 1), first):
        scores[before, first - before :] = -np.inf
