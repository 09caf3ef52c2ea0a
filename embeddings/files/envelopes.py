"""Where articles stand in a JSON object that holds several: an interface's answer, an export, a page's graph."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from embeddings.files.agencies.ninjs import is_ninjs
from embeddings.files.drafts import UnreadableError
from embeddings.files.fields.names import FieldNames, canonical
from embeddings.files.fields.objects import holds_text, unwrapped
from embeddings.plural import plural

MAX_NESTING = 3
"""Objects within each other in which a list of articles is looked for."""

_TITLES = frozenset(("title", "webtitle", "headline"))
_LINKS = frozenset(("url", "weburl", "link", "id"))


@dataclass(frozen=True, slots=True)
class _List:
    """Objects that stand together under a key, the keys to it with dots between."""

    key: str
    entries: list[Any]


def listed(value: object, names: FieldNames) -> list[Any] | None:
    """Return the articles that an object holds; None if it is one itself, or holds none that can be told.

    They are what stands under "articles", or else every list of objects with texts, at most MAX_NESTING objects deep;
    of several those with titles: others may be comments, which are returned as errors that name them. Objects by keys
    are a list, too: the key is the id of one that has no other. What a page states of itself stands under "@graph".

    Raises:
        UnreadableError: if there are several such lists, and none has titles.
    """
    if not isinstance(value, dict) or is_ninjs(value) or holds_text(value, names):
        return None
    if (given := _entries(value.get("articles"), names)) is not None:
        return given
    found = [each for each in _lists_within(value, names, MAX_NESTING) if _holds_articles(each, names)]
    keyed = _keyed(value, names)
    if not found:
        return keyed
    with_titles = [each for each in found if any(_TITLES & _keys(entry) or is_ninjs(entry) for entry in each.entries)]
    if len(found) > 1 and not with_titles:
        keys = ", ".join(repr(each.key) for each in found)
        raise UnreadableError(f"holds several lists with texts, {keys}; write those that are articles to a file alone")
    taken = with_titles if len(found) > 1 else found
    left = [_left_out(each) for each in found if each not in taken]
    return [entry for each in taken for entry in _articles(each, names)] + left


def _articles(found: _List, names: FieldNames) -> list[Any]:
    """Return the objects of a list; of the things on a page those with a text."""
    return [entry for entry in found.entries if found.key != "@graph" or holds_text(entry, names)]


def _left_out(found: _List) -> UnreadableError:
    count = plural(len(found.entries), "object")
    return UnreadableError(f"is {count} without titles under {found.key!r}, taken for no articles: give them titles")


def _lists_within(value: Mapping[str, Any], names: FieldNames, depth: int, above: str = "") -> Iterator[_List]:
    """Yield the lists of objects in an object, and in the objects in it."""
    for key, each in value.items():
        entries = _entries(each, names)
        if entries is not None and any(isinstance(entry, dict) for entry in entries):
            yield _List(f"{above}{key}", entries)
        elif isinstance(each, dict) and depth:
            yield from _lists_within(each, names, depth - 1, f"{above}{key}.")


def _entries(value: object, names: FieldNames) -> list[Any] | None:
    """Return what a list holds, or an object that holds articles by keys; None for another value."""
    return list(value) if isinstance(value, list) else _keyed(value, names) if isinstance(value, dict) else None


def _keyed(value: Mapping[str, Any], names: FieldNames) -> list[Any] | None:
    """Return the articles that an object holds by their keys, with these as ids; None if they are none.

    All of two or more values are objects then, and most have a text and a title.
    """
    entries = [each for each in value.values() if isinstance(each, dict)]
    whole = [each for each in entries if _TITLES & _keys(each) and holds_text(each, names)]
    if len(entries) < max(2, len(value)) or 2 * len(whole) <= len(entries):
        return None
    if all(re.fullmatch("[0-9]{1,9}", key) for key in value) and {*map(int, value)} <= {*range(len(value) + 1)}:
        return entries  # places in a list, no ids
    return [each if "id" in _keys(each) else {"id": key, **each} for key, each in value.items()]


def _holds_articles(found: _List, names: FieldNames) -> bool:
    """Return whether an object in a list seems to be an article: it holds a text, or has a title and a link."""
    return any(
        is_ninjs(entry)
        or (_TITLES & _keys(entry) and _LINKS & _keys(entry))
        or holds_text(unwrapped(entry, names), names)
        for entry in found.entries
        if isinstance(entry, dict)
    )


def _keys(entry: object) -> set[str]:
    return {canonical(key) for key in entry} if isinstance(entry, dict) else set()
