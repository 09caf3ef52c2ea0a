"""The rows of a region to paragraphs: where a line ends for want of room, and where because something ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from embeddings.files.credits import MAX_NAMES, names
from embeddings.files.pdf.columns import Region
from embeddings.files.pdf.rows import ENDS, Row, usual_pitch

_ITEM = re.compile(r"(?:[•‣▪■●○–*]|\(?\d{1,2}[.)]|[a-z]\)) ")


class Kind(StrEnum):
    """What a paragraph is on its page."""

    TEXT = "text"
    HEADLINE = "headline"
    """Larger than the text, or bold by itself."""

    ASIDE = "aside"
    """Smaller than the text, or in a frame: a caption, a footnote, a box."""

    TABLE = "table"
    """One row of a table."""


@dataclass(slots=True)
class Paragraph:
    """Lines that are one paragraph of a page. `page` is its number, from 1 on; the rest is as it is set.

    `indented`: its first line begins further in than the lines below; `full`: its last one ends near the column's edge.
    """

    lines: list[str]
    page: int
    size: float
    bold: bool
    kind: Kind = Kind.TEXT
    doubtful: bool = False
    indented: bool = False
    full: bool = True
    recognised: float | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it ends like a sentence."""
        return ENDS.search(self.lines[-1]) is not None


def byline_of(line: str) -> str:
    """Return the names in a line that says who wrote, and stands by itself; "" if it is none."""
    return names(line) if line[:1].isupper() and len(line) <= MAX_NAMES else ""


def paragraphs_of(region: Region, page: int, body: float) -> list[Paragraph]:
    """Return the paragraphs of a region, in order; `body` is the size of the page's text, in points."""
    if region.table:
        return [_paragraph([row], region, page, Kind.TABLE) for row in region.rows]
    found = []
    for rows in _grouped(region.rows):
        kind = _kind(rows, body)
        paragraph = _paragraph(rows, region, page, Kind.ASIDE if region.aside and kind is Kind.TEXT else kind)
        paragraph.full = _is_full(rows, region.rows)
        paragraph.indented = len(rows) > 1 and rows[0].left - rows[1].left > 0.8 * rows[0].size
        found.append(paragraph)
    return found


def _paragraph(rows: Sequence[Row], region: Region, page: int, kind: Kind) -> Paragraph:
    bold = sum(row.bold for row in rows) * 2 > len(rows)
    size = sorted(row.size for row in rows)[len(rows) // 2]
    lines = [_cells(row) if kind is Kind.TABLE else row.text for row in rows]
    return Paragraph(lines, page, size, bold, kind, region.doubtful)


def _is_full(rows: Sequence[Row], around: Sequence[Row]) -> bool:
    """Return whether the last of a paragraph's rows ends near the edge of its column, or that cannot be told."""
    alike = [row for row in around if 0.9 < row.size / rows[-1].size < 1.1]
    left, right = min(row.left for row in alike), max(row.right for row in alike)
    return len(alike) < 3 or rows[-1].right > right - 0.25 * (right - left)


def _cells(row: Row) -> str:
    """Return a row of a table, a tab where white parts its cells."""
    parts = [row.words[0].text]
    for word, gap in zip(row.words[1:], row.gaps(), strict=True):
        parts.append(("\t" if gap > 0.8 * row.size else " ") + word.text)
    return "".join(parts)


def _kind(rows: Sequence[Row], body: float) -> Kind:
    size = max(row.size for row in rows)
    if size >= 1.15 * body or (all(row.bold for row in rows) and len(rows) <= 3 and size >= 0.95 * body):
        return Kind.HEADLINE
    return Kind.ASIDE if size <= 0.88 * body else Kind.TEXT


def _grouped(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each paragraph."""
    pitch = usual_pitch(rows)
    group: list[Row] = []
    for index, row in enumerate(rows):
        if group and _parts(rows, index, pitch):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _parts(rows: Sequence[Row], index: int, pitch: float) -> bool:
    """Return whether a paragraph ends above a row."""
    above, row = rows[index - 1], rows[index]
    size = min(above.size, row.size)
    if not 0.9 < row.size / above.size < 1.1 or row.base - above.base > max(1.3 * pitch, 1.25 * size):
        return True
    if _is_set_apart(rows, index):
        return True
    if byline_of(above.text) or byline_of(row.text) or _ITEM.match(row.text):
        return True
    near = [each for each in rows[max(0, index - 3) : index + 3] if 0.9 < each.size / row.size < 1.1]
    edge = max(each.right for each in near)
    room = edge - above.right - 0.2 * size
    would_fit = room > row.words[0].right - row.words[0].left
    starts = row.text[:1].isupper() or not row.text[:1].isalpha()
    finished = ENDS.search(above.text) is not None
    if finished and starts and (would_fit or _is_indented(rows, index)):
        return True
    short = above.right - above.left < 0.6 * (edge - min(each.left for each in near))
    return would_fit and short and starts and not above.text.endswith(("-", ","))


def _is_set_apart(rows: Sequence[Row], index: int) -> bool:
    """Return whether bold rows end or begin above a row: a headline among text; a bold first word is none."""
    above, row = rows[index - 1], rows[index]
    return above.bold != row.bold and (len(above.words) > 1 or len(row.words) > 1)


def _is_indented(rows: Sequence[Row], index: int) -> bool:
    """Return whether a row begins further in than its neighbours, as the first of a paragraph does."""
    row = rows[index]
    others = [each.left for each in rows[max(0, index - 2) : index + 3] if each is not row]
    return bool(others) and 0.7 * row.size < row.left - min(others) < 5 * row.size
