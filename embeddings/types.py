"""The nouns of the archive: articles, the passages in them, and the hits of a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Unit vectors, float32, shape (texts, dimension)."""

Offsets = NDArray[np.int64]
"""Half-open character ranges, int64, shape (ranges, 2), ascending."""


@dataclass(frozen=True, slots=True)
class Article:
    """One news article. `text` is its only text, in Unicode NFC; every offset is a character offset in it.

    `published` is an ISO 8601 date in the precision it came with: "2022-10-19", "2022-10", "2022", or "" if unknown.
    `outlet` and `byline` are "" and `url` is None if unknown. `source` says where it was read: the file's path, and for
    a file of many articles "path#line".
    """

    id: str
    text: str
    title: str
    published: str = ""
    outlet: str = ""
    byline: str = ""
    url: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open character range [start, end) in `article.text`."""

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters of the span, verbatim."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Passage(Span):
    """A contiguous slice of one article: what is embedded, searched and read."""

    @property
    def id(self) -> str:
        """The passage's public name, unique in an archive; breaks ties between equal scores."""
        return f"{self.article.id}@{self.start}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. `rank` starts at 1; `score` orders the hits of one question, higher is better."""

    passage: Passage
    score: float
    rank: int


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """What an archive remembers of its encoder: two encoders with one name give the same vectors."""

    @property
    def dimension(self) -> int:
        """The length of one vector."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, float32, shape (len(texts), dimension)."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a question, float32, shape (len(texts), dimension)."""

    def token_offsets(self, text: str) -> Offsets:
        """Return the character range of each word piece of a text of any length, special tokens left out."""
