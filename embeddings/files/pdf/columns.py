"""The order in which the words of a page are read: columns one after the other, whatever order they were drawn in.

A recursive X-Y cut (Nagy and Seth, 1984, Hierarchical representation of optically scanned documents): a region is cut
into bands of rows that have the same white between their columns, and a band into its columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.files.pdf.bands import Place, bands_of, doubts_of
from embeddings.files.pdf.glyphs import Word
from embeddings.files.pdf.rows import Row, rows_of
from embeddings.files.pdf.tables import is_table, might_be_table

DEEPEST = 12
"""Cuts within cuts; what is deeper is left as it is."""


@dataclass(frozen=True, slots=True)
class Region:
    """Rows that are read one after the other. `doubtful`: whether that is right cannot be told.

    `aside`: it stands in a frame, apart from the text around it. `table`: each row is one of a table, not of a text.
    """

    rows: tuple[Row, ...]
    doubtful: bool = False
    aside: bool = False
    table: bool = False


def regions_of(words: Sequence[Word], rules: Sequence[Place] = (), boxes: Sequence[Place] = ()) -> list[Region]:
    """Return the words of a page as regions, in reading order; `rules` are lines and `boxes` frames drawn on it."""
    framed, rest = _framed(words, boxes)
    regions = list(_cut(rest, rules, 0))
    for frame in framed:
        regions += [replace(region, aside=True) for region in _cut(frame, rules, 0)]
    return regions


def _framed(words: Sequence[Word], boxes: Sequence[Place]) -> tuple[list[list[Word]], list[Word]]:
    """Return the words in each frame that is apart from the text, from the top, and those in none."""
    rest, frames = list(words), list[list[Word]]()
    for box in sorted(boxes, key=lambda box: (-(box[2] - box[0]) * (box[3] - box[1]), box[1])):
        within = [word for word in rest if _is_in(word, box)]
        if len(within) >= 15 and len(within) * 2.5 < len(words):
            frames.append(within)
            inside = set(map(id, within))
            rest = [word for word in rest if id(word) not in inside]
    frames.sort(key=lambda frame: (min(word.top for word in frame), min(word.left for word in frame)))
    return frames, rest


def _is_in(word: Word, box: Place) -> bool:
    return box[0] - 1 <= word.left and word.right <= box[2] + 1 and box[1] - 1 <= word.base <= box[3] + 1


def _cut(words: Sequence[Word], rules: Sequence[Place], depth: int) -> Iterator[Region]:
    """Yield the regions of a part of a page, in reading order."""
    bands = bands_of(rows_of(words), rules)
    doubts = doubts_of(bands, rules)
    for band, doubtful in zip(bands, doubts, strict=True):
        if not band.columns or depth == DEEPEST:
            yield Region(tuple(band.rows), doubtful or _is_torn(band.rows))
        elif is_table(band):
            yield Region(tuple(band.rows), doubtful, table=True)
        else:
            unsure = doubtful or might_be_table(band)
            for column in band.columns:
                for region in _cut(column, rules, depth + 1):
                    yield replace(region, doubtful=True) if unsure else region


def _is_torn(rows: Sequence[Row]) -> bool:
    """Return whether rows have wide white within, more than one of them: columns that could not be told."""
    torn = sum(any(gap > 2.5 * row.size for gap in row.gaps()) for row in rows)
    return torn > 1 and torn * 4 > len(rows)
