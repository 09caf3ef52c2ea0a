"""Text with marks in it, as pieces that a template can escape one by one; by offsets only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from embeddings.types import Article, Span

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_ENDS = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A run of text that is marked from end to end, or not at all."""

    text: str
    marked: bool


def pieces(span: Span, marks: Iterable[Span]) -> list[TextPiece]:
    """Cut a span's text into pieces, alternately marked and not, that join back to exactly that text.

    Marks may overlap, touch, and reach beyond the span. Marks in other articles do not count. No piece is empty.
    """
    bounds = sorted(
        (max(mark.start, span.start), min(mark.end, span.end)) for mark in marks if mark.article.id == span.article.id
    )
    cut: list[TextPiece] = []
    done = span.start
    for start, end in _merged(bounds):
        if done < start:
            cut.append(TextPiece(span.article.text[done:start], marked=False))
        cut.append(TextPiece(span.article.text[start:end], marked=True))
        done = end
    if done < span.end:
        cut.append(TextPiece(span.article.text[done : span.end], marked=False))
    return cut


def paragraphs(article: Article) -> list[Span]:
    """Return an article's paragraphs, in order; all that stands between and around them is white space.

    Blank lines part paragraphs. In a text without any, each line is one.
    """
    text = article.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    breaks = list(_BLANK_LINES.finditer(text, start, end)) or list(_LINE_ENDS.finditer(text, start, end))
    starts = [start, *(found.end() for found in breaks)]
    ends = [*(found.start() for found in breaks), end]
    return [Span(article, first, last) for first, last in zip(starts, ends, strict=True) if first < last]


def _merged(bounds: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ascending half-open ranges that overlap or touch, and drop empty ones."""
    merged: list[tuple[int, int]] = []
    for start, end in bounds:
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
