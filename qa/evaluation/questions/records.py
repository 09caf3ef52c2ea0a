"""JSON read with its place: whatever is wrong is named with file, line or path, and what was expected."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

TYPE_NAMES = {str: "a string", int: "a whole number", list: "a list", dict: "an object", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object and where it stands. `place` is "path:line" or "path: data[0].paragraphs[2]"."""

    place: str
    fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """Return a string field that must be there and not be blank."""
        value = cast(str, self._get(name, str))
        if not value.strip():
            raise self.error(f"{name!r} is blank, expected text")
        return value

    def optional_text(self, name: str) -> str:
        """Return a string field, "" if it is absent or null."""
        return "" if self.fields.get(name) is None else cast(str, self._get(name, str))

    def integer(self, name: str, *, at_least: int) -> int:
        """Return a whole number that is `at_least` or more."""
        value = cast(int, self._get(name, int))
        if value < at_least:
            raise self.error(f"{name!r} is {value}, expected {at_least} or more")
        return value

    def flag(self, name: str) -> bool:
        """Return a true-or-false field, False if it is absent."""
        return cast(bool, self._get(name, bool)) if name in self.fields else False

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings, none of them blank, that must be there; it may be empty."""
        values = cast(list[object], self._get(name, list))
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                raise self.error(f"{name!r}[{index}] is {shown(value)}, expected text")
        return tuple(cast(list[str], values))

    def records(self, name: str) -> list["Record"]:
        """Return a list of objects, each with its own place, that must be there; it may be empty."""
        values = cast(list[object], self._get(name, list))
        joint = "." if ": " in self.place else ": "
        places = [f"{self.place}{joint}{name}[{index}]" for index in range(len(values))]
        return [as_record(place, value) for place, value in zip(places, values, strict=True)]

    def error(self, problem: str) -> ValueError:
        """Return the error to raise: the place, then the problem."""
        return ValueError(f"{self.place}: {problem}")

    def _get(self, name: str, kind: type) -> object:
        if name not in self.fields:
            raise self.error(f"no field {name!r}, expected {TYPE_NAMES[kind]}")
        value = self.fields[name]
        # In Python, True is an int; in JSON it is not a number.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(f"{name!r} is {shown(value)}, expected {TYPE_NAMES[kind]}")
        return value


def read_json(path: Path) -> Record:
    """Return the JSON object that a .json or .json.gz file holds. Raises FileNotFoundError, ValueError."""
    text = "\n".join(lines(path))
    return as_record(str(path), _parse(str(path), text))


def read_jsonl(path: Path) -> list[Record]:
    """Return the objects of a .jsonl or .jsonl.gz file, one a line; blank lines are allowed, an empty file is not."""
    records = []
    for number, line in enumerate(lines(path), start=1):
        if line.strip():
            place = f"{path}:{number}"
            records.append(as_record(place, _parse(place, line)))
    if not records:
        raise ValueError(f"{path}: empty, expected one JSON object a line")
    return records


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 text file, gzipped if its name ends in .gz, without their line ends."""
    zipped = path.suffix == ".gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") if zipped else path.open(encoding="utf-8-sig") as file:
        try:
            for line in file:
                yield line.rstrip("\r\n")
        except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
            expected = "gzipped UTF-8 text" if zipped else "UTF-8 text"
            raise ValueError(f"{path}: {error}; expected {expected}") from error


def check_unique(kind: str, ids: Iterable[tuple[str, str]]) -> None:
    """Take (id, place) pairs and raise a ValueError that names both places of an id that comes twice."""
    places: dict[str, str] = {}
    for id_, place in ids:
        if id_ in places:
            raise ValueError(f"{place}: {kind} id {id_!r} was used before, at {places[id_]}; expected unique ids")
        places[id_] = place


def as_record(place: str, value: object) -> Record:
    """Return a JSON value as a record; raises ValueError unless it is an object."""
    if isinstance(value, dict):
        return Record(place, value)
    raise ValueError(f"{place}: {shown(value)}, expected an object")


def shown(value: object) -> str:
    """Return a JSON value as it stands in a message: at most 60 characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _parse(place: str, text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ValueError(f"{place}: not JSON ({error}), expected a JSON object") from error
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return one JSON object's fields; json itself would keep the last of two equal names and say nothing."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} comes twice in one object, expected it once")
    return fields
