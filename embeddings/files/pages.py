"""What word processors write, as lines and rows of tables, whatever the file they are kept in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHORT_CELL = 200
"""Characters of a line in a cell that stands in one line with the others of its row."""

SHORT_CELL_LINES = 2
"""Lines of such a cell; a row with more, or with a heading, is there for the layout."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or a line of a plain text; its own line breaks are "\\n", and "" is a blank line.

    `level` is 1 for a title, 2 for a heading of the first order and so on, 0 for text. `bold` says that all of it is,
    `size` is the type size of its first letter in half points, 0 if it is not known.
    """

    text: str
    level: int = 0
    bold: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the lines in each of its cells."""

    cells: tuple[tuple[Line, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each cell, paragraphs apart by a blank line."""
        return tuple("\n\n".join(line.text for line in cell) for cell in self.cells)


Page = Sequence[Line | Row]
"""All that a file shows, in the order of reading."""


def flat(page: Page) -> list[Line]:
    """Return a page as lines: a row of short cells is one, cells apart by " | ", else each paragraph is."""
    return [line for each in page for line in ([each] if isinstance(each, Line) else _lines(each))]


def _lines(row: Row) -> list[Line]:
    filled = [cell for cell in row.cells if cell]
    if len(filled) < 2 or any(map(_is_layout, filled)):
        return [line for cell in filled for line in cell]
    return [Line(" | ".join("\n".join(line.text for line in cell) for cell in filled))]


def _is_layout(cell: tuple[Line, ...]) -> bool:
    is_long = len(cell) > SHORT_CELL_LINES or any(len(line.text) > SHORT_CELL for line in cell)
    return is_long or any(line.level for line in cell)


def usual_size(lines: Iterable[Line]) -> int:
    """Return the type size in which most letters are set, in half points; 0 if none is known."""
    letters: Counter[int] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    return max(letters, key=lambda size: (letters[size], size), default=0)


class PageBuilder:
    """A page while it is read: text boxes and cells are pages within a page, a row ends where its cells are known."""

    def __init__(self) -> None:
        self.page: list[Line | Row] = []
        self.cells: list[tuple[Line, ...]] = []
        self.cell: list[Line | Row] = []
        self._boxes: list[Line] = []
        self._parts: list[str] = []
        self._bold = self._letters = self._size = 0

    def add(self, text: str, *, bold: bool = False, size: int = 0) -> None:
        """Add words to the paragraph."""
        letters = sum(map(len, text.split()))
        if letters and not self._letters:
            self._size = size
        self._letters += letters
        self._bold += letters * bold
        self._parts.append(text)

    def add_box(self, box: Iterable[Line]) -> None:
        """Add a text box: its lines stand behind the paragraph that it hangs on."""
        self._boxes += box

    def end_paragraph(self, level: int = 0, target: list[Line | Row] | None = None) -> None:
        """End the paragraph, which goes to the page or to a cell given: there one without words leaves nothing."""
        text = "".join(self._parts).strip()
        if text or target is None:
            target = self.page if target is None else target
            target.append(Line(text, level, self._bold == self._letters, self._size))
        target += self._boxes
        self._boxes, self._parts = [], []
        self._bold = self._letters = self._size = 0

    def end_cell(self) -> None:
        """End a cell: what it holds becomes part of the row."""
        self.cells.append(tuple(flat(self.cell)))
        self.cell = []

    def end_row(self) -> None:
        """End a row of cells; of one without words nothing is left."""
        if any(self.cells):
            self.page.append(Row(tuple(self.cells)))
        self.cells = []
