"""The nouns of the archive: articles, the passages in them, and the hits of a search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.dates import FIRST_DAY, LAST_DAY, day_number, earliest, latest

Vectors = NDArray[np.float32]
"""Unit vectors, float32, shape (texts, dimension)."""

Numbers = NDArray[np.int64]
"""Numbers of passages, int64, shape (passages,)."""

Offsets = NDArray[np.int64]
"""Half-open character ranges, int64, shape (ranges, 2), ascending."""


@dataclass(frozen=True, slots=True)
class Article:
    """One news article. `text` is its only text, in Unicode NFC; every offset is a character offset in it.

    `published` is an ISO 8601 date in the precision it came with: "2022-10-19", "2022-10", "2022", or "" if unknown.
    `outlet` and `byline` are "" and `url` is None if unknown. `source` says where it was read: the file's path, for a
    file of many articles "path#line", and in a zip as if the zip were a folder; `read_from` says the same from the
    folder on that was given, and never names what is above it. `version` says which version it is where its date does
    not: see `rank_of`; `collection` is the batch that it came with, and `given_id` the id that its newsroom gave it, if
    that is not `id`. `pages` says which printed page each part stands on, see `embeddings.printed_pages`, `language` is
    the code of the language it is in, see `embeddings.languages`, and `embargo` the moment, in UTC, before which
    nothing of it may be shown. Each of these is "" if there is none, or it is not known.
    """

    id: str
    text: str
    title: str
    published: str = ""
    outlet: str = ""
    byline: str = ""
    url: str | None = None
    source: str = ""
    version: str = field(default="", compare=False)
    collection: str = ""
    read_from: str = ""
    given_id: str = field(default="", compare=False)
    pages: str = ""
    language: str = field(default="", compare=False)
    embargo: str = ""

    @property
    def days(self) -> tuple[int, int]:
        """The first and last day it may have been published, as numbers that order: 20221001, 20221031 for "2022-10".

        An undated article gets a range that no filter's range meets.
        """
        if not self.published:
            return LAST_DAY + 1, FIRST_DAY - 1
        return day_number(earliest(self.published)), day_number(latest(self.published))


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
    """A contiguous slice of one article: what is embedded, searched and read.

    `family`: the number that its article and the copies of it have in common; None in an archive that knows of none.
    """

    family: int | None = field(default=None, compare=False)

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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles a search may return; "" and no names restrict nothing, of several names any one will do.

    Dates are ISO in any precision ("2022", "2022-10", "2022-10-19") and bound an inclusive range of days. An article
    dated to a month or a year is let through if it may have been published in the range; an undated one is not.

    Raises:
        ValueError: if the range is empty.
        TypeError: if `outlets` or `articles` is one name, which would be a filter by its letters.
    """

    published_from: str = ""
    published_to: str = ""
    outlets: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Their ids."""

    def __post_init__(self) -> None:
        for name, given in (("outlets", self.outlets), ("articles", self.articles)):
            if isinstance(given, str):
                raise TypeError(f"{name} is {given!r}; give names, as in Filter({name}=({given!r},))")
        if self.days and self.days[0] > self.days[1]:
            raise ValueError(
                f"the dates are the wrong way round: from {self.published_from} is after to {self.published_to}; "
                "swap them"
            )

    @property
    def days(self) -> tuple[int, int] | None:
        """The first and last day let through, as numbers that order; None if any date, or none, will do.

        It lets an article through if the two ranges of days meet.
        """
        if not self.published_from and not self.published_to:
            return None
        first = day_number(earliest(self.published_from)) if self.published_from else FIRST_DAY
        last = day_number(latest(self.published_to)) if self.published_to else LAST_DAY
        return first, last


NO_FILTER = Filter()
"""Every article."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one leg of a search found: passage numbers, int64, and scores, float32, both shape (found,), best first."""

    numbers: Numbers
    scores: NDArray[np.float32]

    @classmethod
    def empty(cls) -> "Ranking":
        """Nothing found."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


class Allowed:
    """The passages that a filter lets through: `mask`, bool, by passage number, and how many that are."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self.mask = mask
        self.count = int(np.count_nonzero(mask))

    @property
    def numbers(self) -> Numbers:
        """The numbers let through, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def bits(self) -> NDArray[np.uint8]:
        """The mask with eight passages a byte, the first one in the lowest bit."""
        return np.packbits(self.mask, bitorder="little")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an archive holds."""

    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of which archive an index holds."""

    archive: str
    generation: int


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


class DamagedError(ValueError):
    """A file of the archive holds what it should not. The message names the file and the cure."""
