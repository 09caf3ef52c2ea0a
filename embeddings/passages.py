"""An article to its passages: windows of whole sentences that overlap by one."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embeddings.dates import in_words
from embeddings.sentences import sentences
from embeddings.types import Article, Offsets, Passage

WINDOW = 120
"""The most word pieces in a passage."""

CHARACTERS_PER_PIECE = 10
"""A window also ends after this many characters a word piece: text that is no language has few, endless word pieces."""

SPLITTING = "120 word pieces, 1 sentence overlap, v1"
"""What an archive remembers of how its articles were split; a change of it splits every article anew."""


def split(article: Article, tokens: Offsets) -> list[Passage]:
    """Return the passages of an article, in order. Every character but white space is in at least one.

    `tokens` are the character ranges of the article's word pieces, as Encoder.token_offsets gives them. A sentence
    longer than a window is cut between words into pieces of half a window, so that each piece still has a neighbour.
    """
    units = list(_units(article.text, tokens))
    passages = []
    first = 0
    while first < len(units):
        size = units[first].size
        last = first
        while last + 1 < len(units) and size + units[last + 1].size <= WINDOW:
            last += 1
            size += units[last].size
        passages.append(Passage(article, units[first].start, units[last].end))
        first = _next_first(units, first, last)
    return passages


def heading(article: Article) -> str:
    """Return what goes along with each passage to the encoder and the keyword index: title, outlet and date."""
    return " · ".join(part for part in (article.title, article.outlet, in_words(article.published)) if part)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What windows are made of: a sentence, or a piece of a long one. `size` in word pieces."""

    start: int
    end: int
    size: int


def _next_first(units: list[_Unit], first: int, last: int) -> int:
    """Return where the next window starts: at the last unit of this one if that leaves room for a new one."""
    overlaps = last > first and last + 1 < len(units) and units[last].size + units[last + 1].size <= WINDOW
    return last if overlaps else last + 1


def _units(text: str, tokens: Offsets) -> Iterator[_Unit]:
    starts = tokens[:, 0]
    for start, end in sentences(text).tolist():
        if _size(starts, start, end) <= WINDOW:
            yield _Unit(start, end, _size(starts, start, end))
            continue
        position = start
        while position < end:
            cut = _cut(text, starts, position, end)
            yield _Unit(position, cut, _size(starts, position, cut))
            position = end - len(text[cut:end].lstrip())


def _size(starts: np.ndarray[tuple[int], np.dtype[np.int64]], start: int, end: int) -> int:
    """Return how many word pieces [start, end) holds, or what its characters count for if that is more."""
    pieces = int(np.searchsorted(starts, end) - np.searchsorted(starts, start))
    return max(pieces, (end - start) // CHARACTERS_PER_PIECE)


def _cut(text: str, starts: np.ndarray[tuple[int], np.dtype[np.int64]], start: int, end: int) -> int:
    """Return where a piece of half a window that starts here ends: after a word if it can, never within a character."""
    half = WINDOW // 2
    later = int(np.searchsorted(starts, start)) + half
    cut = min(end, start + half * CHARACTERS_PER_PIECE, int(starts[later]) if later < len(starts) else end)
    if cut == end:
        return end
    space = max(text.rfind(" ", start + 1, cut + 1), text.rfind("\n", start + 1, cut + 1))
    if space > start:
        return start + len(text[start:space].rstrip())
    while start + 1 < cut and unicodedata.combining(text[cut]):
        cut -= 1
    return max(cut, start + 1)
