"""JSON and JSON Lines to drafts."""

import json
from collections.abc import Iterable, Iterator

from embeddings.files.contents import SAMPLE, Content, read_whole
from embeddings.files.decoding import decode, escaped, read_lines
from embeddings.files.drafts import FileEntry, UnreadableError
from embeddings.files.fields import FieldNames, named, record

CURE = "split it, or write it as JSON Lines"
"""What to do with a file that is read whole and too large for that."""


def json_object(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of one JSON object, or those of a list of objects, which may stand under "articles"."""
    decoded = decode(read_whole(content, CURE), said=content.encoding)
    value = _parse(decoded.text)
    if isinstance(value, dict) and isinstance(value.get("articles"), list):
        value = value["articles"]
    if isinstance(value, list):
        records = ((f"#{number}", entry, decoded.notes) for number, entry in enumerate(value, start=1))
        yield from _records(records, names)
    else:
        yield from _records([("", value, decoded.notes)], names)


def json_lines(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each line of JSON Lines, or why it holds none; blank lines are skipped."""
    around = content.stream.peek(SAMPLE)[:SAMPLE]
    lines = enumerate(read_lines(content.stream, newline="\n", said=content.encoding), start=1)
    filled = ((number, escaped(line)) for number, line in lines if line.strip())
    return _records(((f"#{number}", *_line(line, content.encoding, around)) for number, line in filled), names)


def _line(data: bytes, said: str, around: bytes) -> tuple[object, tuple[str, ...]]:
    """Return the value of a line, or why it is none, and what is to be said of how it was decoded."""
    try:
        decoded = decode(data, said=said, around=around)
        return _parse(decoded.text), decoded.notes
    except UnreadableError as error:
        return error, ()


def _records(entries: Iterable[tuple[str, object, tuple[str, ...]]], names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each place, value and notes; then which names given are in none."""
    absent = set(names.all_given)
    for place, value, notes in entries:
        if isinstance(value, UnreadableError):
            yield FileEntry(place, value)
            continue
        absent -= {name for name in absent if isinstance(value, dict) and named(value, name) is not None}
        try:
            draft = record(value, names).with_notes(notes)
        except UnreadableError as error:
            yield FileEntry(place, error)
            continue
        yield FileEntry(place, draft)
    if absent:
        missing = ", ".join(map(repr, sorted(absent)))
        yield FileEntry("", UnreadableError(f"has no field {missing}, given with --field: it was read without"))


def _parse(text: str) -> object:
    """Return the value of a JSON text."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UnreadableError("is not valid JSON: nested too deep") from error
    except ValueError as error:
        raise UnreadableError(f"is not valid JSON: {error}") from error
