"""An article to its passages: windows of whole sentences that overlap by one."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embeddings.dates import in_words
from embeddings.sentences import sentences
from embeddings.types import Article, Offsets, Passage

CHARACTERS_PER_PIECE = 10
"""A window also ends after this many characters a word piece: text that is no language has few, endless word pieces."""

VERSION = "v2"
"""A change of how articles are split that `Splitting` does not say gets another one."""


@dataclass(frozen=True, slots=True)
class Splitting:
    """How articles become passages. An archive remembers it as text; another one needs every article split again.

    `window`: the most word pieces in a passage, from 2. `overlap`: how many sentences two neighbours share, where they
    fit. `heading`: whether title, outlet and date go to the encoder along with each passage. The defaults were chosen
    by `pressmark evaluate ablations`: see docs/evaluation.md.
    """

    window: int = 120
    overlap: int = 1
    heading: bool = True

    def __post_init__(self) -> None:
        if self.window < 2 or self.overlap < 0:
            raise ValueError(f"{self}: expected windows of 2 word pieces or more, and an overlap of 0 or more")

    def __str__(self) -> str:
        heading = "" if self.heading else ", no heading"
        return f"{self.window} word pieces, {self.overlap} sentence overlap{heading}, {VERSION}"

    def to_encode(self, passage: Passage) -> str:
        """Return what the encoder is given of a passage."""
        return f"{heading(passage.article)}\n{passage.text}" if self.heading else passage.text


SPLITTING = Splitting()
"""How articles are split unless something else is asked for."""


def split(article: Article, tokens: Offsets, splitting: Splitting = SPLITTING) -> list[Passage]:
    """Return the passages of an article, in order. Every character but white space is in at least one.

    `tokens` are the character ranges of the article's word pieces, as Encoder.token_offsets gives them. A sentence
    longer than a window is cut between words into pieces of half a window, so that each piece still has a neighbour.
    """
    window = splitting.window
    parts = list(_parts(article.text, tokens, window))
    passages = []
    first = 0
    while first < len(parts):
        size = parts[first].size
        last = first
        while last + 1 < len(parts) and size + parts[last + 1].size <= window:
            last += 1
            size += parts[last].size
        passages.append(Passage(article, parts[first].start, parts[last].end))
        first = _next_first(parts, first, last, splitting)
    return passages


def heading(article: Article) -> str:
    """Return what goes along with each passage to the encoder and the keyword index: title, outlet and date."""
    return " · ".join(part for part in (article.title, article.outlet, in_words(article.published)) if part)


@dataclass(frozen=True, slots=True)
class _Part:
    """What windows are made of: a sentence, or a piece of a long one. `size` in word pieces."""

    start: int
    end: int
    size: int


def _next_first(parts: list[_Part], first: int, last: int, splitting: Splitting) -> int:
    """Return where the next window starts: before this one's end, but leaving room for a new part."""
    following = last + 1
    if following == len(parts):
        return following
    size = parts[following].size
    while following > max(first + 1, last + 1 - splitting.overlap) and size + parts[following - 1].size <= (
        splitting.window
    ):
        following -= 1
        size += parts[following].size
    return following


def _parts(text: str, tokens: Offsets, window: int) -> Iterator[_Part]:
    starts = tokens[:, 0]
    for start, end in sentences(text).tolist():
        if _size(starts, start, end) <= window:
            yield _Part(start, end, _size(starts, start, end))
            continue
        position = start
        while position < end:
            cut = _cut(text, starts, (position, end), window // 2)
            yield _Part(position, cut, _size(starts, position, cut))
            position = end - len(text[cut:end].lstrip())


def _size(starts: np.ndarray[tuple[int], np.dtype[np.int64]], start: int, end: int) -> int:
    """Return how many word pieces [start, end) holds, or what its characters count for if that is more."""
    pieces = int(np.searchsorted(starts, end) - np.searchsorted(starts, start))
    return max(pieces, (end - start) // CHARACTERS_PER_PIECE)


def _cut(text: str, starts: np.ndarray[tuple[int], np.dtype[np.int64]], rest: tuple[int, int], half: int) -> int:
    """Return where the piece of half a window ends that the rest of a sentence starts with: after a word if it can,
    never within a character.
    """
    start, end = rest
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
