"""What stands on a page of a PDF and where.

It runs in a process of its own, see `worker`: the engine is C++ that parses what anybody may have written.
"""

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from embeddings.files.pdf.drawings import drawn_on
from embeddings.files.pdf.frames import Found, Frame
from embeddings.files.pdf.glyphs import Word, words_of

MAX_GLYPHS = 100_000
"""Characters of a page; the text of one with more is refused: a full page of a newspaper has 20,000."""

MAX_PIXELS = 40_000_000
"""Pixels that a page is drawn in, at most; a broadsheet at 300 to the inch has 35 million."""

INVISIBLE = 3
"""The way to draw text so that it is not seen, as recognised text lies over a scan."""

_PLAIN = str.maketrans({"\x02": "-", "\xad": "-", "\u2010": "-", "\u2011": "-", "\xa0": " ", "\u3000": " "})


@dataclass(frozen=True, slots=True)
class RawPage:
    """What stands on a page. Measures are in points, from the upper left corner of the page as it is read.

    `turned` are the words that run another way, line by line; `unseen` those that are not drawn; `rules` are straight
    lines and `boxes` frames and grounds, as (left, top, right, bottom). `pictured` is the part of the page that
    pictures cover, in [0, 1], and `drawings` counts the lines and shapes.
    """

    width: float
    height: float
    words: Sequence[Word]
    turned: Sequence[str] = ()
    unseen: Sequence[Word] = ()
    rules: Sequence[Sequence[float]] = ()
    boxes: Sequence[Sequence[float]] = ()
    pictured: float = 0.0
    drawings: int = 0


class EngineError(ValueError):
    """What the engine cannot open, and why; `locked`: it wants a password."""

    def __init__(self, message: str, *, locked: bool = False) -> None:
        super().__init__(message)
        self.locked = locked


class Opened:
    """A PDF that is open."""

    def __init__(self, data: bytes | Path) -> None:
        """Open a file or its bytes. Raises EngineError."""
        import pypdfium2

        try:
            self._pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            raise EngineError(str(error), locked=locked) from error

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pdf)

    def stated(self) -> dict[str, str]:
        """Return title and author of the file's properties, "" for none."""
        said = self._pdf.get_metadata_dict()
        return {"title": said.get("Title") or "", "author": said.get("Author") or ""}

    def page(self, number: int) -> RawPage:
        """Return what stands on a page, from 1 on. Raises EngineError."""
        page = self._load(number)
        try:
            return _read(page)
        finally:
            page.close()

    def drawn(self, number: int, per_inch: int) -> bytes:
        """Return a page as a grey picture in the form PGM, upright as it is read."""
        page = self._load(number)
        try:
            width, height = page.get_size()
            scale = min(per_inch / 72, math.sqrt(MAX_PIXELS / max(1.0, width * height)))
            bitmap = page.render(scale=scale, grayscale=True, fill_color=(255, 255, 255, 255))
            rows = bitmap.buffer
            wide, high, stride = bitmap.width, bitmap.height, bitmap.stride
            grey = bytes(rows) if stride == wide else b"".join(
                bytes(rows[start : start + wide]) for start in range(0, stride * high, stride)
            )  # fmt: skip
            return b"P5 %d %d 255\n" % (wide, high) + grey
        finally:
            page.close()

    def _load(self, number: int) -> Any:
        import pypdfium2

        try:
            return self._pdf[number - 1]
        except pypdfium2.PdfiumError as error:
            raise EngineError("is damaged") from error


def _read(page: Any) -> RawPage:
    frame = Frame.of(page)
    text = page.get_textpage()
    try:
        glyphs = list(_glyphs(text.raw, frame))
    finally:
        text.close()
    seen = [found for found in glyphs if not found.unseen]
    way = _main_way(seen or glyphs)
    upright = frame.turned(way)
    drawn = drawn_on(page.raw, upright)
    return RawPage(
        upright.width,
        upright.height,
        words_of([upright.glyph(found) for found in seen if found.way == way]),
        _turned_lines(frame, [found for found in seen if found.way != way]),
        words_of([upright.glyph(found) for found in glyphs if found.unseen and found.way == way]),
        drawn.rules,
        drawn.boxes,
        drawn.pictured,
        drawn.count,
    )


