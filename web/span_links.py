"""Links to words in their article, and what became of the words since: they carry a hash of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from embeddings.types import Article, Span
from qa.evidence import hash_of

PLACES = 300_000
"""Places of a text that are looked through for words that moved: a fraction of a second."""

CHARACTERS = 50_000_000
"""Characters that are hashed for it, at most: for very long words, fewer places are looked through."""


class Standing(StrEnum):
    """What became of the words that a link leads to."""

    HERE = "here"
    MOVED = "moved"
    GONE = "gone"
    UNCHECKED = "unchecked"
    """The link is of an older kind, without a hash."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Where the words of a link stand now, None if they do not, and what became of them."""

    span: Span | None
    standing: Standing


def span_path(span: Span) -> str:
    """Return the path of the page that shows an article with a span marked in it; "/" in an id is quoted, too."""
    place = f"start={span.start}&end={span.end}&hash={hash_of(span.text)}"
    return f"/articles/{quote(span.article.id, safe='')}?{place}"


def followed(article: Article, start: int, end: int, digits: str) -> Linked:
    """Return where the words that once were [start, end) of an article stand now, by the digits of their hash.

    Without digits they are taken to stand where they were; the offsets must be in the text then.
    """
    if not digits:
        return Linked(Span(article, start, end), Standing.UNCHECKED)
    size = end - start
    for place in _places(start, len(article.text) - size, size):
        if hash_of(article.text[place : place + size]) == digits:
            return Linked(Span(article, place, place + size), Standing.HERE if place == start else Standing.MOVED)
    return Linked(None, Standing.GONE)


def _places(start: int, last: int, size: int) -> Iterator[int]:
    """Yield the places from 0 to last, the nearest to start first, as many as are looked through."""
    most = min(PLACES, CHARACTERS // size)
    near = min(start, max(last, 0))
    if near <= last:
        yield near
    for distance in range(1, most):
        before, behind = near - distance, near + distance
        if before < 0 and behind > last:
            return
        if before >= 0:
            yield before
        if behind <= last:
            yield behind
