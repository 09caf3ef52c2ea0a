"""Rows of a region to bands: runs of rows with the same white between their columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from embeddings.files.pdf.glyphs import Word
from embeddings.files.pdf.rows import ENDS, Row, rows_of, usual_size

WHITE = ((1, 3.0), (2, 2.0), (3, 1.3), (5, 0.9), (8, 0.7), (10**9, 0.5))
"""Up to how many rows beside each other, and how wide the white between columns then is at least, in sizes: the more
rows have it, the less it can be chance."""

_MARK = re.compile(r"[•‣▪■●○◦·–—*-]|\(?\d{1,3}(?:\.\d{1,3})*[.)]?|\(?[a-zA-Z][.)]")
"""What an item of a list begins with."""

Place = Sequence[float]
"""Left, top, right and bottom, in points."""

Span = tuple[float, float]
"""Left and right, in points."""


@dataclass(frozen=True, slots=True)
class Band:
    """Rows below each other, and the words of their columns, from the left; without columns they are one text."""

    rows: list[Row]
    columns: list[list[Word]]


def bands_of(rows: Sequence[Row], rules: Sequence[Place]) -> list[Band]:
    """Return rows as bands, from the top: each as long as the white between its columns goes through."""
    bands: list[Band] = []
    alone: list[Row] = []
    start = 0
    while start < len(rows):
        end, gutters = _longest(rows, start, rules)
        while gutters and alone and end - start > 1 and _goes_on(alone[-1], rows[start], rows[start + 1], gutters):
            alone.append(rows[start])  # the last line of the text above the columns
            start += 1
        columns = _columns(rows[start:end], gutters)
        if len(columns) > 1:
            if alone:
                bands.append(Band(alone, []))
                alone = []
            bands.append(Band(list(rows[start:end]), columns))
            start = end
        else:
            if alone and _is_ruled(alone[-1], rows[start], rows, rules):
                bands.append(Band(alone, []))
                alone = []
            alone.append(rows[start])
            start += 1
    if alone:
        bands.append(Band(alone, []))
    return bands


def _goes_on(above: Row, row: Row, below: Row, gutters: Sequence[Span]) -> bool:
    """Return whether a row that is in one column only belongs to the text above: it is nearer, or set like that."""
    one_sided = row.right <= gutters[0][0] or row.left >= gutters[-1][1]
    alike = 0.92 < row.size / above.size < 1.08 and row.bold == above.bold
    unlike_below = not 0.92 < row.size / below.size < 1.08 or row.bold != below.bold
    nearer = (row.base - above.base) * 1.2 < below.base - row.base
    return one_sided and alike and (nearer or (unlike_below and row.base - above.base < 1.6 * row.size))


def _longest(rows: Sequence[Row], start: int, rules: Sequence[Place]) -> tuple[int, list[Span]]:
    """Return where the longest band of columns ends that begins at a row, and the white between these columns."""
    found: tuple[int, list[Span]] = (start, [])
    taken: list[Span] = []
    size = usual_size([word for row in rows for word in row.words])
    for end in range(start, len(rows)):
        if end > start and _begins_anew(rows, start, end, rules, size):
            break
        taken = _merged([*taken, *((word.left, word.right) for word in rows[end].words)])
        whites = [(left[1], right[0]) for left, right in pairwise(taken)]
        if end > start and not any(white[1] - white[0] >= WHITE[-1][1] * size / 2 for white in whites):
            break
        gutters = [white for white in whites if _is_gutter(white, rows[start : end + 1], rules, size)]
        if gutters:
            found = (end + 1, gutters)
    return found


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Return spans that overlap as one, from the left."""
    merged: list[Span] = []
    for left, right in sorted(spans):
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _is_gutter(white: Span, rows: Sequence[Row], rules: Sequence[Place], size: float) -> bool:
    """Return whether white that goes through rows parts columns: it is wide for so many rows, or a line is in it."""
    if any(_is_crossed(row, white) for row in rows):
        return False
    before = sum(row.left < white[0] for row in rows)
    after = sum(row.right > white[1] for row in rows)
    beside = min(before, after)
    least = next(width for most, width in WHITE if beside <= most)
    wide = (white[1] - white[0]) / size
    if wide >= least:
        return True
    top, bottom = rows[0].top, rows[-1].bottom
    lined = any(
        rule[2] - rule[0] < 3 and white[0] <= rule[0] and rule[2] <= white[1]
        and min(rule[3], bottom) - max(rule[1], top) > 0.6 * (bottom - top)
        for rule in rules
    )  # fmt: skip
    return lined and wide >= 0.3


