"""Text with marks in it, as pieces that a template can escape one by one; by offsets only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from embeddings.types import Article, Span

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
EXCERPT = 210
"""Characters of an excerpt, about three lines."""

BEFORE = 60
"""Characters of an excerpt that stand before the mark, if it does not begin with its span."""

_LINE_ENDS = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A run of text that is marked from end to end, or not at all; a chosen one is marked before all others."""

    text: str
    marked: bool
    chosen: bool = False


def pieces(span: Span, marks: Iterable[Span], chosen: Span | None = None) -> list[TextPiece]:
    """Cut a span's text into pieces, marked and not, that join back to exactly that text.

    Marks may overlap, touch, and reach beyond the span; where the chosen one lies, no other does. Marks in other
    articles do not count. No piece is empty, and neighbours differ.
    """
    first = [] if chosen is None else _merged([_within(span, chosen)])
    others = _merged(sorted(_within(span, mark) for mark in marks))
    for start, end in first:
        others = [
            part
            for before, behind in others
            for part in ((before, min(behind, start)), (max(before, end), behind))
            if part[0] < part[1]
        ]
    cut: list[TextPiece] = []
    done = span.start
    for start, end in sorted([*first, *others]):
        if done < start:
            cut.append(TextPiece(span.article.text[done:start], marked=False))
        cut.append(TextPiece(span.article.text[start:end], marked=True, chosen=(start, end) in first))
        done = end
    if done < span.end:
        cut.append(TextPiece(span.article.text[done : span.end], marked=False))
    return cut


def _within(span: Span, mark: Span) -> tuple[int, int]:
    """Return the part of a mark that lies in a span, an empty range if none does."""
    if mark.article.id != span.article.id:
        return span.start, span.start
    return max(mark.start, span.start), min(mark.end, span.end)


def excerpt(span: Span, mark: Span | None = None) -> Span:
    """Return at most EXCERPT characters of a span, whole words, from its start or from a little before a mark on."""
    text, start = span.article.text, span.start
    if mark and mark.end > span.start + EXCERPT:
        start = (
            max(text.rfind(" ", span.start, mark.start - BEFORE), text.rfind("\n", span.start, mark.start - BEFORE)) + 1
        )
        start = max(start, span.start)
    end = min(span.end, max(start + EXCERPT, mark.end if mark else 0))
    if end < span.end:
        cut = max(text.rfind(" ", start, end + 1), text.rfind("\n", start, end + 1))
        end = cut if cut > max(start, mark.end - 1 if mark else 0) else end
    return Span(span.article, start, end)


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
