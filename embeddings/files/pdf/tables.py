"""Whether columns are those of a table, of which the rows are read."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.files.pdf.bands import Band
from embeddings.files.pdf.glyphs import Word
from embeddings.files.pdf.rows import rows_of


def _cells(band: Band) -> list[list[list[Word]]]:
    """Return the words of each cell, row by row, if the columns of a band are those of a table."""
    homes = {id(word): index for index, column in enumerate(band.columns) for word in column}
    table = []
    for row in band.rows:
        cells: list[list[Word]] = [[] for _ in band.columns]
        for word in row.words:
            cells[homes[id(word)]].append(word)
        table.append(cells)
    return table


@dataclass(frozen=True, slots=True)
class _Shape:
    """How much a band is like a table: the parts of its rows with two cells, and of its cells that have figures in the
    column with most of them; and words a cell.
    """

    aligned: float
    numeric: float
    words: float


def _shape(band: Band) -> _Shape:
    table = _cells(band)
    aligned = sum(sum(map(bool, cells)) > 1 for cells in table) / len(table)
    filled = [cell for cells in table for cell in cells if cell]
    numeric = max(map(_numeric, zip(*table, strict=True)))
    return _Shape(aligned, numeric, sum(map(len, filled)) / max(1, len(filled)))


def _numeric(cells: Sequence[Sequence[Word]]) -> float:
    """Return the part of a column's cells that have figures."""
    filled = [cell for cell in cells if cell]
    figures = sum(any(letter.isdigit() for word in cell for letter in word.text) for cell in filled)
    return figures / max(1, len(filled))


def is_table(band: Band) -> bool:
    """Return whether the columns of a band are those of a table: figures, or short words beside each other."""
    shape = _shape(band)
    if len(band.rows) < 2 or shape.aligned < 0.7:
        return False
    short = shape.words <= 2.2 and len(band.columns) > 2
    return (shape.words <= 4 and (shape.numeric >= 0.5 or short)) or any(map(_are_labels, band.columns))


def _are_labels(column: Sequence[Word]) -> bool:
    """Return whether a column's rows are a word each, or two and end where they like: no text was set in it."""
    rows = rows_of(column)
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    filled = sum(row.right > right - 0.15 * (right - left) for row in rows)
    short = len(column) <= 1.3 * len(rows) or (len(column) <= 2 * len(rows) and filled < 0.6 * len(rows))
    return len(rows) > 2 and short


def might_be_table(band: Band) -> bool:
    """Return whether the columns of a band may be those of a table as well as of a text."""
    shape = _shape(band)
    return len(band.rows) > 2 and shape.aligned >= 0.9 and shape.words <= 2.5
