"""What may be asked: each definition checks requests, and is told in the endpoint's document as it stands."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from embeddings.archives import Position
from embeddings.dates import parse_filter_date
from embeddings.types import Filter
from qa.feedback import Verdict
from qa.limits import MAX_ARTICLES, MAX_K, MAX_QUESTION, check_articles, check_k, check_outlets, check_question

MOST_LISTED = 1_000
"""Articles that one list has, at most."""

EXAMPLE = "What was signed with Morocco?"
"""A question that the seed articles answer."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a check must know beside the value: what is in the archive, and whether it stands in an address, as text."""

    outlets: Callable[[], Collection[str]]
    """The names of all outlets."""

    articles: Callable[[Sequence[str]], Collection[str]]
    """Those of some ids that are an article's."""

    in_address: bool


class Definition(BaseModel):
    """An object with these fields and no others; none is of another type than it says."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _known(info: ValidationInfo) -> Known:
    return cast("Known", info.context)


def _whole_number(value: object, info: ValidationInfo) -> object:
    """Return k, checked; what is neither a number nor one in an address pydantic says."""
    if isinstance(value, str) and not value.strip() and _known(info).in_address:
        return None
    if type(value) is int or (isinstance(value, str) and _known(info).in_address):
        return check_k(value)
    return value


def _day(value: str | None) -> str | None:
    return parse_filter_date(value.strip()) if value and value.strip() else None


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _outlets(names: list[str] | None, info: ValidationInfo) -> list[str] | None:
    stripped = [name.strip() for name in names or () if name.strip()]
    return list(check_outlets(stripped, _known(info).outlets())) if stripped else None


def _articles(ids: list[str] | None, info: ValidationInfo) -> list[str] | None:
    given = [article for article in ids or () if article]
    return list(check_articles(given, _known(info).articles(given[:MAX_ARTICLES]))) if given else None


def _range_of(value: str | None, info: ValidationInfo) -> str | None:
    """Return the last day, checked against the first one: what is wrong is told of `from`."""
    try:
        Filter(info.data.get("published_from") or "", value or "")
    except ValueError as error:
        raise PydanticCustomError("wrong", "{said}", {"said": str(error), "field": "from"}) from error
    return value


_DAY = r"^\s*([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?\s*$"


def _count(value: object, info: ValidationInfo) -> object:
    """Return how many are asked for, checked; what is neither a number nor one in an address pydantic says."""
    in_address = isinstance(value, str) and _known(info).in_address
    if in_address and not str(value).strip():
        return MOST_LISTED // 10
    if type(value) is int or in_address:
        text = str(value).strip()
        if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_LISTED:
            raise ValueError(f"count is {text[:40]!r}; send a whole number from 1 to {MOST_LISTED}")
        return int(text)
    return value


def _position(value: str | None) -> str | None:
    if value and not re.fullmatch("[0-9]{1,9}-[0-9]{1,18}", value):
        raise ValueError(f"{value[:40]!r} is no cursor; send one as a list gave it, or none for the first articles")
    return value or None


def _number(value: object) -> int:
    text = str(value).strip()
    if not re.fullmatch("[0-9]{1,15}", text):
        raise ValueError(f"{text[:40]!r} is no whole number; say it below an answer of the page, asked again")
    return int(text)


def _verdict(value: str) -> str:
    if value not in {*Verdict, UNDO}:
        raise ValueError(f"{value[:40]!r} is no verdict; send {', '.join(Verdict)} or {UNDO}")
    return value


Day = Annotated[Annotated[str, Field(json_schema_extra={"pattern": _DAY})] | None, AfterValidator(_day)]
Names = Annotated[list[str] | None, BeforeValidator(_as_list, json_schema_input_type=list[str] | str | None)]
Count = Annotated[Annotated[int, Field(ge=1, le=MAX_K)] | None, BeforeValidator(_whole_number)]


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

    published_to: Annotated[Day, AfterValidator(_range_of)] = Field(None, alias="to", examples=["2022-12-31"])
    """Only articles published on or before, written like that."""

    outlet: Annotated[Names, AfterValidator(_outlets)] = Field(None, examples=["Azernews"])
    """Only articles of this outlet, or of these."""

    article: Annotated[Names, AfterValidator(_articles)] = Field(None, examples=["004_802d376f4d3385fe"])
    """Only the article of this id, or of these, 100 at most."""

    @property
    def only(self) -> Filter:
        """The filter that lets these articles through."""
        return Filter(
            self.published_from or "", self.published_to or "", tuple(self.outlet or ()), tuple(self.article or ())
        )


UNDO = "undo"
"""The verdict that takes one back."""


class Judgement(Definition):
    """What is said of an answer on the page, and which one is meant."""

    question: Annotated[str, AfterValidator(check_question)]
    """The question that it answers."""

    article: str
    """Its article's id."""

    start: Annotated[int, BeforeValidator(_number)]
    """Its first character."""

    end: Annotated[int, BeforeValidator(_number)]
    """The one behind its last."""

    hash: str
    """Of its words, as in links."""

    generation: Annotated[int, BeforeValidator(_number)]
    """The state of the archive that was asked."""

    verdict: Annotated[str, AfterValidator(_verdict)] = Field(examples=[Verdict.RIGHT.value])
    """What is said."""

    published_from: Day = Field(None, alias="from")
    """The filter's first day."""

    published_to: Annotated[Day, AfterValidator(_range_of)] = Field(None, alias="to")
    """Its last."""

    outlet: Names = None
    """Its outlets."""


