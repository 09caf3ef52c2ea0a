"""Tables to drafts: .csv with a header row."""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from embeddings.dates import parse_published
from embeddings.files import contents
from embeddings.files.contents import SAMPLE, Content
from embeddings.files.decoding import encoding_of, escaped, read_lines
from embeddings.files.drafts import FileEntry, UnreadableError
from embeddings.files.fields.names import FieldNames, canonical
from embeddings.files.fields.record import record

DELIMITERS = ",;\t|"
"""What may stand between two columns."""

MAX_COLUMNS = 1_000
"""Columns of a table; one of more is refused."""


MAX_LINES = 10_000
"""Lines of one row; in one of more a quotation mark is not closed."""

_NOT_CLOSED = "unexpected end of data"


def table(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each row, or why it holds none; "#2" is the row below the header, as in a spreadsheet.

    The delimiter is the one that splits the header into the most known names, then into the most: csv.Sniffer guesses
    from the text of articles too, and is wrong with it.
    """
    letters = _Letters(content.encoding, content.stream.peek(SAMPLE)[:SAMPLE])
    unread = _bounded(read_lines(content.stream, newline="", said=content.encoding))
    first = next(unread, "")
    stated = first.strip()
    if len(stated) == len("sep=;") and stated.lower().startswith("sep="):  # as spreadsheets write and read it
        delimiter, first = stated[-1], next(unread, "")
    else:
        delimiter = max(DELIMITERS, key=lambda each: _known_columns(first, each, names))
    csv.field_size_limit(contents.MAX_FILE)  # csv keeps one for the whole program
    lines = _Lines(chain([first], unread))
    header = _columns(csv.reader(lines, delimiter=delimiter, strict=True), names, letters)
    for number, row in _numbered(lines, delimiter, _Shape.of(header, names)):
        if isinstance(row, UnreadableError):
            yield FileEntry(f"#{number}", row)
        elif row:
            yield _entry(f"#{number}", header, row, names, letters)


def _known_columns(line: str, delimiter: str, names: FieldNames) -> tuple[int, int]:
    """Return how many columns of a header are known, and how many there are, if this is the delimiter."""
    columns = next(csv.reader([line], delimiter=delimiter), [])[:MAX_COLUMNS]
    return sum(names.knows(_column(column)) for column in columns), len(columns)


def _column(name: str) -> str:
    return name.strip().removeprefix("\ufeff")


def _columns(rows: Iterator[list[str]], names: FieldNames, letters: "_Letters") -> list[str]:
    """Return the header's columns; UnreadableError unless the text, and all columns given, are among them once."""
    try:
        header = next(rows, [])
    except csv.Error as error:
        raise UnreadableError(f"has a header that is not valid CSV: {error}") from error
    if len(header) > MAX_COLUMNS:
        raise UnreadableError(f"has {len(header):,} columns, more than {MAX_COLUMNS:,}; leave out what is not needed")
    columns = [_column(name) for name in letters.of(header).fields]
    said = ", ".join(map(repr, columns[:50]))[:2000]
    if missing := [name for name in names.all_given if name not in columns]:
        raise UnreadableError(f"has no column {missing[0]!r}, given with --field; its columns are {said}")
    if not names.has_text(columns):
        raise UnreadableError(
            f"has no column for the text; its columns are {said}: say which it is with --field text=COLUMN"
        )
    alike = Counter(map(canonical, columns))
    if twice := [name for name in columns if names.knows(name) and alike[canonical(name)] > 1]:
        raise UnreadableError(f"has two columns {twice[0]!r}; rename one")
    return columns


class _Lines:
    """Lines of a table, which go back to the second line of a row that turns out to be broken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._of_row: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self._of_row) >= MAX_LINES:
            raise csv.Error(_NOT_CLOSED)
        line = self._again.popleft() if self._again else next(self._lines)
        self._of_row.append(line)
        return line

    def begin_row(self) -> None:
        """Forget the lines of the row before."""
        self._of_row = []

    def go_back(self) -> bool:
        """Have all lines of this row but the first read again; return whether there are any."""
        again = self._of_row[1:]
        self._again.extendleft(reversed(again))
        return bool(again)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a row of a table looks like: how many fields it has, and which are a date, a link or an id."""

    width: int
    dates: tuple[int, ...]
    links: tuple[int, ...]
    ids: tuple[int, ...]

    @classmethod
    def of(cls, columns: Sequence[str], names: FieldNames) -> "_Shape":
        """Return what rows below these columns look like."""
        called = {known: set(map(canonical, names.of(known))) for known in ("published", "url", "id")}
        dates, links, ids = (
            tuple(n for n, column in enumerate(columns) if canonical(column) in called[known]) for known in called
        )
        return cls(len(columns), dates, links, ids)

    def fits(self, row: list[str]) -> bool:
        """Return whether this is a row, and no line out of the text of a broken one."""
        if len(row) != self.width or self.width < 2:
            return False
        told = [bool(parse_published(row[n])) for n in self.dates if row[n]]
        told += [row[n].startswith("http") for n in self.links if row[n]]
        told += [re.fullmatch(r"\S{1,64}", row[n]) is not None for n in self.ids]
        return all(told)


def _numbered(lines: _Lines, delimiter: str, shape: _Shape) -> Iterator[tuple[int, list[str] | UnreadableError]]:
    """Yield each row below the header with its number, from 2 on, or why it is none.

    Below a row with a quotation mark that is not closed, the next line that looks like a row is one.
    """
    number = 1
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    is_torn = False
    while True:
        lines.begin_row()
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            was_torn, is_torn = is_torn, lines.go_back() or is_torn or _NOT_CLOSED in str(error)
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            if not was_torn:
                number += 1
                yield number, UnreadableError(_said(error, is_torn=is_torn))
            continue
        if not is_torn or shape.fits(row):
            is_torn = False
            number += 1
            yield number, row


def _said(error: csv.Error, *, is_torn: bool) -> str:
    """Return what is wrong with a row, in the words of someone who never called a parser."""
    if is_torn:
        return "opens a quotation mark that is never closed: it and the lines below it that are no rows are not read"
    return f'is not valid CSV: {error}; a quotation mark in a field is written twice: ""'


def _entry(place: str, columns: Sequence[str], fields: list[str], names: FieldNames, letters: "_Letters") -> FileEntry:
    """Return the article of one row."""
    if len(fields) != len(columns):
        return FileEntry(place, UnreadableError(f"has {len(fields)} fields where the header has {len(columns)}"))
    try:
        row = letters.of(fields)
        value = {name: field for name, field in zip(columns, row.fields, strict=True) if field.strip()}
        return FileEntry(place, record(value, names).with_notes(row.notes))
    except UnreadableError as error:
        return FileEntry(place, error)


@dataclass(frozen=True, slots=True)
class _Row:
    fields: list[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Letters:
    """What tells the encoding of a row: what the person says that it is, and the rows around it."""

    said: str
    around: bytes

    def of(self, fields: list[str]) -> _Row:
        """Return a row's fields in the encoding that its bytes are in together; UnreadableError if they are in none."""
        if all(field.isascii() for field in fields):
            return _Row(fields)
        data = [escaped(field) for field in fields]
        encoding = encoding_of(b"\n".join(data), said=self.said, around=self.around)
        decoded = [encoding.decode(field) for field in data]
        return _Row([each.text for each in decoded], tuple(note for each in decoded for note in each.notes))


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    """Yield the lines; UnreadableError at one that `read_lines` cut off, since no row can be made of it."""
    for number, line in enumerate(lines, start=1):
        if len(line) > contents.MAX_FILE:
            raise UnreadableError(f"has more than {contents.MAX_FILE:,} characters in line {number}; split it")
        yield line
