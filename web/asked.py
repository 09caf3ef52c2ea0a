"""What may be asked, in an address or a body: questions, one or many, and of which articles."""

from typing import Annotated

from pydantic import AfterValidator, Field

from embeddings.archives import Position
from embeddings.types import Filter
from qa.differing import ORDERS
from qa.limits import MAX_QUESTION, check_question
from web.definitions import Definition
from web.fields import MOST_LISTED, Articles, Count, Cursor, Day, InOrder, LastDay, Listed, Outlets

EXAMPLE = "What was signed with Morocco?"
"""A question that the seed articles answer."""


class Question(Definition):
    """What is asked."""

    question: Annotated[str, AfterValidator(check_question)] = Field(
        examples=[EXAMPLE], json_schema_extra={"minLength": 1, "maxLength": MAX_QUESTION}
    )
    """A question in plain English; it holds a letter or digit."""

    k: Count = Field(None, examples=[10])
    """The number of passages to look through; if it is left out, that of the settings."""


class Scope(Definition):
    """Which articles are meant; what is left out, null or blank restricts nothing."""

    published_from: Day = Field(None, alias="from", examples=["2022-10"])
    """Only articles published on or after: 2022, 2022-10 or 2022-10-19."""

    published_to: LastDay = Field(None, alias="to", examples=["2022-12-31"])
    """Only articles published on or before, written like that."""

    outlet: Outlets = Field(None, examples=["Azernews"])
    """Only articles of this outlet, or of these."""

    article: Articles = Field(None, examples=["004_802d376f4d3385fe"])
    """Only the article of this id, or of these, 100 at most."""

    @property
    def only(self) -> Filter:
        """The filter that lets these articles through."""
        return Filter(
            self.published_from or "", self.published_to or "", tuple(self.outlet or ()), tuple(self.article or ())
        )


class Searching(Scope, Question):
    """A question, and what it is asked of."""


class Asking(Searching):
    """A question, what it is asked of, and how its answers are to stand."""

    order: InOrder = Field(ORDERS[0], examples=["date"])
    """What answers are ordered by: confidence, the highest first, or date, the oldest article first."""


class Listing(Scope):
    """Which articles to list, and how many at once."""

    count: Listed = Field(MOST_LISTED // 10, ge=1, le=MOST_LISTED)
    """How many articles at once."""

    cursor: Cursor = None
    """Where the last list ended: its cursor."""

    @property
    def behind(self) -> Position | None:
        """Where the list begins."""
        return Position(*map(int, self.cursor.split("-"))) if self.cursor else None


class Copies(Definition):
    """Of which article the copies are asked for."""

    article: str = Field(examples=["004_802d376f4d3385fe"], json_schema_extra={"minLength": 1})
    """Its id."""


class Batch(Definition):
    """Several questions, each as it is asked alone."""

    questions: list[Asking] = Field(min_length=1, max_length=100)
    """1 to 100 objects, each with a question."""