def _glyphs(text: Any, frame: Frame) -> Iterator[Found]:
    """Yield what is drawn in the part of a page that is seen. Raises EngineError if it is too much."""
    import pypdfium2.raw as engine

    count = engine.FPDFText_CountChars(text)
    if count > MAX_GLYPHS:
        raise EngineError(f"holds {count:,} characters, more than {MAX_GLYPHS:,}")
    box, x, y = engine.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles: dict[int, tuple[float, bool, bool, int]] = {}
    last: Found | None = None
    for index in range(count):
        code = engine.FPDFText_GetUnicode(text, index)
        letters = _letters(code)
        if not letters or (code < 0x30 and engine.FPDFText_IsGenerated(text, index) == 1):
            continue  # blanks that the engine puts where it sees white are found anew, by what stands around them
        owner = engine.FPDFText_GetTextObject(text, index)
        key = ctypes.addressof(owner.contents) if owner else 0
        if key not in styles:
            styles[key] = _style(text, index, owner)
        size, bold, unseen, way = styles[key]
        engine.FPDFText_GetCharOrigin(text, index, x, y)
        engine.FPDFText_GetLooseCharBox(text, index, box)
        if frame.holds((box.left + box.right) / 2, (box.top + box.bottom) / 2) and size > 0:
            place = (box.left, box.bottom, box.right, box.top)
            found = Found(letters, place, (x.value, y.value), size, bold, unseen, way)
            if last is not None and last.box == place and last.origin == found.origin:  # the letters of a ligature
                last = last._replace(text=last.text + letters)
                continue
            if last is not None:
                yield last
            last = found
    if last is not None:
        yield last


@lru_cache(4096)
def _letters(code: int) -> str:
    """Return the characters of a code, ligatures as the letters they stand for; "" for none."""
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    letter = chr(code).translate(_PLAIN)
    if 0xFB00 <= code <= 0xFB06:
        return unicodedata.normalize("NFKC", letter)
    return letter if letter == " " or letter.isprintable() else ""


def _style(text: Any, index: int, owner: Any) -> tuple[float, bool, bool, int]:
    """Return size, boldness, whether it is not seen, and the way it runs, of a text that is drawn at once."""
    import pypdfium2.raw as engine

    matrix = engine.FS_MATRIX(1, 0, 0, 1, 0, 0)
    engine.FPDFText_GetMatrix(text, index, matrix)
    size = engine.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
    way = round(math.degrees(math.atan2(matrix.b, matrix.a)))
    nearest = 90 * round(way / 90)
    way = nearest if abs(way - nearest) <= 5 else way
    name = ctypes.create_string_buffer(200)
    flags = ctypes.c_int()
    engine.FPDFText_GetFontInfo(text, index, name, 200, flags)
    bold = engine.FPDFText_GetFontWeight(text, index) >= 600 or any(
        word in name.value.lower() for word in (b"bold", b"black", b"heavy", b"semibold")
    )
    unseen = bool(owner) and engine.FPDFTextObj_GetTextRenderMode(owner) == INVISIBLE
    return size, bold, unseen, way % 360


def _main_way(glyphs: Sequence[Found]) -> int:
    """Return the way that most glyphs of a page run, of those that a page can be turned to."""
    ways = Counter(found.way for found in glyphs if found.way % 90 == 0)
    return ways.most_common(1)[0][0] if ways else 0


def _turned_lines(frame: Frame, glyphs: Sequence[Found]) -> list[str]:
    """Return what runs another way than the page's text, a line each."""
    lines: list[str] = []
    for way in sorted({found.way for found in glyphs}):
        words = words_of([frame.turned(way).glyph(found) for found in glyphs if found.way == way])
        row: list[Word] = []
        for word in words:
            if row and (abs(word.base - row[-1].base) > 1 or word.left - row[-1].right > 3 * word.size):
                lines.append(" ".join(each.text for each in row))
                row = []
            row.append(word)
        if row:
            lines.append(" ".join(each.text for each in row))
    return lines
