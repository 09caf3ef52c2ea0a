"""Span decoding against a double loop over every start and end."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.decode import AllowedSpans, Logits, TokenSpan, best_spans

LOGITS = st.one_of(
    st.integers(-3, 3).map(float),  # few values: many ties
    st.floats(-30, 30, width=32),
    st.just(-np.inf),  # a token that the model rules out
)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Logits, Logits, AllowedSpans]:
    """Return start logits, end logits and what is allowed, for 1 to 12 tokens."""
    tokens = draw(st.integers(1, 12))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=tokens, max_size=tokens))

    allowed = AllowedSpans(
        np.array(column(st.booleans()), dtype=np.bool_),
        np.array(column(st.booleans()), dtype=np.bool_),
        draw(st.integers(1, 15)),
    )
    return np.array(column(LOGITS), dtype=np.float32), np.array(column(LOGITS), dtype=np.float32), allowed


def by_double_loop(start: Logits, end: Logits, allowed: AllowedSpans, n: int) -> list[TokenSpan]:
    """Return the n best spans without overlap by looking at every pair of tokens."""
    spans = [
        TokenSpan(first, last, float(start[first]) + float(end[last]))
        for first in range(len(start))
        for last in range(len(end))
        if first <= last < first + allowed.max_tokens and allowed.start[first] and allowed.end[last]
    ]
    spans = [span for span in spans if span.score > -np.inf]
    spans.sort(key=lambda span: (-span.score, span.first, span.last - span.first))
    kept: list[TokenSpan] = []
    for span in spans:
        if all(span.last < other.first or other.last < span.first for other in kept):
            kept.append(span)
    return kept[:n]


def everywhere(tokens: int, max_tokens: int) -> AllowedSpans:
    return AllowedSpans(np.ones(tokens, dtype=np.bool_), np.ones(tokens, dtype=np.bool_), max_tokens)


def logits(*values: float) -> Logits:
    return np.array(values, dtype=np.float32)


@given(problems(), st.integers(0, 5))
def test_best_spans_are_those_of_a_double_loop(problem: tuple[Logits, Logits, AllowedSpans], n: int) -> None:
    assert best_spans(*problem, n=n) == by_double_loop(*problem, n)


@given(problems(), st.integers(1, 5))
def test_best_spans_have_finite_scores_that_fall(problem: tuple[Logits, Logits, AllowedSpans], n: int) -> None:
    scores = [span.score for span in best_spans(*problem, n=n)]
    assert np.isfinite(scores).all()
    assert scores == sorted(scores, reverse=True)


@given(problems())
def test_best_spans_never_overlap(problem: tuple[Logits, Logits, AllowedSpans]) -> None:
    spans = sorted(best_spans(*problem, n=20), key=lambda span: span.first)
    assert all(span.first <= span.last for span in spans)
    assert all(one.last < other.first for one, other in pairwise(spans))


def test_best_spans_leaves_its_logits_as_they_were() -> None:
    start, end = logits(1, 2, 3), logits(3, 2, 1)
    best_spans(start, end, everywhere(3, 3), n=3)
    assert (start.tolist(), end.tolist()) == ([1, 2, 3], [3, 2, 1])


def test_best_spans_decodes_start_and_end_together() -> None:
    # each for itself, the best start is token 3 and the best end token 0: the wrong way round
    start, end = logits(4, 0, 1, 9), logits(9, 0, 5, 0)
    assert best_spans(start, end, everywhere(4, 4), n=1) == [TokenSpan(0, 0, 13.0)]
    assert best_spans(start, end, AllowedSpans(np.arange(4) >= 2, np.arange(4) >= 2, 4), n=1) == [TokenSpan(3, 3, 9.0)]


def test_best_spans_of_equal_score_are_the_earlier_then_the_shorter() -> None:
    assert best_spans(logits(0, 0, 0), logits(0, 0, 0), everywhere(3, 3), n=5) == [
        TokenSpan(0, 0, 0.0),
        TokenSpan(1, 1, 0.0),
        TokenSpan(2, 2, 0.0),
    ]
    assert best_spans(logits(-1, 5, -1, -1), logits(-1, -1, 2, 2), everywhere(4, 4), n=1) == [TokenSpan(1, 2, 7.0)]


@pytest.mark.parametrize(
    ("max_tokens", "span"),
    [
        (1, TokenSpan(0, 0, 5.0)),
        (3, TokenSpan(0, 0, 5.0)),
        (4, TokenSpan(0, 3, 10.0)),
        (100, TokenSpan(0, 3, 10.0)),
    ],
)
def test_best_spans_are_no_longer_than_allowed(max_tokens: int, span: TokenSpan) -> None:
    assert best_spans(logits(5, 0, 0, 0), logits(0, 0, 0, 5), everywhere(4, max_tokens), n=1) == [span]


@pytest.mark.parametrize(
    "allowed",
    [
        AllowedSpans(np.zeros(3, dtype=np.bool_), np.ones(3, dtype=np.bool_), 3),
        AllowedSpans(np.ones(3, dtype=np.bool_), np.zeros(3, dtype=np.bool_), 3),
        AllowedSpans(np.array([False, False, True]), np.array([True, True, False]), 3),
        AllowedSpans(np.array([True, False, False]), np.array([False, False, True]), 2),
    ],
    ids=["no start", "no end", "each end before its start", "too far apart"],
)
def test_best_spans_without_an_allowed_one_is_nothing(allowed: AllowedSpans) -> None:
    assert best_spans(logits(1, 2, 3), logits(1, 2, 3), allowed, n=3) == []
