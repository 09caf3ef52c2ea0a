""".rtf to drafts: the words that its page shows."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from embeddings.files.contents import Content, read_whole
from embeddings.files.decoding import REPLACED
from embeddings.files.drafts import FileEntry, UnreadableError
from embeddings.files.fields.names import FieldNames
from embeddings.files.pages import Line, PageBuilder, Row, flat
from embeddings.files.word.printed import Stated, printed
from embeddings.files.word.rtf_state import (
    CODE_PAGES,
    DESTINATIONS,
    FLAGS,
    LETTERS,
    NUMBERS,
    PARAGRAPH_ENDS,
    SEEN,
    SIGNS,
    STORIES,
    SYMBOLS,
    TABLES,
    Kind,
    State,
)
from embeddings.files.word.rtf_tokens import Fonts, codec, marks
from embeddings.files.word.styles import heading_level, outline_level

MAX_RTF = 100_000_000
"""Bytes of an .rtf, most of them pictures, which are written as text there."""

MAX_NESTING = 1_000
"""Groups within groups; Word writes some dozens."""


@dataclass(slots=True)
class _Group:
    """What was so before a brace opened: the state, and around a note or a text box the page."""

    state: State
    around: PageBuilder | None = None
    is_note: bool = False


def rtf(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of an .rtf, or each of a bundle's, with nothing hidden or deleted."""
    reader = _Reader()
    reader.read(read_whole(content, "save it without its pictures", MAX_RTF))
    stated = Stated(reader.stated[Kind.TITLE], reader.stated[Kind.AUTHOR])
    yield from printed(reader.page(), stated, (REPLACED,) if reader.is_doubtful else ())


