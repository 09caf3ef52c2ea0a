"""What goes into the database and comes out of it, besides articles and passages."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from embeddings.types import Article, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with its passages and their vectors, shape (passages, dimension): what is stored together."""

    article: Article
    passages: Sequence[Passage]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stored article was read, and the digest of what it says."""

    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored article without its text; the fields are those of `Article`."""

    id: str
    title: str
    published: str
    outlet: str
    byline: str
    url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file was like when its articles were read: bytes, time in nanoseconds, and the way of reading.

    `id` is the id of a file with one article; `articles` says how many it held.
    """

    path: str
    id: str
    size: int
    modified: int
    articles: int
    reading: str


def digest(article: Article) -> str:
    """Return a hash of all that an article says, so that added, changed and unchanged can be told apart."""
    fields = [value or "" for value in astuple(article)[:-1]]  # all but the source
    return hashlib.sha256("\x1f".join(fields).encode("utf-8", "surrogatepass")).hexdigest()
