"""Read results back from the JSON that `write_results` wrote."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from qa.evaluation.questions.records import as_record, read_json, shown
from qa.evaluation.results.results import FORMAT, FORMAT_VERSION, Results


def read_results(path: Path) -> Results:
    """Return the results in a JSON file. Fields it does not know are left alone.

    Raises FileNotFoundError, and ValueError naming file, place and what was expected: not JSON, not results, another
    version of the format, a missing or mistyped field, values that are not one a question.
    """
    file = read_json(path)
    if file.fields.get("format") != FORMAT or file.fields.get("format_version") != FORMAT_VERSION:
        found = shown([file.fields.get("format"), file.fields.get("format_version")])
        raise file.error(
            f"format and format_version are {found}, expected {shown([FORMAT, FORMAT_VERSION])}; write the file again "
            "with: pressmark evaluate ... --json FILE"
        )
    results = cast(Results, _load(f"{path}: results", Results, file.fields))
    for measure, values in results.values.items():
        if len(values) != len(results.questions):
            raise file.error(f"{len(values)} values of {measure!r}, expected one for each of {len(results.questions)}")
    return results


def _load(place: str, kind: Any, value: object) -> object:
    """Return a JSON value as the type that a dataclass field declares."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _load_dataclass(place, kind, value)
    if origin is UnionType:
        return None if value is None else _load(place, inner[0], value)
    if origin is tuple and isinstance(value, list):
        return tuple(_load(f"{place}[{index}]", inner[0], item) for index, item in enumerate(value))
    if origin is Mapping and isinstance(value, dict):
        return {_key(place, inner[0], key): _load(f"{place}.{key}", inner[1], item) for key, item in value.items()}
    return _load_plain(place, origin or kind, value)


def _load_dataclass(place: str, kind: Any, value: object) -> object:
    record = as_record(place, value)
    types = get_type_hints(kind)
    loaded = {}
    for item in fields(kind):
        if item.name in record.fields:
            loaded[item.name] = _load(f"{place}.{item.name}", types[item.name], record.fields[item.name])
        elif item.default is MISSING and item.default_factory is MISSING:
            raise record.error(f"no field {item.name!r}")
    return kind(**loaded)


def _load_plain(place: str, kind: type, value: object) -> object:
    if isinstance(value, str) and issubclass(kind, StrEnum) and value in list(kind):
        return kind(value)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind in (str, int) and type(value) is kind:
        return value
    expected = " or ".join(kind) if issubclass(kind, StrEnum) else kind.__name__.lower()
    raise ValueError(f"{place}: {shown(value)}, expected {expected}")


def _key(place: str, kind: type, key: str) -> object:
    if kind is int and not (key.isascii() and key.isdigit()):
        raise ValueError(f"{place}: the key {key!r}, expected a whole number")
    return kind(key)
