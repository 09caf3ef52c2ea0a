"""What objects and lists wrap: the string in an object, the paragraphs in an editor's document."""

from collections.abc import Iterator, Mapping

MAX_DEPTH = 8
"""Lists within each other in which names and paragraphs are looked for."""

_WITHIN = (
    "rendered", "main", "original", "text", "html", "plain", "value", "#text", "@value", "body", "content", "$date",
    "data", "$oid", "$numberLong", "@id", "default", "en",
)  # fmt: skip
_CHILDREN = ("content", "children", "nodes", "blocks", "paragraphs")
_KINDS = ("type", "nodeType", "_type", "object")
_INLINE = frozenset(
    ("", "text", "span", "leaf", "link", "hyperlink", "a", "inline", "strong", "em", "emphasis", "mention")
)
_WHOLE = frozenset(("", "doc", "document", "root", "article"))


def inner(value: object, depth: int = 0) -> object:
    """Return the string or number that an object wraps, else the value itself."""
    if not isinstance(value, Mapping) or depth > 3:
        return value
    within = (inner(value[name], depth + 1) for name in _WITHIN if name in value)
    return next((each for each in within if isinstance(each, str | int | float)), value)


def paragraphs(value: object, depth: int = 0) -> Iterator[object]:
    """Yield the paragraphs in a list, in lists in it, and in what editors store; else the value itself.

    ProseMirror, Slate, Contentful and Sanity write a paragraph as an object with a list of its pieces.
    """
    below = value if isinstance(value, list) else _children(value)
    if below is None or depth == MAX_DEPTH:
        yield value
    elif isinstance(value, Mapping) and _kind(value) not in _WHOLE and all(map(_is_inline, below)):
        yield "".join(_pieces(below))
    else:
        for each in below:
            yield from paragraphs(each, depth + 1)


def _children(value: object) -> list[object] | None:
    """Return the list of what an object is made of; None if it wraps a string, or nothing."""
    if not isinstance(value, Mapping) or isinstance(inner(value), str | int | float):
        return None
    return next((value[name] for name in _CHILDREN if isinstance(value.get(name), list) and value[name]), None)


def _kind(value: Mapping[str, object]) -> str:
    return next((kind for name in _KINDS if isinstance(kind := value.get(name), str)), "")


def _is_inline(value: object) -> bool:
    """Return whether a value is a piece of a line: a run of letters in one style, or a link."""
    return isinstance(value, Mapping) and _kind(value) in _INLINE


def _pieces(values: list[object], depth: int = 0) -> Iterator[str]:
    """Yield the letters in pieces of a line."""
    for value in values:
        below = _children(value) if depth < MAX_DEPTH else None
        if below is not None:
            yield from _pieces(below, depth + 1)
        elif isinstance(found := inner(value), str):
            yield found
