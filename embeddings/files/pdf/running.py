"""What repeats at the edges of pages, heads and page numbers, told from the text."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from embeddings.files.pdf.engine import RawPage
from embeddings.files.pdf.glyphs import Word
from embeddings.files.pdf.rows import Row, rows_of, usual_size

EDGE = 0.15
"""The part of a page's height, at its top and at its bottom, in which heads stand."""

ROWS = 3
"""Rows at each edge that are looked at."""

APART = 1.5
"""How far apart baselines are where something else begins, in sizes of the text."""

LARGEST = 1.3
"""The size of a head at most, in sizes of the text; what is larger is a headline."""

ACROSS = 3.0
"""The size of words that are set across pages at least, in sizes of the text."""

NEAR = 4.0
"""Points that a head may stand higher or lower on another page."""

PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|s\.|pagina|página|стр\.?) ?)?\d{1,4}(?: ?(?:/|of|von|de|из) ?\d{1,4})?\W*|[ivxlc]{1,7}",
    re.IGNORECASE,
)
"""A row that only says which page it is."""

_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_WORD = re.compile(r"[^\W_]+|#")


@dataclass(frozen=True, slots=True)
class _Edge:
    """A part of a row at the edge of a page: its words with "#" for each number, and its baseline."""

    text: str
    base: float

    @classmethod
    def of(cls, words: Sequence[Word]) -> "_Edge":
        text = " ".join(word.text for word in words)
        return cls(_NUMBER.sub("#", text.casefold()), words[0].base)

    @property
    def words(self) -> set[str]:
        return set(_WORD.findall(self.text))


class Heads:
    """The heads and feet of pages: first all pages are noted, then they can be told."""

    def __init__(self) -> None:
        self._pages = 0
        self._places: defaultdict[tuple[str, bool], list[tuple[int, float]]] = defaultdict(list)
        self._words: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._outermost = Counter[str]()
        self._large = Counter[tuple[str, int]]()
        self._turned = Counter[str]()

    def note(self, page: RawPage) -> None:
        """Note what stands at the edges of a page."""
        self._pages += 1
        rows = _edge_rows(page)
        self._outermost.update({_Edge.of(row.words).text for row in (*rows[:1], *rows[-1:])})
        for row in rows:
            words = _Edge.of(row.words).words
            for near in {round(row.base / NEAR) + step for step in (-1, 0, 1)}:
                self._words[near].update(words)
            for part in _parts(row):
                edge = _Edge.of(part)
                self._places[edge.text, row.base > page.height / 2].append((self._pages, edge.base))
        self._large.update({_place(word) for word in _large_words(page)})
        self._turned.update({_NUMBER.sub("#", line.casefold()) for line in page.turned})

    def turned_text(self, page: RawPage) -> list[str]:
        """Return what runs another way on a page, and does not repeat on others."""
        return [line for line in page.turned if self._turned[_NUMBER.sub("#", line.casefold())] < 2]

    def text(self, page: RawPage) -> list[Word]:
        """Return the words of a page without its heads and its number."""
        heads = {id(word) for word in self._heads(page)}
        heads |= {id(word) for word in _large_words(page) if self._large[_place(word)] > 1}
        return [word for word in page.words if id(word) not in heads]

    def _heads(self, page: RawPage) -> Iterator[Word]:
        rows = _edge_rows(page)
        for row in rows:
            outermost = row in (rows[0], rows[-1])
            if (outermost and self._is_first_or_last(row)) or (_is_at_edge(row, page) and self._is_alike(row)):
                yield from row.words
            elif _is_at_edge(row, page):
                for part in _parts(row):
                    lone = outermost and PAGE_NUMBER.fullmatch(" ".join(word.text for word in part))
                    if lone or self._repeats(_Edge.of(part), row.base > page.height / 2):
                        yield from part

    def _repeats(self, edge: _Edge, below: bool) -> bool:
        """Return whether the same words stand at the same height of another page."""
        return len({page for page, base in self._places[edge.text, below] if abs(base - edge.base) <= NEAR}) > 1

    def _is_first_or_last(self, row: Row) -> bool:
        """Return whether the same words come first or last on half of the pages, wherever these begin and end."""
        text = _Edge.of(row.words).text
        return self._outermost[text] >= max(2, 0.5 * self._pages) and sum(map(str.isalpha, text)) > 2

    def _is_alike(self, row: Row) -> bool:
        """Return whether most of a row's words stand at the same height of many pages: a head with a changing part."""
        words = _Edge.of(row.words).words
        counts = self._words[round(row.base / NEAR)]
        often = max(2, 0.4 * self._pages)
        return len(words) > 1 and sum(counts[word] >= often for word in words) >= 0.6 * len(words)


def _large_words(page: RawPage) -> list[Word]:
    """Return the words that are set across the text, as "SAMPLE" is, if they run as the text does."""
    body = usual_size(page.words)
    middle = (EDGE * page.height, (1 - EDGE) * page.height)
    return [word for word in page.words if word.size >= ACROSS * body and middle[0] < word.base < middle[1]]


def _place(word: Word) -> tuple[str, int]:
    return word.text, round(word.base / NEAR)


def _edge_rows(page: RawPage) -> list[Row]:
    """Return the first and last rows of a page that stand apart from its text, by white or by their size, from the top.

    Text that only happens to be the same on two pages is not among them, nor is what is as large as a headline.
    """
    rows, body = rows_of(page.words), usual_size(page.words)
    half = sum(len(row.text) for row in rows) / 2
    found = {row for inwards in (rows, rows[::-1]) for row in _apart(inwards, body, half)}
    return sorted((row for row in found if row.size <= LARGEST * body), key=lambda row: row.base)


def _apart(rows: Sequence[Row], body: float, most: float) -> Sequence[Row]:
    """Return the first rows, if they stand apart from those behind, by wide white or another size.

    They have less than `most` letters together: what is most of a page is its text.
    """
    for count in range(min(ROWS, len(rows) - 1), 0, -1):
        here, behind = rows[count - 1], rows[count]
        apart = abs(behind.base - here.base) > APART * body or not 0.92 < here.size / behind.size < 1.08
        if apart and sum(len(row.text) for row in rows[:count]) < most:
            return rows[:count]
    return []


def _is_at_edge(row: Row, page: RawPage) -> bool:
    return row.base < EDGE * page.height or row.base > (1 - EDGE) * page.height


def _parts(row: Row) -> Iterator[list[Word]]:
    """Yield the words of a row, parted where wide white is between them."""
    part = [row.words[0]]
    for word, gap in zip(row.words[1:], row.gaps(), strict=True):
        if gap > 2 * row.size:
            yield part
            part = []
        part.append(word)
    yield part
