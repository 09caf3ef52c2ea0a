"""Glyphs of a page to words, by where they stand, not by when they were drawn; what turned glyphs say stays apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple
from unicodedata import bidirectional

SAME_ROW = 0.25
"""Baselines that are this close, in sizes of the smaller glyph, are one."""

WORD_GAP = 0.15
"""A gap that parts words, in sizes, where letters stand close."""

RUN_GAP = 1.5
"""A gap after which a row begins anew, in sizes: the letters of a headline stand wider than those of the text."""


class Glyph(NamedTuple):
    """One or more characters drawn as one: edges, baseline downwards from the top, and size, in points."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Word:
    """Glyphs without a gap. Edges, baseline (downwards from the page's top) and size are in points."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False

    @property
    def top(self) -> float:
        """Where its tall letters end, about."""
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Where its letters below the baseline end, about."""
        return self.base + 0.25 * self.size


def words_of(glyphs: Sequence[Glyph]) -> list[Word]:
    """Return the words of upright glyphs, row by row from the top, each row from the left."""
    return [word for row in _rows(glyphs) for run in _runs(row) for word in _split(run)]


def _rows(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield glyphs that share a baseline, from the left, each once: what is printed twice for boldness is one."""
    ordered = sorted(glyphs, key=lambda glyph: (glyph.base, glyph.left))
    row: list[Glyph] = []
    for glyph in ordered:
        if row and glyph.base - row[-1].base > SAME_ROW * min(glyph.size, row[-1].size):
            yield _without_doubles(row)
            row = []
        row.append(glyph)
    if row:
        yield _without_doubles(row)


def _without_doubles(row: list[Glyph]) -> list[Glyph]:
    row.sort(key=lambda glyph: glyph.left)
    kept: list[Glyph] = []
    for glyph in row:
        if not kept or glyph.left - kept[-1].left > 0.2 * glyph.size or not _is_double(glyph, kept[-3:]):
            kept.append(glyph)
    return kept


def _is_double(glyph: Glyph, before: Sequence[Glyph]) -> bool:
    """Return whether the same letter was drawn at the same place before."""
    near = (other for other in before if abs(other.left - glyph.left) < 0.2 * glyph.size)
    return any(other.text == glyph.text and glyph.text != " " for other in near)


def _runs(row: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield the parts of a row that are of one size and stand close enough to be one text."""
    run: list[Glyph] = []
    for glyph in row:
        if run:
            last, size = run[-1], max(run[-1].size, glyph.size)
            if glyph.left - last.right > RUN_GAP * size or not 0.8 < glyph.size / last.size < 1.25:
                yield run
                run = []
        run.append(glyph)
    if run:
        yield run


def _split(run: Sequence[Glyph]) -> Iterator[Word]:
    """Yield the words of a run: parted by blanks, and by gaps that are wide beside those between its letters."""
    letters = [glyph for glyph in run if glyph.text.strip()]
    if not letters:
        return
    blanks = [glyph for glyph in run if not glyph.text.strip()]
    gaps = [max(0.0, right.left - left.right) for left, right in pairwise(letters)]
    size = letters[0].size
    usual = _usual_gap(letters)
    widest = max(WORD_GAP * size, usual + max(0.2 * size, 0.6 * usual)) if usual > 0.08 * size else WORD_GAP * size
    word = [letters[0]]
    for gap, glyph in zip(gaps, letters[1:], strict=True):
        if gap > widest or (usual <= 0.08 * size and _has_blank(blanks, word[-1], glyph)):
            yield _word(word)
            word = []
        word.append(glyph)
    yield _word(word)


def _usual_gap(letters: Sequence[Glyph]) -> float:
    """Return the white that stands between most letters, in points: the dots that lead to a page's number are none."""
    gaps = [
        max(0.0, right.left - left.right)
        for left, right in pairwise(letters)
        if left.text[-1].isalnum() and right.text[0].isalnum()
    ]
    return median(gaps) if len(gaps) > 3 else 0.0


def _has_blank(blanks: Sequence[Glyph], before: Glyph, after: Glyph) -> bool:
    """Return whether a blank was drawn between two glyphs."""
    middle = (before.right + after.left) / 2
    return any(blank.left - 0.05 * blank.size <= middle <= blank.right + 0.05 * blank.size for blank in blanks)


def _word(glyphs: Sequence[Glyph]) -> Word:
    texts = [glyph.text for glyph in glyphs]
    return Word(
        "".join(reversed(texts) if is_leftwards(texts) else texts),
        glyphs[0].left,
        glyphs[-1].right,
        glyphs[0].base,
        max(glyph.size for glyph in glyphs),
        sum(glyph.bold for glyph in glyphs) * 2 > len(glyphs),
    )


def is_leftwards(texts: Sequence[str]) -> bool:
    """Return whether most letters are of a script that runs from right to left."""
    ways = [bidirectional(text[0]) for text in texts if text]
    return sum(way in ("R", "AL") for way in ways) > sum(way == "L" for way in ways)
