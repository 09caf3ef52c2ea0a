"""Fields of what may be asked, each with its checks: days, outlets, articles, counts."""

import re
from typing import Annotated, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from embeddings.dates import parse_filter_date
from embeddings.types import Filter
from qa.differing import ORDERS, Order
from qa.limits import MAX_ARTICLES, MAX_K, check_articles, check_k, check_outlets
from web.definitions import Known

MOST_LISTED = 1_000
"""Articles that one list has, at most."""

_DAY = r"^\s*([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?\s*$"


def known(info: ValidationInfo) -> Known:
    """Return what a check knows beside the value."""
    return cast("Known", info.context)


def _whole_number(value: object, info: ValidationInfo) -> object:
    """Return k, checked; what is neither a number nor one in an address pydantic says."""
    if value == "" and known(info).in_address:
        return None
    if type(value) is int or (isinstance(value, str) and known(info).in_address):
        return check_k(value)
    return value


def _day(value: str | None) -> str | None:
    return parse_filter_date(value.strip()) if value and value.strip() else None


def _range_of(value: str | None, info: ValidationInfo) -> str | None:
    """Return the last day, checked against the first one: what is wrong is told of `from`."""
    try:
        Filter(info.data.get("published_from") or "", value or "")
    except ValueError as error:
        raise PydanticCustomError("wrong", "{said}", {"said": str(error), "field": "from"}) from error
    return value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _outlets(names: list[str] | None, info: ValidationInfo) -> list[str] | None:
    stripped = [name.strip() for name in names or () if name.strip()]
    return list(check_outlets(stripped, known(info).outlets())) if stripped else None


def _articles(ids: list[str] | None, info: ValidationInfo) -> list[str] | None:
    given = [article for article in ids or () if article]
    return list(check_articles(given, known(info).articles(given[:MAX_ARTICLES]))) if given else None


def _count(value: object, info: ValidationInfo) -> object:
    """Return how many are asked for, checked; what is neither a number nor one in an address pydantic says."""
    in_address = isinstance(value, str) and known(info).in_address
    if in_address and value == "":
        return MOST_LISTED // 10
    if type(value) is int or in_address:
        text = str(value).strip()
        if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_LISTED:
            raise ValueError(f"count is {text[:40]!r}; send a whole number from 1 to {MOST_LISTED}")
        return int(text)
    return value


def _order(value: object, info: ValidationInfo) -> object:
    """Return an order, checked, the first one for null or, in an address, a blank."""
    if value is None or (isinstance(value, str) and not value.strip() and known(info).in_address):
        return ORDERS[0]
    if value not in ORDERS:
        given = repr(value[:40]) if isinstance(value, str) else "no string"
        raise ValueError(f"order is {given}; send {' or '.join(ORDERS)}")
    return value


def _position(value: str | None) -> str | None:
    if value and not re.fullmatch("[0-9]{1,9}-[0-9]{1,18}", value):
        raise ValueError(f"{value[:40]!r} is no cursor; send one as a list gave it, or none for the first articles")
    return value or None


Count = Annotated[Annotated[int, Field(ge=1, le=MAX_K)] | None, BeforeValidator(_whole_number)]
"""How many passages are looked through."""

Day = Annotated[Annotated[str, Field(json_schema_extra={"pattern": _DAY})] | None, AfterValidator(_day)]
"""A day, month or year."""

LastDay = Annotated[Day, AfterValidator(_range_of)]
"""One that is not before the object's `published_from`."""

Names = Annotated[list[str] | None, BeforeValidator(_as_list, json_schema_input_type=list[str] | str | None)]
"""One name, or several."""

Outlets = Annotated[Names, AfterValidator(_outlets)]
"""Outlets of the archive."""

Articles = Annotated[Names, AfterValidator(_articles)]
"""Ids of articles of the archive."""

Listed = Annotated[int, BeforeValidator(_count)]
"""How many articles a list has."""

InOrder = Annotated[Order, BeforeValidator(_order, json_schema_input_type=Order | None)]
"""What answers are ordered by."""

Cursor = Annotated[str | None, AfterValidator(_position)]
"""Where a list ended."""
