"""Objects with named fields to drafts: JSON, a table's rows, Markdown's front matter."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from embeddings.dates import parse_published
from embeddings.files.drafts import Draft, UnreadableError

USUAL_NAMES = {
    "text": ("text", "body", "content", "maintext"),
    "title": ("title", "headline"),
    "published": ("published", "date", "publish_date", "date_publish"),
    "outlet": ("outlet", "source", "publisher", "sitename"),
    "byline": ("author", "authors", "author(s)", "byline"),
    "url": ("url", "link"),
    "id": ("id",),
}
"""What a field may be called in JSON, in a table and in front matter; the first name that holds something counts."""

MAX_ID = 200
"""Characters of an id; a longer one is refused, for a shortened one could name two articles."""

MAX_LISTED = 20
"""Names that an error lists."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What fields are called in an export: the names given for them, then the usual ones."""

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, options: Sequence[str]) -> "FieldNames":
        """Return the names in options such as "title=headline_main"; ValueError names one that makes no sense."""
        given: dict[str, tuple[str, ...]] = {}
        for option in options:
            known, equals, name = (part.strip() for part in option.partition("="))
            if not equals or not name:
                raise ValueError(f"--field {option!r} is no FIELD=NAME; write it as title=headline_main")
            if known not in USUAL_NAMES:
                raise ValueError(
                    f"--field {option!r}: there is no field {known!r}; fields are {', '.join(USUAL_NAMES)}"
                )
            given[known] = (*given.get(known, ()), name)
        return cls(given)

    def __str__(self) -> str:
        return ",".join(f"{known}={name}" for known, names in sorted(self.given.items()) for name in names)

    @property
    def all_given(self) -> list[str]:
        """The names given, for whichever field."""
        return [name for names in self.given.values() for name in names]

    def of(self, known: str) -> tuple[str, ...]:
        """Return what a field may be called, the names given first."""
        return (*self.given.get(known, ()), *USUAL_NAMES[known])


USUAL = FieldNames()


def record(value: object, names: FieldNames = USUAL) -> Draft:
    """Return the article in a JSON object; UnreadableError names the field that has a wrong type."""
    if not isinstance(value, Mapping):
        raise UnreadableError(f"holds {_kind(value)} where an article's JSON object should be")
    found = {known: _find(value, known, names.of(known)) for known in USUAL_NAMES}
    text = _string(*found["text"])
    if not text and "text" in names.given:
        raise UnreadableError(f"holds no text in {_listed(names.of('text'))}; its fields are {_listed(value)}")
    return Draft(
        text=text,
        title=_string(*found["title"]),
        published=parse_published(_string(*found["published"], also=(int, float))),
        outlet=_people(*found["outlet"]),
        byline=_people(*found["byline"]),
        url=_string(*found["url"]),
        id=_id(*found["id"]),
    )


def named(fields: Mapping[str, object], name: str) -> object:
    """Return the value of a name, or of one with dots in the objects within: "headline.main"; None if there is none."""
    if name in fields:
        return fields[name]
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return named(within, inner) if inner and isinstance(within, Mapping) else None


def _find(fields: Mapping[str, object], known: str, names: Sequence[str]) -> tuple[str, object]:
    """Return the one of a field's names that holds something and its value; the value is "" if none does."""
    given = ((name, named(fields, name)) for name in names)
    return next(((name, value) for name, value in given if value not in (None, "", [])), (known, ""))


def _listed(names: Iterable[object]) -> str:
    """Return at most MAX_LISTED names, each in quotes."""
    listed = [repr(str(name)[:MAX_ID]) for name in names]
    return ", ".join(listed[:MAX_LISTED] + ["…"] * (len(listed) > MAX_LISTED))


def _string(name: str, value: object, also: tuple[type, ...] = ()) -> str:
    """Return the value as a string; it may be of the types `also` too, but never a boolean."""
    if not isinstance(value, (str, *also)) or isinstance(value, bool):
        raise UnreadableError(f'"{name}" is {_kind(value)}, not a string')
    return str(value)


def _people(name: str, value: object) -> str:
    """Return the names in the value, joined by commas: a string, an object with a "name", or a list of these."""
    entries = value if isinstance(value, list) else [value]
    names = [entry.get("name") if isinstance(entry, Mapping) else entry for entry in entries]
    if not all(isinstance(each, str) for each in names):
        raise UnreadableError(f'"{name}" is {_kind(value)} without a name, not a string, or a list of strings')
    return ", ".join(str(each) for each in names if each)


def _id(name: str, value: object) -> str:
    """Return an explicit id, stripped and in NFC; "" for ""."""
    if value == "":
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise UnreadableError(f'"{name}" is {_kind(value)}, not a string or a whole number')
    stripped = unicodedata.normalize("NFC", str(value).strip())
    if not 1 <= len(stripped) <= MAX_ID or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in stripped):
        raise UnreadableError(
            f'"{name}" is {stripped[:MAX_ID]!r}; give 1 to {MAX_ID} characters, none a control character'
        )
    return stripped


def _kind(value: object) -> str:
    """Return what JSON calls a value of this type, with its article."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
