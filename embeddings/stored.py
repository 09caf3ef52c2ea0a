"""What goes into the database and comes out of it, besides articles and passages."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

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


def with_vectors(
    articles: Sequence[Article], parts: Sequence[Sequence[Passage]], vectors: Sequence[Vectors]
) -> list[Prepared]:
    """Return articles with their passages and the rows of `vectors` that are theirs: one a passage, in this order."""
    if not articles or not vectors:
        return [Prepared(article, (), np.zeros((0, 0), dtype=np.float32)) for article in articles]
    ends = np.cumsum([len(part) for part in parts])[:-1]
    rows = np.split(np.concatenate(vectors), ends)
    return [Prepared(*each) for each in zip(articles, parts, rows, strict=True)]


def digest(article: Article) -> str:
    """Return a hash of all that an article says, so that added, changed and unchanged can be told apart."""
    fields = [value or "" for value in astuple(article)[:-1]]  # all but the source
    return hashlib.sha256("\x1f".join(fields).encode("utf-8", "surrogatepass")).hexdigest()
