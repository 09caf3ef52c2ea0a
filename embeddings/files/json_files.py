"""JSON and JSON Lines to drafts."""

import json
from collections.abc import Iterable, Iterator

from embeddings.files.contents import Content, read_whole
from embeddings.files.decoding import decode, escaped, read_lines
from embeddings.files.drafts import FileEntry, UnreadableError
from embeddings.files.fields import FieldNames, named, record

CURE = "split it, or write it as JSON Lines"
"""What to do with a file that is read whole and too large for that."""


def json_object(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of one JSON object, or those of a list of objects, which may stand under "articles"."""
    value = _parse(decode(read_whole(content, CURE)))
    if isinstance(value, dict) and isinstance(value.get("articles"), list):
        value = value["articles"]
    if isinstance(value, list):
        yield from _records(((f"#{number}", entry) for number, entry in enumerate(value, start=1)), names)
    else:
        yield from _records([("", value)], names)


def json_lines(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each line of JSON Lines, or why it holds none; blank lines are skipped."""
    lines = enumerate(read_lines(content.stream, newline="\n"), start=1)
    return _records(((f"#{number}", escaped(line)) for number, line in lines if line.strip()), names)


def _records(entries: Iterable[tuple[str, object]], names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each place and record, bytes of JSON or parsed; then which names given are in none."""
    absent = set(names.all_given)
    for place, entry in entries:
        try:
            value = _parse(decode(entry)) if isinstance(entry, bytes) else entry
            absent -= {name for name in absent if isinstance(value, dict) and named(value, name) is not None}
            draft = record(value, names)
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
