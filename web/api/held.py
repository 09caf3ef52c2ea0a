"""What the archive holds, as JSON: articles, lists of them, and counts."""

from typing import Annotated

from pydantic import Field

from web.api.made_with import Made
from web.api.places import ArticleHead, Probability
from web.definitions import Definition


class Article(ArticleHead, Made):
    """An article with its text."""

    text: str
    """Its only text, in Unicode NFC: every offset is one in it."""


class Articles(Made):
    """Articles, newest first, the undated last."""

    articles: list[ArticleHead]
    """The articles of this part of the list."""

    cursor: str | None
    """What to send for the next ones; null if there are none."""


class Copies(Made):
    """The copies of an article, which say nearly the same."""

    article: str
    """The id of the article that the copies are of."""

    copies: list[ArticleHead]
    """The articles that are copies of it, oldest first, a hundred at most."""

    count: Annotated[int, Field(ge=0)]
    """How many copies the article has."""


class OutletCount(Definition):
    """How many articles an outlet has."""

    outlet: str | None
    """The name of the outlet; null for the articles whose outlet is unknown."""

    articles: Annotated[int, Field(ge=1)] | None
    """How many articles it has; null where the archive does not count them."""


class ConfidenceWord(Definition):
    """A word for a confidence, and what it was measured to mean with these readers, on questions kept apart for it."""

    word: str
    """The word, as the page shows it."""

    percent: Annotated[int, Field(ge=0, le=100)]
    """The least whole percentage that it stands for; it goes up to the word before it."""

    right: Probability | None
    """The share of first answers beside it that were right; null if that was not measured, or on too few."""

    answers: Annotated[int, Field(ge=0)] | None
    """How many first answers that share was measured on; null if it was not measured."""


class Info(Made):
    """What the archive holds, of whom and of when; null is what it does not count."""

    articles: Annotated[int, Field(ge=0)]
    """How many articles."""

    passages: Annotated[int, Field(ge=0)]
    """How many passages these have."""

    outlets: list[OutletCount]
    """Whose they are, the most first."""

    first: str | None
    """The first day covered, 2022-10-19."""

    last: str | None
    """The last day covered."""

    undated: int | None
    """How many articles have no date."""

    words: list[ConfidenceWord]
    """The words that people are told for a confidence, the highest first."""