def _is_crossed(row: Row, white: Span) -> bool:
    """Return whether white is no more than what stands between two words of a row: those of a headline are large."""
    before = [word for word in row.words if word.right <= white[0] + 0.01]
    after = [word for word in row.words if word.left >= white[1] - 0.01]
    if not before or not after:
        return False
    return after[0].left - before[-1].right < 0.45 * max(before[-1].size, after[0].size)


def _begins_anew(rows: Sequence[Row], start: int, at: int, rules: Sequence[Place], size: float) -> bool:
    """Return whether something else begins at a row, below all columns: a line is drawn there, or a headline stands."""
    above = rows[start:at]
    bottom = max(row.bottom for row in above)
    if _is_ruled(rows[at - 1], rows[at], rows, rules):
        return True
    row = rows[at]
    first = row.words[0]
    headline = first.size >= 1.2 * size and row.left <= min(each.left for each in rows) + 2 * size
    return headline and row.top - bottom >= 0.6 * size and any(len(list(_parts(each))) > 1 for each in above)


def _parts(row: Row) -> Iterator[float]:
    """Yield 0, and each white of a row that is wide enough to part columns."""
    yield 0.0
    yield from (gap for gap in row.gaps() if gap > 0.9 * row.size)


def _is_ruled(above: Row, below: Row, rows: Sequence[Row], rules: Sequence[Place]) -> bool:
    """Return whether a line is drawn between two rows, across all of the region's width."""
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    return any(
        rule[3] - rule[1] < 3 and above.base <= rule[1] + 1 and rule[3] <= below.base
        and min(right, rule[2]) - max(left, rule[0]) > 0.85 * (right - left)
        for rule in rules
    )  # fmt: skip


def _columns(rows: Sequence[Row], gutters: Sequence[Span]) -> list[list[Word]]:
    """Return the words of each column; the marks of a list are no column of their own."""
    columns: list[list[Word]] = [[] for _ in range(len(gutters) + 1)]
    for row in rows:
        for word in row.words:
            columns[sum(word.left >= gutter[1] - 0.01 for gutter in gutters)].append(word)
    for index in range(len(columns) - 2, -1, -1):
        if all(_MARK.fullmatch(word.text) for word in columns[index]):
            columns[index] += columns.pop(index + 1)
    return columns


def doubts_of(bands: Sequence[Band], rules: Sequence[Place]) -> list[bool]:
    """Return for each band whether columns begin, end or change at it in the midst of a text."""
    doubts = [False] * len(bands)
    for index, (above, below) in enumerate(pairwise(bands)):
        if not above.columns and not below.columns:
            continue
        last, first = above.rows[-1], below.rows[0]
        alike = 0.92 < first.size / last.size < 1.08 and first.bold == last.bold
        close = first.top - max(row.bottom for row in above.rows) < 0.8 * last.size
        much = min(len(above.rows), len(below.rows)) > 1
        ruled = _is_ruled(last, first, [*above.rows, *below.rows], rules)
        if alike and close and much and not ruled and not _ends_and_begins(above, below):
            doubts[index] = doubts[index + 1] = True
    return doubts


def _ends_and_begins(above: Band, below: Band) -> bool:
    """Return whether what is read last in one band ends like a sentence, and what is read first in the next begins one.

    Then the text itself speaks for reading one after the other.
    """
    last = rows_of(above.columns[-1])[-1] if above.columns else above.rows[-1]
    first = rows_of(below.columns[0])[0] if below.columns else below.rows[0]
    return ENDS.search(last.text) is not None and not first.text.lstrip("\"'“‘«(")[:1].islower()
