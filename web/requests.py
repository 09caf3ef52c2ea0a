"""What a request asks for, checked: all of its wrong fields are reported together."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote, unquote_to_bytes

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.routing import BaseConverter

from embeddings.dates import parse_filter_date
from embeddings.types import Article, Filter, Span
from qa.limits import check_k, check_outlets, check_question

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "question": (str,),
    "k": (int,),
    "from": (str,),
    "to": (str,),
    "outlet": (str, list),
}
"""The names of a question's fields at the endpoint, and the types each may have in a JSON object."""

REPEATABLE = {"outlet"}
"""Fields of which an address may give several values."""

_TYPES_IN_WORDS: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    float: "a fraction",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be put to the pipeline. `k` is None if the settings decide."""

    question: str
    k: int | None
    only: Filter


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request, and the cure."""

    field: str
    detail: str


class InvalidFieldsError(ValueError):
    """A request has wrong fields: `errors` holds one for each of them."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.field}: {error.detail}" for error in self.errors))


class IdConverter(BaseConverter):
    """Any article id as one segment of a path, also one with "//" or ".." in it, which browsers would shorten."""

    regex = ".+"
    part_isolating = False

    def to_url(self, value: str) -> str:
        """Return the id with every "/" quoted."""
        return quote(value, safe="")


def span_path(span: Span) -> str:
    """Return the path of the page that shows an article with a span marked in it; "/" in an id is quoted, too."""
    return f"/articles/{quote(span.article.id, safe='')}?start={span.start}&end={span.end}"


def check_escapes() -> None:
    """Raise BadRequest unless what an address asks for is UTF-8: letters in another code would be other words."""
    try:
        unquote_to_bytes(request.query_string).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(
            "The address holds letters that are not escaped as UTF-8, such as %E9; send é as %C3%A9."
        ) from error


def current_pipeline() -> "Pipeline":
    """Return the pipeline that the application in charge was created over."""
    return cast("Pipeline", current_app.config["PIPELINE"])


def read_article(article_id: str) -> Article:
    """Return the archive's article of that id.

    Raises:
        NotFound: if it has none.
    """
    try:
        found: Article = current_pipeline().archive.store.article(article_id)
    except KeyError as error:
        raise NotFound(f"This archive has no article {article_id!r}.") from error
    return found


def read_page(args: MultiDict[str, str], outlets: Collection[str]) -> Asked:
    """Return what the page's address asks, where the question is `q`.

    Raises:
        InvalidFieldsError: with every field that is wrong, or given more than once.
    """
    return _asked(args, "q", outlets, errors=repeated(args))


def read_query(args: MultiDict[str, str], outlets: Collection[str]) -> Asked:
    """Return what the endpoint's address asks.

    Raises:
        InvalidFieldsError: with every field that is wrong, unknown, or given more than once.
    """
    return _asked(args, "question", outlets, errors=repeated(args) | _unknown(args))


def read_json(body: object, outlets: Collection[str]) -> Asked:
    """Return what a JSON body asks; null is the same as leaving a field out.

    Raises:
        InvalidFieldsError: with every field that is wrong, unknown, or of the wrong type.
        TypeError: if the body is not an object.
    """
    if not isinstance(body, dict):
        raise TypeError(
            f'the body is {_TYPES_IN_WORDS[type(body)]}; send an object such as {{"question": "Who signed it?"}}'
        )
    given = {name: value for name, value in body.items() if value is not None}
    wrong = {
        name: f"{name} is {_TYPES_IN_WORDS[type(value)]}; send {_types_in_words(JSON_TYPES[name])}"
        for name, value in given.items()
        if name in JSON_TYPES and type(value) not in JSON_TYPES[name]
    }
    named = given.get("outlet")
    if isinstance(named, list) and not all(type(name) is str for name in named):
        wrong["outlet"] = "outlet is a list that holds more than strings; send a string or a list of strings"
    return _asked(MultiDict(given), "question", outlets, errors=wrong | _unknown(body))


def read_span(args: Mapping[str, str], article: Article) -> Span | None:
    """Return the span to mark in an article, or None if neither `start` nor `end` is given.

    Raises:
        InvalidFieldsError: unless both are offsets in its text, `start` before `end`.
    """
    if "start" not in args and "end" not in args:
        return None
    errors: dict[str, str] = {}
    length = len(article.text)
    start = _checked("start", lambda: _offset(args.get("start", ""), length), errors, otherwise=0)
    end = _checked("end", lambda: _offset(args.get("end", ""), length), errors, otherwise=0)
    if not errors and start >= end:
        errors["end"] = f"end is {end}; it must be greater than start, which is {start}"
    _raise(errors)
    return Span(article, start, end)


def repeated(args: MultiDict[str, str]) -> dict[str, str]:
    """Return what is to be said of names that are given more than once, though they have one value."""
    return {
        name: f"{name[:40]} is given {len(values)} times; give it once"
        for name, values in args.lists()
        if len(values) > 1 and name not in REPEATABLE
    }


def _asked(values: MultiDict[str, Any], question: str, outlets: Collection[str], *, errors: dict[str, str]) -> Asked:
    """Check each field that has no error yet; blank is the same as absent, but for the question."""
    texts = {name: str(value).strip() for name, value in values.items()}
    named = [name.strip() for name in map(str, values.getlist("outlet")) if name.strip()]

    def read(field: str, check: Callable[[str], T], absent: T) -> T:
        text = texts.get(field, "")
        return _checked(field, lambda: check(text), errors, otherwise=absent) if text else absent

    asked = _checked(question, lambda: check_question(texts.get(question, "")), errors, otherwise="")
    k = read("k", check_k, None)
    published_from, published_to = read("from", parse_filter_date, ""), read("to", parse_filter_date, "")
    of = _checked("outlet", lambda: check_outlets(named, outlets), errors, otherwise=tuple[str, ...]())
    only = _checked("from", lambda: Filter(published_from, published_to, of), errors, otherwise=Filter())
    _raise(errors)
    return Asked(asked, k, only)


def _checked(field: str, check: Callable[[], T], errors: dict[str, str], *, otherwise: T) -> T:
    """Return what `check` returns; if the field is or proves wrong, note why and return `otherwise`."""
    if field in errors:
        return otherwise
    try:
        return check()
    except ValueError as error:
        errors[field] = str(error)
        return otherwise


def _raise(errors: Mapping[str, str]) -> None:
    if errors:
        raise InvalidFieldsError(FieldError(field, detail) for field, detail in errors.items())


def _types_in_words(types: Iterable[type]) -> str:
    return " or ".join("a list of strings" if each is list else _TYPES_IN_WORDS[each] for each in types)


def _unknown(names: Iterable[str]) -> dict[str, str]:
    known = ", ".join(JSON_TYPES)
    return {name: f"there is no field {name!r}; the fields are {known}" for name in names if name not in JSON_TYPES}


def _offset(text: str, length: int) -> int:
    """Return an offset in a text of `length` characters: both its ends count."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(length)) and int(text) <= length):
        raise ValueError(f"{text[:40]!r} is not an offset in this article; give a whole number from 0 to {length}")
    return int(text)
