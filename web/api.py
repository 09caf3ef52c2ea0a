"""The JSON endpoint: questions, articles and health, in the contract's words."""

import json

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import BadRequest

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
    return jsonify(prediction_to_json(prediction, span_path))


def _json_body() -> object:
    """Return the request's body as JSON. Raises BadRequest, UnsupportedMediaType."""
    try:
        body: object = request.get_json()
    except (BadRequest, RecursionError) as error:
        raise BadRequest(
            'The body is not valid JSON; send an object such as {"question": "Who signed it?"}.'
        ) from error
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadRequest("The body holds half of a surrogate pair, \\ud800 to \\udfff: it is no text.") from error
    return body
