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
    """How much a band is like a table: parts of its rows and cells, and words a cell."""

    aligned: float
    numeric: float
    words: float


def _shape(band: Band) -> _Shape:
    table = _cells(band)
    aligned = sum(sum(map(bool, cells)) > 1 for cells in table) / len(table)
    filled = [cell for cells in table for cell in cells if cell]
    behind = [cell for cells in table for cell in cells[1:] if cell]
    numeric = sum(any(letter.isdigit() for word in cell for letter in word.text) for cell in behind)
    return _Shape(aligned, numeric / max(1, len(behind)), sum(map(len, filled)) / max(1, len(filled)))


def is_table(band: Band) -> bool:
    """Return whether the columns of a band are those of a table: figures, or short words beside each other."""
    shape = _shape(band)
    if len(band.rows) < 2 or shape.aligned < 0.7:
        return False
    short = shape.words <= 2.2 and len(band.columns) > 2
    return (shape.words <= 4 and (shape.numeric >= 0.5 or short)) or any(map(_are_labels, band.columns))


def _are_labels(column: Sequence[Word]) -> bool:
    """Return whether a column's rows are a word or two each, and end where they like: no text was set in it."""
    rows = rows_of(column)
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    filled = sum(row.right > right - 0.15 * (right - left) for row in rows)
    return len(rows) > 2 and len(column) <= 2 * len(rows) and filled < 0.6 * len(rows)


def might_be_table(band: Band) -> bool:
    """Return whether the columns of a band may be those of a table as well as of a text."""
    shape = _shape(band)
    return len(band.rows) > 2 and shape.aligned >= 0.9 and shape.words <= 2.5
