"""What the archive holds, as JSON: its articles, and that it can be asked."""

from flask import Response, current_app, jsonify

from qa.render import article_to_json
from web.api import bodies
from web.api.operations import Operation, offers
from web.definitions import Definition
from web.requests import current_pipeline, read_article

EXAMPLE_ID = "004_802d376f4d3385fe"
"""A seed article."""


@offers(Operation("GET", "/articles/{id}", bodies.Article, refusals=(404,), example=(("id", EXAMPLE_ID),)))
def article(_: Definition, article_id: str) -> Response:
    """Give one article with its text."""
    found = read_article(article_id)
    return jsonify({**article_to_json(found), "text": found.text})


@offers(Operation("GET", "/health", bodies.Health))
def health(_: Definition) -> Response:
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
