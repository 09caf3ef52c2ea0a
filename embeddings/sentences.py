"""Text to sentences, as character ranges."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from embeddings.folding import fold, line_ends_within_words, visible_length
from embeddings.types import Offsets

WRAPPED_LINE = range(50, 101)
"""A line of this many characters that ends without a blank line after it was broken for width, not for sense."""

_SHORTENED = "approx|bldg|bros|comp|dept|dist|excl|figs|govt|incl|intl|misc|prof|resp|univ|vols"
_WORD_STOP = re.compile(rf"(?<![.\w])(?!(?:{_SHORTENED})\.)[a-z]{{4,}}\.[\"”’)]*\s+(?=[\"“‘(]?[A-Z][a-z])")


def sentences(text: str) -> Offsets:
    """Return the sentences of a text, trimmed, in order: int64, shape (sentences, 2). No letter or digit is left out.

    A sentence never crosses a blank line, nor the end of a line that is too short or too long to have been wrapped,
    unless a word goes on behind it.
    """
    ranges = [found for start, end in _blocks(text) for found in _split(text, start, end)]
    return np.array(ranges, dtype=np.int64).reshape(-1, 2)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of the sentence that holds [start, end), or of the run of sentences if it crosses their ends."""
    touched = [
        (first, last)
        for block_start, block_end in _blocks(text)
        if block_start < end and start < block_end
        for first, last in _split(text, block_start, block_end)
        if first < end and start < last
    ]
    if not touched:
        return start, end
    return min(start, touched[0][0]), max(end, touched[-1][1])


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges that sentences may not cross."""
    block_start = position = 0
    within_words = line_ends_within_words(text)
    for line in text.splitlines(keepends=True):
        position += len(line)
        if visible_length(line.rstrip()) not in WRAPPED_LINE and position not in within_words:
            yield block_start, position
            block_start = position
    if block_start < position:
        yield block_start, position


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the trimmed sentences of text[start:end], filling what the splitter leaves out between them."""
    block = text[start:end]
    if not block.strip():
        return
    folded = fold(block)
    ends = _ends(folded.text)
    bounds = [0, *(folded.place(last, last + 1)[0] for last in ends if last < len(folded.text)), len(block)]
    for first, last in pairwise(bounds):
        words = re.search(r"\S(?:.*\S)?", block[first:last], re.DOTALL)
        if words:
            yield start + first + words.start(), start + first + words.end()


def _ends(block: str) -> list[int]:
    """Return where sentences end: where the splitter says, and behind words that it takes for abbreviations.

    Its model, of legal texts, knows "Wall.", "Hall." and "Will." as names of reporters: "the harbour wall. Seven men".
    """
    import nupunkt

    found = {last for _, last in nupunkt.sent_spans(block)}
    return sorted(found | {stop.end() for stop in _WORD_STOP.finditer(block)})
