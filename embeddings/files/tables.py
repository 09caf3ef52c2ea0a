"""Tables to drafts: .csv with a header row."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from embeddings.files import contents
from embeddings.files.contents import SAMPLE, Content
from embeddings.files.decoding import encoding_of, escaped, read_lines
from embeddings.files.drafts import FileEntry, UnreadableError
from embeddings.files.fields import FieldNames, canonical, record

DELIMITERS = ",;\t|"
"""What may stand between two columns."""

MAX_COLUMNS = 1_000
"""Columns of a table; one of more is refused."""


def table(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each row, or why it holds none; "#2" is the row below the header, as in a spreadsheet.

    The delimiter is the one that splits the header into the most known names, then into the most: csv.Sniffer guesses
    from the text of articles too, and is wrong with it.
    """
    letters = _Letters(content.encoding, content.stream.peek(SAMPLE)[:SAMPLE])
    lines = _bounded(read_lines(content.stream, newline="", said=content.encoding))
    first = next(lines, "")
    stated = first.strip()
    if len(stated) == len("sep=;") and stated.lower().startswith("sep="):  # as spreadsheets write and read it
        delimiter, first = stated[-1], next(lines, "")
    else:
        delimiter = max(DELIMITERS, key=lambda each: _known_columns(first, each, names))
    csv.field_size_limit(contents.MAX_FILE)  # csv keeps one for the whole program
    rows = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    header = _columns(rows, names, letters)
    for number, row in _numbered(rows):
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


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | UnreadableError]]:
    """Yield each row below the header with its number, from 2 on, or why it is none."""
    number = 1
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):  # where this field ends is not known
                raise UnreadableError(
                    f"has a field of more than {contents.MAX_FILE:,} characters in row {number}: it and all after it "
                    "is not read; a quotation mark may not be closed"
                ) from error
            yield number, UnreadableError(_said(error))
        else:
            yield number, row


def _said(error: csv.Error) -> str:
    """Return what is wrong with a row, in the words of someone who never called a parser."""
    if "unexpected end" in str(error):
        return "opens a quotation mark that is never closed: it and all after it is not read"
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
