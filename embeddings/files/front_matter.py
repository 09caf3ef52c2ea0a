"""The fields before a Markdown text: YAML between "---", TOML between "+++"; the only import of yaml."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

MAX_CHARACTERS = 100_000
"""Characters of front matter; more is no front matter, and stays in the text."""

MAX_DEPTH = 20
"""Lists and mappings within each other; deeper ones are not read."""

_YAML = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n+|\Z)", re.DOTALL)
_FIELD_LINE = re.compile(r"\s*(?:#|-|\Z)|\s+\S|[^\s:=][^:=]{0,60}[:=](?:\s|\Z)")
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?\n)?\+\+\+[ \t]*(?:\n+|\Z)", re.DOTALL)


def front_matter(text: str) -> tuple[dict[str, object], tuple[str, ...], str]:
    """Return the fields that a clean text begins with, what is to be said of them, and the text after them.

    Every value of YAML stays text, as it is written: a title such as "No" or "1984" is no boolean and no number.
    """
    for form, read in ((_YAML, _yaml), (_TOML, _toml)):
        match = form.match(text)
        if match is not None and match.end() <= MAX_CHARACTERS:
            inner = match[1] or ""
            if (fields := read(inner)) is not None:
                return fields, (), text[match.end() :]
            if all(map(_FIELD_LINE.match, inner.splitlines())):
                return _lines(inner), ("with front matter that is no valid YAML or TOML",), text[match.end() :]
    return {}, (), text


def _yaml(lines: str) -> dict[str, object] | None:
    """Return the fields in YAML; None if it is no mapping or refers to parts of itself, which might explode."""
    import yaml

    loader = yaml.BaseLoader(lines)
    try:
        depth = 0
        while loader.check_event():
            event = loader.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
                return None
        found = yaml.load(lines, Loader=yaml.BaseLoader)  # it makes strings, lists and dicts only
    except (yaml.YAMLError, ValueError, TypeError):
        return None
    finally:
        loader.dispose()
    return _texts(found) if isinstance(found, dict) else {} if not lines.strip() else None


def _toml(lines: str) -> dict[str, object] | None:
    """Return the fields in TOML; None if it is none."""
    try:
        return _texts(tomllib.loads(lines))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _texts(fields: Mapping[Any, Any]) -> dict[str, object]:
    """Return the fields with dates as they are written."""
    return {
        str(name): value.isoformat() if isinstance(value, date | datetime) else value for name, value in fields.items()
    }


def _lines(lines: str) -> dict[str, object]:
    """Return the fields of lines such as "title: Plan: the wall", which many write and YAML does not allow."""
    parts = (line.partition(":") for line in lines.splitlines() if line[:1].isalpha())
    return {key.strip(): value.strip().strip("\"'") for key, colon, value in parts if colon}
