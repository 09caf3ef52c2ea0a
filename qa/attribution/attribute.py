"""Whose words a span of an article is: of all that is said around it, what holds most of it."""

from collections.abc import Sequence
from dataclasses import replace

from embeddings.types import Span
from qa.attribution.around import said_around
from qa.attribution.pronouns import named
from qa.types import Answer, Attribution, SpeechKind

LEAST = 0.05
"""The least part of a span, in [0, 1], that is to be somebody's words; of a stance the double."""


def attribution_of(span: Span) -> Attribution | None:
    """Return whose words the span is, as its article attributes them; None where the outlet speaks itself.

    A pronoun stays the speaker; whom it stands for is inferred where that is all but sure. Of several who say it, as in
    "Ross said the mayor hopes so", it is the one whose words hold most of the span, the first of equal ones.
    """
    text = span.article.text
    said = said_around(text, span.start, span.end)
    best = max(
        said,
        key=lambda said: round(said.covers(span.start, span.end), 3),
        default=None,
    )
    if best is None or best.covers(span.start, span.end) < LEAST:
        return None
    kind = SpeechKind.DIRECT if best.direct else SpeechKind.REPORTED
    name = named(text, best.speaker, said)
    inferred = None if name is None else Span(span.article, *name)
    return Attribution(Span(span.article, *best.speaker), Span(span.article, *best.cue), kind, inferred)


def attributed(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Return the answers, each with whose words it is."""
    return tuple(replace(answer, attribution=attribution_of(answer)) for answer in answers)
