"""Logits to spans: pure numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
