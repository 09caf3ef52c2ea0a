"""What the endpoint offers: each operation reads its request by the definition that the document tells of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from types import UnionType
from typing import Any

from flask import Blueprint, Response, request

from web.access import check_may_write
from web.api.made_with import tag, tagged, unchanged
from web.api.reading import from_body
from web.checking import from_address
from web.definitions import Definition
from web.requests import what_is_known

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

QUESTION_BODY = 64 * 1024
"""The largest body of a request that asks, in bytes."""


@dataclass(frozen=True, slots=True)
class Link:
    """What an answer is good for next: an operation, one of its parameters, and where in the answer its value stands.

    `place` is a JSON pointer, RFC 6901.
    """

    to: str
    parameter: str
    place: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A method at a path, and what goes in and out there.

    `query` defines what the address may say, `bodies` what a body may be, and `gives` the JSON of an answer. `refusals`
    are the statuses of problems that are its own, `most` the largest body in bytes, and `example` one value for each
    name in the path or the address; `example_body` is a body. `by_generation`: as long as the archive's generation
    stays, so does the answer. `writes`: only a token that may write opens it. `links` say what may be asked next.
    """

    method: str
    path: str
    gives: type[Definition] | UnionType
    query: type[Definition] | None = None
    bodies: tuple[type[Definition], ...] = ()
    refusals: tuple[int, ...] = ()
    status: int = 200
    by_generation: bool = False
    writes: bool = False
    most: int = QUESTION_BODY
    example: tuple[tuple[str, str], ...] = ()
    example_body: dict[str, Any] | None = None
    links: tuple[Link, ...] = ()

    @property
    def path_names(self) -> list[str]:
        """The names in the path: "id" of "/articles/{id}"."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


@dataclass(frozen=True, slots=True)
class Offered:
    """An operation, the name of its view, and what the view's docstring says of it."""

    operation: Operation
    name: str
    says: str


OFFERED: list[Offered] = []
"""All operations, in the order in which the document tells of them."""

View = Callable[..., Response]


def offers(operation: Operation) -> Callable[[View], View]:
    """Return a decorator that serves an operation with a view.

    The view is called with what stands in the path, by name, and before that with what was asked: an instance of
    `query`, or of one of `bodies`, if there is one.
    """

    def serve(view: View) -> View:
        @wraps(view)
        def checked(**path: str) -> Response:
            request.max_content_length = operation.most
            if operation.writes:
                check_may_write()
            asked = from_address(operation.query or Definition, request.args, what_is_known(in_address=True))
            if operation.bodies:
                return view(from_body(operation.bodies), **path)
            if not operation.by_generation:
                return view(asked, **path)
            known = tag()
            return unchanged(known) or tagged(view(asked, **path), known)

        OFFERED.append(Offered(operation, view.__name__, view.__doc__ or ""))
        rule = operation.path.replace("{id}", "<id:article_id>").replace("{feedback}", "<feedback>")
        blueprint.add_url_rule(rule, view.__name__, checked, methods=[operation.method])
        return view

    return serve
