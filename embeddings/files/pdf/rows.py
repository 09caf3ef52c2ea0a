"""Words that stand side by side, as rows; and the letters that belong to a word though they stand apart from it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from embeddings.files.pdf.glyphs import Word, is_leftwards

ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]⁰¹²³⁴⁵⁶⁷⁸⁹*†]*$")
"""How what is finished ends."""

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""What a small figure above the line becomes: "wall.¹" and "12 m²" are not "wall.1" and "12 m2"."""

_ROW = 0.35
"""Baselines that are this close, in sizes of the smaller word, are those of one row."""

_DROPPED = 1.8
"""How many times the size of the text a letter has that reaches down into the lines below its own."""


@dataclass(frozen=True, eq=False)
class Row:
    """Words with one baseline, from the left."""

    words: tuple[Word, ...]

    @cached_property
    def left(self) -> float:
        """Where the first word begins."""
        return self.words[0].left

    @cached_property
    def right(self) -> float:
        """Where the words end."""
        return max(word.right for word in self.words)

    @cached_property
    def base(self) -> float:
        """The baseline, downwards from the top of the page."""
        return self.words[0].base

    @cached_property
    def top(self) -> float:
        """The top of its tallest word."""
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        """The lower end of its words."""
        return max(word.bottom for word in self.words)

    @cached_property
    def size(self) -> float:
        """The size of most of its letters."""
        return usual_size(self.words)

    @cached_property
    def bold(self) -> bool:
        """Whether most of its letters are bold."""
        bold = sum(len(word.text) for word in self.words if word.bold)
        return bold * 2 > sum(len(word.text) for word in self.words)

    @cached_property
    def text(self) -> str:
        """The words with blanks between, in the order in which they are read."""
        texts = [word.text for word in self.words]
        return " ".join(reversed(texts) if is_leftwards("".join(texts)) else texts)

    def gaps(self) -> Iterator[float]:
        """Yield the white between neighbours, in points."""
        for one, other in pairwise(self.words):
            yield other.left - one.right


def rows_of(words: Iterable[Word]) -> list[Row]:
    """Return words as rows, from the top."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.base, word.left)):
        if rows and word.base - rows[-1][-1].base <= _ROW * min(word.size, rows[-1][-1].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [Row(tuple(sorted(row, key=lambda word: word.left))) for row in rows]


def usual_size(words: Sequence[Word]) -> float:
    """Return the size of most letters; 0 for no words."""
    letters = sorted((word.size, len(word.text)) for word in words)
    half, seen = sum(count for _, count in letters) / 2, 0
    for size, count in letters:
        seen += count
        if seen >= half:
            return size
    return 0.0


def usual_pitch(rows: Sequence[Row]) -> float:
    """Return the distance of most baselines; 0 for fewer than two rows."""
    distances = [below.base - above.base for above, below in pairwise(rows)]
    return median(distances) if distances else 0.0


def with_small_letters(words: Sequence[Word]) -> list[Word]:
    """Return words with the small figures and letters that stand above or below the line beside them."""
    body = usual_size(words)
    kept = dict(enumerate(words))
    marks = [index for index, word in kept.items() if word.size <= 0.75 * body and len(word.text) <= 3]
    for index in marks:
        mark = kept[index]
        owner = _beside(mark, kept, 1.3 * body)
        if owner is None:
            continue
        del kept[index]
        at, word = owner
        text = mark.text.translate(RAISED) if mark.base < word.base else mark.text
        if mark.left >= word.left:
            kept[at] = replace(word, text=word.text + text, right=max(word.right, mark.right))
        else:
            kept[at] = replace(word, text=text + word.text, left=mark.left)
    return list(kept.values())


def _beside(mark: Word, words: dict[int, Word], largest: float) -> tuple[int, Word] | None:
    """Return the larger word that a small one is written at, if it is raised or lowered there.

    What is larger than `largest` is a headline, or a capital that reaches down into the lines beside it.
    """
    for index, word in words.items():
        near = 0.3 * word.size
        touches = -near < mark.left - word.right < near or -near < word.left - mark.right < near
        shift = word.base - mark.base
        if (
            touches
            and word.size <= largest
            and mark.size <= 0.75 * word.size
            and 0.1 * word.size < abs(shift) < 0.7 * word.size
        ):
            return index, word
    return None


def with_dropped_capitals(words: Sequence[Word]) -> list[Word]:
    """Return words with each large first letter put before the rest of its word, at the first of the lines beside it.

    What stands beside the letter is moved to its edge, for it is no paragraph of its own.
    """
    body = usual_size(words)
    found = list(words)
    for capital in [word for word in words if word.size >= _DROPPED * body and _is_initial(word.text)]:
        beside = [word for word in found if _is_beside(word, capital, body)]
        if len({word.base for word in beside}) < 2:
            continue
        first = min(beside, key=lambda word: (word.base, word.left))
        moved = {word: replace(word, left=capital.left) for word in beside if word is not first}
        joined = _joined(capital.text, first, words)
        found = [moved.get(word, word) for word in found if word is not capital and word is not first]
        found += [replace(word, left=capital.left) for word in joined[:1]] + joined[1:]
    return found


def _is_beside(word: Word, capital: Word, body: float) -> bool:
    """Return whether a word stands in one of the lines that a large letter reaches down into, next to it or further."""
    below = capital.top - 0.3 * body < word.base <= capital.base + 0.3 * body
    return word.size < capital.size / 1.4 and below and -0.2 * body < word.left - capital.right < 1.5 * body


def _is_initial(text: str) -> bool:
    letters = text.strip("\"'“”„«»‘’")
    return len(letters) == 1 and letters.isupper()


def _joined(capital: str, first: Word, words: Sequence[Word]) -> list[Word]:
    """Return a word with its large letter; two words where it is one of its own: "A ferry", "I was"."""
    others = {word.text.strip(".,;:!?").lower() for word in words if word is not first}
    rest = first.text.strip(".,;:!?").lower()
    alone = capital[-1] in "AIO" and rest in others and (capital[-1] + rest).lower() not in others
    if alone:
        return [replace(first, text=capital, right=first.left), first]
    return [replace(first, text=capital + first.text)]
