"""The fields of one object, found by any of their usual names."""

import re
from collections.abc import Callable, Iterator, Mapping

from embeddings.dates import parse_published
from embeddings.files.drafts import UnreadableError
from embeddings.files.fields import values
from embeddings.files.fields.names import USUAL, FieldNames, keys_by_field

MIN_TEXT = 40
"""Characters of a field that may be an article's text, when the person is told which it might be."""

_DATED = re.compile(r"date|time|creat|publi|posted|issued|updated|modified", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d|\d{10}")


class Fields:
    """The fields of one object, found by any of their usual names."""

    def __init__(self, value: Mapping[str, object], names: FieldNames) -> None:
        self._value = value
        self._given = names.given
        self._keys = keys_by_field(tuple(value))

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def named(self, known: str) -> Iterator[tuple[str, object]]:
        """Yield the names of a field that hold something, and what they hold; those given first."""
        for name in self._given.get(known, ()):
            if not values.is_nothing(value := named(self._value, name)):
                yield name, value
        for name in self._keys[known]:
            if not values.is_nothing(value := self._value[name]):
                yield name, value

    def plain(self, known: str) -> str:
        """Return the first value of a field that is a text or a number, as it is written; "" if none is."""
        found = (value for _, value in self.named(known) if isinstance(value, str | int | float))
        return next((str(value).strip() for value in found if not isinstance(value, bool)), "")

    def states_no_text(self) -> bool:
        """Return whether a text is there and holds no character."""
        return any(isinstance(each := self._value[name], str) and not each.strip() for name in self._keys["text"])

    def first(self, known: str, read: Callable[[str, object, list[str]], str], what: str, notes: list[str]) -> str:
        """Return the first value of a field that can be read; "" if none can, and a note if that is odd."""
        odd = ""
        for name, value in self.named(known):
            try:
                found = read(name, value, notes)
            except UnreadableError as error:
                odd = odd or f"without {what}: {error}"
                continue
            if found:
                return found
        notes += [odd] if odd else []
        return ""

    def name_of_another_date(self) -> str:
        """Return the name of a field that is called like a date and holds one; "" if none does."""
        likely = (
            (name, str(value))
            for name, value in self._value.items()
            if isinstance(name, str) and _DATED.search(name) and isinstance(value, str | int)
        )
        return next((name for name, value in likely if _YEAR.search(value) and parse_published(value)), "")

    def name_of_longest(self) -> str:
        """Return the name of the field that holds the most characters; "" if none holds a sentence."""
        lengths = {name: len(value) for name, value in self._value.items() if isinstance(value, str)}
        name = max(lengths, key=lengths.__getitem__, default="")
        return name if lengths.get(name, 0) >= MIN_TEXT else ""


def holds_text(value: object, names: FieldNames = USUAL) -> bool:
    """Return whether a value is an object with a field that is called as texts are, and that holds something."""
    return isinstance(value, Mapping) and any(True for _ in Fields(value, names).named("text"))


def named(fields: Mapping[str, object], name: str) -> object:
    """Return the value of a name, or of one with dots in the objects within: "headline.main"; None if there is none."""
    if name in fields:
        return fields[name]
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return named(within, inner) if inner and isinstance(within, Mapping) else None


def unwrapped(value: Mapping[str, object], names: FieldNames) -> Mapping[str, object]:
    """Return an object with the fields of the one object within it that holds the text, if it holds none itself."""
    if holds_text(value, names):
        return value
    within = [name for name, each in value.items() if holds_text(each, names)]
    if len(within) != 1 or not isinstance(inner := value[within[0]], Mapping):
        return value
    return {**{name: each for name, each in value.items() if name != within[0]}, **inner}
