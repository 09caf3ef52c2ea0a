"""Which printed page each part of an article stands on, and how far it can be trusted there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from embeddings.types import Span


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A half-open character range [start, end) of an article's text, and the page of its file that it stands on.

    `number` is 1 for the first page, whatever is printed there. `doubtful`: the order in which its columns are to be
    read could not be told. `recognised`: it was read by machine from a picture, with this mean confidence of the
    engine in its words, in [0, 1]: 0 where it is not known, for another program read it; None where it was not.
    """

    number: int
    start: int
    end: int
    doubtful: bool = False
    recognised: float | None = None


def pages_to_text(pages: Sequence[PrintedPage]) -> str:
    """Return pages as `Article.pages` has them, "" for none: JSON, one list a page, its fields in their order."""
    rows = [[page.number, page.start, page.end, int(page.doubtful), page.recognised] for page in pages]
    return json.dumps(rows, separators=(",", ":")) if rows else ""


@lru_cache(64)
def pages_from_text(text: str) -> tuple[PrintedPage, ...]:
    """Return the pages that `pages_to_text` wrote, in the order of their ranges."""
    rows = json.loads(text) if text else []
    return tuple(
        PrintedPage(number, start, end, bool(doubtful), recognised) for number, start, end, doubtful, recognised in rows
    )


def page_of(span: Span) -> PrintedPage | None:
    """Return the page that a span begins on, with the doubts of all that it touches; None if its article has none.

    Of several confidences of a machine the least counts.
    """
    touched = [page for page in pages_from_text(span.article.pages) if page.start < span.end and span.start < page.end]
    if not touched:
        return None
    recognised = [page.recognised for page in touched if page.recognised is not None]
    first = touched[0]
    doubtful = any(page.doubtful for page in touched)
    return PrintedPage(first.number, first.start, first.end, doubtful, min(recognised, default=None))
