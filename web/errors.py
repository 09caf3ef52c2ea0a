"""Errors as pages, and under /api/ as problem details (RFC 9457)."""

import json
import logging
from collections.abc import Collection
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import (
    BadHost,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    SecurityError,
)
from werkzeug.wrappers import Response as AnyResponse

from embeddings.types import DamagedError
from web.checking import FieldError, InvalidFieldsError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

log = logging.getLogger(__name__)

RETRY = 5
"""Seconds after which it is worth asking an archive again that could not be asked."""

UNAVAILABLE: dict[type[Exception], str] = {
    DamagedError: "The archive is damaged. Whoever keeps it can find out what is whole with: pressmark check",
    ConnectionError: "The archive's server cannot be reached just now. Try again in a moment.",
    TimeoutError: "Others are writing to the archive just now. Try again in a moment.",
    PermissionError: "The archive may only be read here. Whoever keeps it can let this server write to it.",
    OSError: "A disk or file of the archive fails just now, or is full. Whoever keeps it finds the cause in the log.",
}
"""What keeps an archive from being asked, and what is said of it."""


NAMELESS = (SecurityError, BadHost)
"""What a request raises that asks for another name than the server's."""

REFUSED = "pressmark.refused"
"""Where the server says why the application is to refuse a request that it could not, or may not, answer."""


def refuse(environ: "WSGIEnvironment", error: HTTPException) -> None:
    """Have the application answer a request with this error alone, by whatever name it was asked."""
    environ[REFUSED] = error
    environ["HTTP_HOST"] = "localhost"
    environ.pop("HTTP_X_FORWARDED_HOST", None)


def register(app: Flask) -> None:
    """Give every error of the application one form. What is unexpected Flask logs; the answer does not tell it."""
    app.before_request(_check_refused)
    app.register_error_handler(InvalidFieldsError, _invalid_fields)
    for wrong_name in NAMELESS:
        app.register_error_handler(wrong_name, _untrusted_host)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(HTTPException, _http_error)


def _check_refused() -> None:
    """Raise what the server refuses the request with, if it does."""
    error: HTTPException | None = request.environ.get(REFUSED)
    if error is not None:
        raise error


def _invalid_fields(error: InvalidFieldsError) -> AnyResponse:
    return _described(Response(status=error.status), str(error), error.errors, error.without)


def _unavailable(error: Exception) -> AnyResponse:
    """Answer while the archive cannot be asked: where it lies is for its keeper, in the log."""
    log.error("%s", error)
    detail = next(said for kind, said in UNAVAILABLE.items() if isinstance(error, kind))
    response = Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY)})
    return _described(response, detail, ())


def _http_error(error: HTTPException) -> AnyResponse:
    detail = error.description
    if isinstance(error, NotFound) and detail == NotFound.description:
        cure = "/api/v1/ names what there is" if _is_for_programs(request.path) else "ask, or look through the archive"
        detail = f"There is nothing at {request.path[:200]}; {cure}."
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted({*(error.valid_methods or ())} - {"OPTIONS"}))
        detail = f"{request.path[:200]} takes no {request.method[:20]}; it takes {allowed}."
    if isinstance(error, RequestEntityTooLarge) and detail == RequestEntityTooLarge.description:
        detail = (
            f"The body is larger than {request.max_content_length or 0:,} bytes, which are the most here; send less."
        )
    return _described(error.get_response(), detail, ())


def _untrusted_host(error: HTTPException) -> AnyResponse:
    """Answer a request for a name that is not the server's, TRUSTED_HOSTS, or none at all."""
    name = request.headers.get("Host", "")[:100]
    detail = f"The request's Host is {name!r}, which is no name; send the one that this server is reached by."
    if isinstance(error, SecurityError):
        detail = f"{name!r} is no name of this server; if it should be one, start it with --allow-host NAME."
    return _described(error.get_response(), detail, ())


def _is_for_programs(path: str) -> bool:
    """Return whether what is asked for is read by programs, which are told what is wrong in JSON."""
    return path in {"/api", "/metrics"} or path.startswith("/api/")


def _described(
    response: AnyResponse, detail: str | None, errors: Collection[FieldError], without: str = ""
) -> AnyResponse:
    """Return the response with its status and headers, such as Allow, and a body that says what is wrong."""
    status = HTTPStatus(response.status_code)
    if _is_for_programs(request.path):
        body = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": detail,
            "errors": [{"field": wrong.field, "detail": wrong.detail} for wrong in errors],
        }
        response.content_type = "application/problem+json"
        response.set_data(json.dumps(body, ensure_ascii=False))
    elif isinstance(request.routing_exception, NAMELESS):  # no page has an address
        response.content_type = "text/plain; charset=utf-8"
        response.set_data(detail or status.phrase)
    elif status is HTTPStatus.UNAUTHORIZED:
        problem = detail if "token" in request.args else ""  # only who sent one made a mistake
        response.content_type = "text/html; charset=utf-8"
        response.set_data(render_template("sign_in.html", next=request.full_path.rstrip("?"), problem=problem))
    else:
        response.content_type = "text/html; charset=utf-8"
        response.set_data(render_template("error.html", status=status, detail=detail, errors=errors, without=without))
    return response
