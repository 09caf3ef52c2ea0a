"""JSON and JSON Lines to drafts."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from embeddings.files.agencies.ninjs import ninjs, within
from embeddings.files.contents import SAMPLE, Content, read_whole
from embeddings.files.decoding import decode, escaped, is_damaged, read_lines, replaced
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.envelopes import listed
from embeddings.files.fields.names import FieldNames
from embeddings.files.fields.objects import named
from embeddings.files.fields.record import record

CURE = "split it, or write it as JSON Lines"
"""What to do with a file that is read whole and too large for that."""


def json_object(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of one JSON object, or those of a list of objects, which may stand deeper: see `listed`."""
    decoded = decode(read_whole(content, CURE), said=content.encoding)
    value = _lines_of(decoded.text) or _parse(decoded.text)
    entries = value if isinstance(value, list) else listed(value, names)
    if entries is None:
        yield from _records([("", value, decoded.notes)], names)
        return
    records = ((f"#{number}", entry, decoded.notes) for number, entry in enumerate(entries, start=1))
    outlet = _feed_of(value)
    for entry in _records(records, names):
        if outlet and isinstance(entry.found, Draft) and not entry.found.outlet:
            yield replace(entry, found=replace(entry.found, outlet=outlet))
        else:
            yield entry


def _lines_of(text: str) -> list[Any]:
    """Return the objects of JSON Lines that were called JSON; nothing if the text is anything else."""
    first, _, rest = text.strip().partition("\n")
    if not (first.rstrip().endswith("}") and rest.lstrip().startswith("{")):
        return []
    try:
        values = [_parse(line) for line in (first, *rest.splitlines()) if line.strip()]
    except UnreadableError:
        return []
    return values if all(isinstance(value, dict) for value in values) else []


def _feed_of(value: object) -> str:
    """Return the title of a JSON Feed, https://www.jsonfeed.org/version/1.1/; "" for any other value."""
    is_feed = isinstance(value, dict) and str(value.get("version", "")).startswith("https://jsonfeed.org/")
    return str(value.get("title", "")) if is_feed and isinstance(value, dict) else ""


def json_lines(content: Content, names: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each line of JSON Lines, or why it holds none; blank lines are skipped."""
    around = content.stream.peek(SAMPLE)[:SAMPLE]
    lines = enumerate(read_lines(content.stream, newline="\n", said=content.encoding), start=1)
    filled = ((number, escaped(line)) for number, line in lines if line.strip())
    return _records(((f"#{number}", *_line(line, content.encoding, around)) for number, line in filled), names)


def _line(data: bytes, said: str, around: bytes) -> tuple[object, tuple[str, ...]]:
    """Return the value of a line, or why it is none, and what is to be said of how it was decoded."""
    try:
        decoded = replaced(data) if not said and is_damaged(data, around) else decode(data, said=said, around=around)
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
            item = within(value)
            draft = (record(value, names) if item is None else ninjs(item)).with_notes(notes)
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
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError as error:
        raise UnreadableError("is not valid JSON: nested too deep") from error
    except UnreadableError:
        raise
    except ValueError as error:
        raise UnreadableError(f"is not valid JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; UnreadableError if it has a key twice, for nobody knows which value is meant."""
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise UnreadableError(f"has the key {twice[:100]!r} twice in one object; take one out")
    return value
