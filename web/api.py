"""The JSON endpoint: questions, articles and health, in the contract's words."""

import json
from collections.abc import Sequence

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import BadRequest

from embeddings.types import Span
from qa.render import article_to_json, prediction_to_json
from web.requests import Asked, current_pipeline, read_article, read_json, read_query, span_path

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/ask")
def ask() -> Response:
    """Answer the question in the address. Raises InvalidFieldsError."""
    return _answer(read_query(request.args, current_pipeline().archive.store.outlets()))


@blueprint.post("/ask")
def ask_in_body() -> Response:
    """Answer the question in a JSON object. Raises InvalidFieldsError, BadRequest, UnsupportedMediaType."""
    body = _json_body()
    try:
        asked = read_json(body, current_pipeline().archive.store.outlets())
    except TypeError as error:
        raise BadRequest(str(error)) from error
    return _answer(asked)


@blueprint.get("/articles/<id:article_id>")
def article(article_id: str) -> Response:
    """Return one article with its text. Raises NotFound."""
    found = read_article(article_id)
    return jsonify({**article_to_json(found), "text": found.text})


@blueprint.get("/health")
def health() -> Response:
    """Say that questions can be asked, and of what."""
    archive = current_pipeline().archive
    counts = archive.store.counts()
    return jsonify(
        status="ok",
        articles=counts.articles,
        passages=counts.passages,
        generation=archive.store.generation,
        encoder=archive.encoder.name,
        version=current_app.config["VERSION"],
    )


def _answer(asked: Asked) -> Response:
    prediction = current_pipeline().ask(asked.question, k=asked.k, only=asked.only)
    return jsonify(prediction_to_json(prediction, span_path, _span_link))


def _span_link(span: Span) -> str:
    """Return the whole address of the page that shows an article with a span marked in it."""
    return f"{request.host_url.rstrip('/')}{span_path(span)}"


class DoubledNameError(ValueError):
    """An object has two values of one name: which is meant nobody knows."""


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Return an object of its names and values. Raises DoubledNameError."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DoubledNameError(f"The body has {twice[:100]!r} more than once; send it once.")
    return fields


def _json_body() -> object:
    """Return the request's body as JSON. Raises BadRequest, UnsupportedMediaType."""
    try:
        request.get_json()  # it is JSON, and said to be
        body: object = json.loads(request.get_data(), object_pairs_hook=_once)
    except DoubledNameError as error:
        raise BadRequest(str(error)) from error
    except (BadRequest, ValueError, RecursionError) as error:
        raise BadRequest(
            'The body is not valid JSON; send an object such as {"question": "Who signed it?"}.'
        ) from error
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadRequest("The body holds half of a surrogate pair, \\ud800 to \\udfff: it is no text.") from error
    return body
