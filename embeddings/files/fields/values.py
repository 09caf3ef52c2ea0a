"""What the value of a field says: words, a date, people, a link, an id. What is odd is an UnreadableError."""

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping

from embeddings.dates import parse_published
from embeddings.files.drafts import UnreadableError
from embeddings.files.fields.names import canonical
from embeddings.files.fields.wrapped import MAX_DEPTH, inner, paragraphs
from embeddings.files.markup import plain_words

MAX_ID = 200
"""Characters of an id; a longer one is refused, for a shortened one could name two articles."""

_NOTHING = frozenset({"", "nan", "none", "null", "nat", "n/a", "[]", "{}"})
_BY = re.compile(r"\A(?:By|BY|by)\s+(?=\S)")
_NAMES = ("name", "displayname", "fullname", "rendered", "#text", "@value")
_PARTS_OF_NAMES = (
    ("givenname", "firstname", "first", "given"),
    ("middlename",),
    ("familyname", "lastname", "last", "family"),
)


def is_nothing(value: object) -> bool:
    """Return whether a value says that there is none: null, "", an empty list, pandas' NaN."""
    if isinstance(value, str):
        return len(value) <= 5 and value.strip().lower() in _NOTHING
    return value is None or value != value or (isinstance(value, list | Mapping) and not value)  # noqa: PLR0124


def words(name: str, value: object, _: list[str]) -> str:
    """Return the words in a string, in an object that wraps one, or in a list of these or of lists: its paragraphs."""
    if isinstance(value, str):
        listed = _list_in(value)
        return plain_words(value) if listed is None else "\n\n".join(map(plain_words, listed))
    parts = [inner(each) for each in paragraphs(value)]
    found = [part for part in parts if isinstance(part, str)]
    if not found:
        raise UnreadableError(f'"{name}" is {kind_of(value)}, not a string')
    return "\n\n".join(filter(None, map(plain_words, found)))


def date(name: str, value: object, _: list[str]) -> str:
    """Return the date in a string, a number, or an object or list of one that wraps it."""
    found = inner(value[0] if isinstance(value, list) and len(value) == 1 else value)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise UnreadableError(f'"{name}" is {kind_of(value)}, not a string')
    published = parse_published(str(found))
    if not published:
        raise UnreadableError(f'"{name}" holds none that is understood')
    return published


def people(name: str, value: object, notes: list[str]) -> str:
    """Return the names in the value, joined by commas: a string, an object with a name, or a list of these."""
    if isinstance(value, str) and (listed := _list_in(value)) is not None:
        value = listed
    entries = [each for each in _flattened(value) if not is_nothing(each)]
    names = [plain_words(person) for person in map(_person, entries) if person]
    if entries and not names:
        raise UnreadableError(f'"{name}" is {kind_of(value)} without a name')
    if len(names) < len(entries):
        notes.append(f'without some names: "{name}" holds what is none')
    return ", ".join(names)


def _flattened(value: object, depth: int = 0) -> Iterator[object]:
    """Yield what may be people in a value: lists may stand in lists, and in an object that has no name."""
    within: list[object] = []
    if isinstance(value, list):
        within = value
    elif isinstance(value, Mapping) and not _person(value):
        within = [each for each in value.values() if isinstance(each, list | Mapping)]
        within = within if len(within) == 1 else []
    if not within or depth == MAX_DEPTH:
        yield value
        return
    for each in within:
        yield from _flattened(each, depth + 1)


def _person(entry: object) -> str:
    """Return the name in a string or an object; "" if there is none."""
    if isinstance(entry, str):
        return _BY.sub("", entry)
    if not isinstance(entry, Mapping):
        return ""
    fields = {canonical(key): each for key, each in entry.items() if isinstance(key, str) and isinstance(each, str)}
    whole = next((fields[key] for key in _NAMES if fields.get(key)), "")
    parts = [next((fields[key] for key in keys if fields.get(key)), "") for keys in _PARTS_OF_NAMES]
    return _BY.sub("", fields.get("original", "")) or whole or " ".join(filter(None, parts))


def _list_in(text: str) -> list[str] | None:
    """Return the strings in a list that a table holds as Python or JSON writes it; None if the text is no such list."""
    if not (text.startswith(("['", '["')) and text.endswith(("']", '"]'))):
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else None


def address(name: str, value: object, _: list[str]) -> str:
    """Return a link: a string, the first one in a list, or the one that an object holds."""
    found = inner(next((each for each in value if each), "") if isinstance(value, list) else value)
    if not isinstance(found, str):
        raise UnreadableError(f'"{name}" is {kind_of(value)}, not a string')
    if name == "guid" and not found.startswith(("http://", "https://")):
        return ""
    return found


def explicit_id(name: str, value: object, _: list[str]) -> str:
    """Return an explicit id, stripped and in NFC; 4.0 is 4, as pandas writes whole numbers in a column with gaps."""
    found = inner(value)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise UnreadableError(f'"{name}" is {kind_of(value)}, not a string or a whole number')
    return unicodedata.normalize("NFC", str(found).strip())


def checked_id(explicit: str) -> str:
    """Return an id, if it can be told; UnreadableError if it cannot: without it this might pass for another article."""
    if len(explicit) > MAX_ID or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in explicit):
        raise UnreadableError(f'"id" is {explicit[:MAX_ID]!r}; give 1 to {MAX_ID} characters, none a control character')
    return explicit


def kept_id(stated: str) -> str:
    """Return the name that an agency has for an item; "" if it is none that can be kept."""
    name = " ".join(stated.split())
    is_plain = len(name) <= MAX_ID and not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    return unicodedata.normalize("NFC", name) if is_plain else ""


def kind_of(value: object) -> str:
    """Return what JSON calls a value of this type, with its article."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
