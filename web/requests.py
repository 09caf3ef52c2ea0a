"""What a request asks for, checked: all of its wrong fields are reported together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, unquote_to_bytes

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.routing import BaseConverter

from embeddings.types import Article
from web.asked import Asking
from web.checking import InvalidFieldsError, checked, given, repeated
from web.definitions import Definition, Known, repeatable
from web.turns import InTurn

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

T = TypeVar("T", bound=Definition)

PAGE: Mapping[str, str] = {"q": "question", **{name: name for name in ("from", "to", "outlet", "k", "order")}}
"""The names of the fields in a page's address, each with that of its field in the definition."""

REPEATABLE = frozenset(repeatable(Asking))
"""Fields of a question of which an address may give several values."""


class IdConverter(BaseConverter):
    """Any article id as one segment of a path, also one with "//" or ".." in it, which browsers would shorten."""

    regex = ".+"
    part_isolating = False

    def to_url(self, value: str) -> str:
        """Return the id with every "/" quoted."""
        return quote(value, safe="")


def check_escapes() -> None:
    """Raise BadRequest unless what an address asks for is UTF-8: letters in another code would be other words."""
    try:
        unquote_to_bytes(request.query_string).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(
            "The address holds letters that are not escaped as UTF-8, such as %E9; send é as %C3%A9."
        ) from error


def current_pipeline() -> "Pipeline":
    """Return the pipeline that the application in charge was created over; its questions wait for their turns."""
    config = current_app.config
    known: InTurn | None = config.get("IN_TURN")
    if known is None or not known.is_of(config["PIPELINE"]):
        config["IN_TURN"] = known = InTurn(config["PIPELINE"], config["TURNS"], config["METRICS"])
    return cast("Pipeline", known)


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


def read_page(args: MultiDict[str, str]) -> Asking:
    """Return what the page's address asks. Raises InvalidFieldsError, as `read_fields`."""
    return read_fields(Asking, args, PAGE)


def read_fields(definition: type[T], args: MultiDict[str, str], names: Mapping[str, str]) -> T:
    """Return what a page's address asks; `names` are the page's, each with that of its field in the definition.

    Names that are not among them are left alone: of an address, `check_address` tells them.

    Raises:
        InvalidFieldsError: with every field that is wrong, or given more than once.
    """
    several, own = repeatable(definition), {field: name for name, field in names.items()}
    asked = {names[name]: value for name, value in given(args, several).items() if name in names}
    twice = {names[name]: said for name, said in repeated(args, several).items() if name in names}
    try:
        return checked(definition, asked, what_is_known(in_address=True), twice)
    except InvalidFieldsError as error:
        found = (replace(wrong, field=own.get(wrong.field, wrong.field)) for wrong in error.errors)
        raise InvalidFieldsError(found) from error


def what_is_known(*, in_address: bool) -> Known:
    """Return what checks ask of the archive; nothing is asked before one does."""
    store = current_pipeline().archive.store
    return Known(store.outlets, store.origins, in_address)
