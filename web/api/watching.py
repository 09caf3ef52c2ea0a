"""Whether the server lives, and whether it can be asked: for whoever, or whatever, keeps it running."""

from typing import Annotated

from flask import Response, current_app, jsonify
from pydantic import Field
from werkzeug.exceptions import ServiceUnavailable

from embeddings.types import DamagedError
from web.access import is_let_in
from web.api.operations import Operation, offers
from web.definitions import Definition
from web.requests import current_pipeline
from web.turns import STOPPING, current_turns


class Health(Definition):
    """That the server lives, and what it holds; null is what cannot be read just now, or needs a token."""

    status: str
    """"ok"."""

    articles: Annotated[int, Field(ge=0)] | None
    """How many articles there are."""

    passages: Annotated[int, Field(ge=0)] | None
    """How many passages these have."""

    generation: int | None
    """A number that grows with every change of the archive."""

    encoder: str | None
    """What made its vectors."""

    version: str
    """The program's."""


class Ready(Definition):
    """That questions can be asked."""

    status: str
    """"ready"."""


@offers(Operation("GET", "/health", Health))
def health(_: Definition) -> Response:
    """Say that the server lives, and, to who may ask it, what it holds; null is what cannot be read just now."""
    archive = current_pipeline().archive
    told: dict[str, object] = dict.fromkeys(("articles", "passages", "generation", "encoder"))
    if is_let_in():
        try:
            counts = archive.store.counts()
            told |= {"articles": counts.articles, "passages": counts.passages}
            told |= {"generation": archive.store.generation, "encoder": archive.encoder.name}
        except (OSError, DamagedError):
            current_app.logger.exception("the archive cannot be read")
    return jsonify(status="ok", **told, version=current_app.config["VERSION"])


@offers(Operation("GET", "/ready", Ready))
def ready(_: Definition) -> Response:
    """Say that questions can be asked: the archive can be read, and the server is not stopping."""
    if current_turns().stopping:
        raise ServiceUnavailable(STOPPING, retry_after=5)
    current_pipeline().archive.store.counts()
    return jsonify(status="ready")