class _Reader:
    """Reads the marks of one file."""

    def __init__(self) -> None:
        self.stated = dict.fromkeys(Kind, "")
        self.is_doubtful = False
        self._builder = PageBuilder()
        self._notes: list[Line] = []
        self._fonts = Fonts()
        self._levels: dict[int, int] = {}
        self._hiding: set[int] = set()
        self._state = State()
        self._groups: list[_Group] = []
        self._font = self._style = 0
        self._style_name = ""
        self._bytes = bytearray()
        self._high = self._to_skip = 0
        self._is_starred = self._in_row = self._is_raw = False
        self._nested_cell: list[Line | Row] = []
        self._nested_cells: list[tuple[Line, ...]] = []

    def page(self) -> list[Line | Row]:
        """Return all that the page shows, notes at its end."""
        builder = self._builder
        builder.end_paragraph(self._level())
        if builder.cell or builder.cells:  # a table without an end
            builder.end_cell()
            builder.end_row()
        return [*builder.page, *self._notes]

    def read(self, data: bytes) -> None:
        """Read up to the brace that closes the first; UnreadableError if there is none."""
        for mark in marks(data[max(0, data.find(b"{\\rtf")) :]):
            if mark.brace == b"{":
                self._open()
            elif mark.brace:
                self._close()
                if not self._groups:
                    return
            elif mark.word:
                self._word(mark.word, mark.number)
            elif mark.symbol:
                self._symbol(mark.symbol)
            else:
                self._take(mark.data, is_raw=mark.is_raw)
        raise UnreadableError("is cut short: its last brace is missing; copy or download it again")

    def _open(self) -> None:
        self._flush()
        if len(self._groups) >= MAX_NESTING:
            raise UnreadableError(f"nests groups deeper than {MAX_NESTING:,}; save it anew with a word processor")
        self._groups.append(_Group(self._state))
        self._to_skip, self._is_starred = 0, False

    def _close(self) -> None:
        self._flush()
        self._to_skip = 0
        if not self._groups:
            return
        group = self._groups.pop()
        if group.around is not None:
            self._builder.end_paragraph(self._level())
            lines = flat(self._builder.page)
            self._builder = group.around
            if group.is_note:
                self._notes += lines
            else:
                self._builder.add_box(lines)
        self._state = group.state

    def _word(self, word: str, number: int | None) -> None:
        """Take a control word."""
        starred, self._is_starred = self._is_starred, False
        if word == "u":
            self._unicode(number if number is not None else 0)
            return
        if self._to_skip and word in LETTERS:
            self._to_skip -= 1
            return
        self._flush()
        if starred and word not in SEEN and not (word == "cs" and self._state.kind is Kind.STYLES):
            self._set(kind=Kind.NOTHING)
        elif word in DESTINATIONS:
            self._destination(word)
        elif self._state.kind is Kind.WORDS:
            self._on_page(word, number)
        elif self._state.kind is Kind.FONTS and number is not None:
            self._in_fonts(word, number)
        elif self._state.kind is Kind.STYLES and word == "v":
            self._hiding |= {self._style} if number != 0 else set()
        elif self._state.kind is Kind.STYLES and number is not None:
            self._in_styles(word, number)

    def _destination(self, word: str) -> None:
        """Take a word that says where the words of a group go."""
        kind = self._state.kind
        if word in TABLES:
            self._set(kind=TABLES[word])
        elif word in ("title", "author"):
            self._set(kind=Kind(word) if kind is Kind.PROPERTIES else kind)
        elif word == "ud":  # the same in Unicode as in the group around it, which older programs read
            self._set(kind=self._groups[-2].state.kind if len(self._groups) > 1 else kind)
        elif word not in STORIES:
            self._set(kind=Kind.NOTHING)
        elif kind is Kind.WORDS and self._groups and self._groups[-1].around is None:
            self._groups[-1].around, self._groups[-1].is_note = self._builder, word == "footnote"
            self._builder = PageBuilder()
            self._set(in_table=False)

    def _on_page(self, word: str, number: int | None) -> None:
        """Take a word that sets letters, or stands for some."""
        if word in LETTERS:
            self._add(LETTERS[word])
        elif word in FLAGS:
            self._set(**{FLAGS[word]: number != 0})
        elif word in NUMBERS and number is not None:
            self._set(**{NUMBERS[word]: number})
            self._set(hidden=self._state.hidden or (word in ("s", "cs") and number in self._hiding))
        elif word in PARAGRAPH_ENDS:
            self._end_paragraph()
        elif word in ("cell", "row", "nestcell", "nestrow", "trowd", "intbl"):
            self._table(word)
        elif word == "plain":
            self._set(font=None, hidden=False, bold=False, size=24)
        elif word == "pard":
            self._set(in_table=False, depth=1, style=0, level=None)
        elif word == "outlinelevel":
            self._set(level=outline_level(str(number)))
        elif word == "deff":
            self._fonts.default = number
        elif word in CODE_PAGES:
            self._fonts.page = CODE_PAGES[word]
        elif word == "ansicpg" and (name := codec(number)):
            self._fonts.page = name

    def _in_fonts(self, word: str, number: int) -> None:
        if word == "f":
            self._font = number
        elif word == "fcharset":
            self._fonts.charset(self._font, number)
        elif word == "cpg":
            self._fonts.code_page(self._font, number)

    def _in_styles(self, word: str, number: int) -> None:
        if word in ("s", "cs"):
            self._style = number
        elif word == "outlinelevel":
            self._levels.setdefault(self._style, outline_level(str(number)))

    def _table(self, word: str) -> None:
        builder = self._builder
        if word == "cell":
            self._end_paragraph(builder.cell)
            builder.end_cell()
        elif word == "row":
            builder.end_row()
        elif word == "nestcell":
            self._end_paragraph(self._nested_cell)
            self._nested_cells.append(tuple(flat(self._nested_cell)))
            self._nested_cell = []
        elif word == "nestrow":
            builder.cell += [Row(tuple(self._nested_cells))] if any(self._nested_cells) else []
            self._nested_cells = []
        elif word == "intbl":
            self._set(in_table=True)
        self._in_row = word == "trowd" or (self._in_row and word != "row")

    def _set(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)

    def _level(self) -> int:
        state = self._state
        return self._levels.get(state.style, 0) if state.level is None else state.level

    def _end_paragraph(self, cell: list[Line | Row] | None = None) -> None:
        """End a paragraph, unless its end is hidden or deleted: then the next one goes on in it."""
        state = self._state
        if cell is None and not state.is_shown:
            return
        if cell is None and (state.in_table or self._in_row):
            cell = self._nested_cell if state.in_table and state.depth > 1 else self._builder.cell
        self._builder.end_paragraph(self._level(), cell)

    def _symbol(self, symbol: bytes) -> None:
        """Take a control symbol."""
        if symbol == b"*":
            self._is_starred = True
        elif symbol in b"\\{}":
            self._take(symbol)
        elif symbol in b"\r\n":
            self._flush()
            if self._state.kind is Kind.WORDS:
                self._end_paragraph()
        elif self._to_skip:
            self._to_skip -= 1
        else:
            self._flush()
            self._add(SYMBOLS.get(symbol, ""))

    def _take(self, data: bytes, *, is_raw: bool = False) -> None:
        """Take bytes, in the code page of their font, but those that stand for a letter in older programs."""
        self._is_starred = False
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if self._state.kind is not Kind.NOTHING:
            self._bytes += data[skipped:]
            self._is_raw |= is_raw

    def _unicode(self, number: int) -> None:
        """Take a letter by its number; of two halves the second, with the first one before it."""
        self._flush()
        self._to_skip = self._state.skip
        number += 0x10000 if number < 0 else 0
        high, self._high = self._high, 0
        if 0xD800 <= number < 0xDC00:
            self._high = number
        elif 0xDC00 <= number < 0xE000:
            self._add(chr(0x10000 + (high - 0xD800) * 0x400 + number - 0xDC00) if high else "")
        elif 0xF000 <= number < 0xF100:  # a sign in a font of symbols
            self._add(SIGNS.get(number - 0xF000, ""))
        elif number <= sys.maxunicode:
            self._add(chr(number))

    def _flush(self) -> None:
        """Bring the bytes that were taken to the page, in the code page of their font."""
        if not self._bytes:
            return
        data = bytes(self._bytes)
        self._bytes.clear()
        name = self._fonts.codec(self._state.font) if self._state.kind is Kind.WORDS else self._fonts.page
        name = "utf-8" if name and self._is_raw and _is_utf_8(data) else name  # no .rtf should hold such bytes
        text = data.decode(name, "replace") if name else "".join(SIGNS.get(byte, "") for byte in data)
        self._is_raw = False
        self.is_doubtful |= "\ufffd" in text and self._state.is_shown
        self._add(text)

    def _add(self, text: str) -> None:
        state = self._state
        if state.is_shown:
            self._builder.add(text.replace("\u00ad", ""), bold=state.bold, size=state.size)
        elif state.kind is Kind.STYLES:
            name, end, _ = (self._style_name + text).partition(";")
            self._style_name = "" if end else name
            if end and (level := heading_level(name)) is not None:
                self._levels[self._style] = level
            self._style = 0 if end else self._style
        elif state.kind in (Kind.TITLE, Kind.AUTHOR):
            self.stated[state.kind] += text


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
