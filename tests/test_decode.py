"""Span decoding against a double loop over every start and end."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.decode import (
    ALTERNATIVES,
    LEAST_GAIN,
    LEAST_LENGTH,
    TEMPERATURE,
    AllowedSpans,
    Logits,
    TokenSpan,
    best_spans,
    lengthened,
)

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


def clause(*ends: float) -> tuple[Logits, Logits]:
    """Return logits of 30 tokens: a start at the first one, an end at the second, and ends from the 21st token on."""
    start, end = np.full(30, -50, dtype=np.float32), np.full(30, -50, dtype=np.float32)
    start[0], end[1] = 5.0, 4.5
    end[20 : 20 + len(ends)] = ends
    return start, end


SHORT_ONE = TokenSpan(0, 1, 9.5)


def test_a_span_whose_longer_ends_are_likely_together_is_lengthened_to_their_middle() -> None:
    # at temperature 1.5 each of the five long ones has 0.72 of the short one's weight, so 0.78 together; the short one
    # expects 0.22 + 0.78 · 4/25 = 0.35, the middle one 0.22 · 4/25 + 0.78 · 0.97 = 0.79
    assert lengthened(*clause(4.0, 4.0, 4.0, 4.0, 4.0), everywhere(30, 60), SHORT_ONE) == TokenSpan(0, 22, 9.5)


def test_a_span_with_one_less_likely_longer_end_stays() -> None:
    assert lengthened(*clause(1.0), everywhere(30, 60), SHORT_ONE) == SHORT_ONE


def test_a_span_is_not_lengthened_beyond_what_is_allowed() -> None:
    found = lengthened(*clause(4.0, 4.0, 4.0, 4.0, 4.0), everywhere(30, 21), SHORT_ONE)
    assert found == SHORT_ONE  # one end is left, and it gains too little: 0.42 + 0.58 · 4/23 against 0.52


def by_expected_f1(start: Logits, end: Logits, allowed: AllowedSpans, given_one: TokenSpan) -> TokenSpan:
    """Return the lengthened span by looking at every pair of spans."""
    spans = [
        (first, last, float(start[first]) + float(end[last]))
        for first in range(len(start))
        for last in range(first, min(len(end), first + allowed.max_tokens))
        if allowed.start[first] and allowed.end[last]
    ]
    spans = sorted(spans, key=lambda span: (-span[2], span[0], span[1]))[:ALTERNATIVES]
    weights = [math.exp((score - spans[0][2]) / TEMPERATURE) for *_, score in spans]

    def expected(span: tuple[int, int]) -> float:
        def f1(other: tuple[int, int]) -> float:
            both = max(0, min(span[1], other[1]) - max(span[0], other[0]) + 1)
            return 2 * both / (span[1] - span[0] + other[1] - other[0] + 2)

        return sum(weight * f1((first, last)) for weight, (first, last, _) in zip(weights, spans, strict=True))

    mine = (given_one.first, given_one.last)
    best = max(
        ((first, last) for first, last, _ in spans if first <= mine[0] and last >= mine[1]), key=expected, default=mine
    )
    enough = (expected(best) - expected(mine)) / sum(weights) >= LEAST_GAIN and best[1] - best[0] >= LEAST_LENGTH
    return TokenSpan(*best, given_one.score) if enough else given_one


def test_lengthened_spans_are_those_of_the_double_loop() -> None:
    random = np.random.default_rng(0)
    changed = 0
    for _ in range(60):
        start, end = (random.normal(0, 1.5, 40).astype(np.float32) for _ in range(2))
        allowed = AllowedSpans(random.random(40) < 0.5, random.random(40) < 0.5, 35)
        (span,) = best_spans(start, end, replace(allowed, max_tokens=10), n=1)
        found = lengthened(start, end, allowed, span)
        assert found == by_expected_f1(start, end, allowed, span)
        changed += found != span
    assert changed >= 5