class Asking(Scope, Question):
    """A question, and what it is asked of."""


class Listing(Scope):
    """Which articles to list, and how many at once."""

    count: Annotated[int, BeforeValidator(_count)] = Field(MOST_LISTED // 10, ge=1, le=MOST_LISTED)
    """How many articles at once."""

    cursor: Annotated[str | None, AfterValidator(_position)] = None
    """Where the last list ended: its cursor."""

    @property
    def behind(self) -> Position | None:
        """Where the list begins."""
        return Position(*map(int, self.cursor.split("-"))) if self.cursor else None


class Copies(Definition):
    """Of which article the copies are asked for."""

    article: str = Field(examples=["004_802d376f4d3385fe"], json_schema_extra={"minLength": 1})
    """Its id."""


class PostedArticle(Definition):
    """An article as it may stand in a JSON file that `index` reads: also under other names, and with other fields."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)

    text: Any = None
    """Its text; it must have one."""

    id: Any = None
    """Its id: the next one that is posted with it takes its place."""

    title: Any = None
    """Its headline; without one, its first sentence."""

    published: Any = None
    """When it was published."""

    outlet: Any = None
    """Who published it."""

    byline: Any = None
    """Who wrote it."""

    url: Any = None
    """Where it stands."""

    @property
    def as_it_came(self) -> dict[str, Any]:
        """The object as it was sent."""
        return self.model_dump(exclude_unset=True)


class PostedArticles(Definition):
    """Several articles."""

    articles: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_LISTED)
    """1 to 1,000 objects, each an article."""


class Batch(Definition):
    """Several questions, each as it is asked alone."""

    questions: list[Asking] = Field(min_length=1, max_length=100)
    """1 to 100 objects, each with a question."""


def names_of(definition: type[BaseModel]) -> list[str]:
    """Return the names of a definition's fields, as they are sent."""
    return [field.alias or name for name, field in definition.model_fields.items()]


def repeatable(definition: type[BaseModel]) -> set[str]:
    """Return the names of the fields that may have several values in an address."""
    fields: dict[str, Any] = definition.model_json_schema().get("properties", {})
    return {name for name, told in fields.items() if any(each.get("type") == "array" for each in told.get("anyOf", ()))}
