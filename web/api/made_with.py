"""What answers came from: told in each, and compared where only the archive decides what is answered."""

from hashlib import sha256

from flask import Response, current_app, request

from web.definitions import Definition
from web.requests import current_pipeline


class MadeWith(Definition):
    """What an answer came from, so that a finding can be repeated."""

    generation: int
    """The state of the archive: a number that grows with every change."""

    encoder: str
    """What made its vectors."""

    readers: list[str]
    """What read the passages, each with the first digits of its weights' SHA-256."""

    version: str
    """The program's."""


class Made(Definition):
    """An answer that says what it came from."""

    made_with: MadeWith
    """What it came from."""


def made_with(generation: int | None = None) -> dict[str, object]:
    """Return what an answer came from; of a generation of the archive, by default the one that searches see."""
    pipeline = current_pipeline()
    return {
        "generation": pipeline.archive.generation if generation is None else generation,
        "encoder": pipeline.archive.encoder.name,
        "readers": list(pipeline.readers.models),
        "version": current_app.config["VERSION"],
    }


def tag() -> str:
    """Return what stays the same as long as the archive and the program do, for one address."""
    pipeline = current_pipeline()
    store = pipeline.archive.store
    told = (
        pipeline.settings.archive,
        store.generation,
        store.hidden_count(),
        pipeline.readers.models,
        pipeline.readers.calibration.words,
        current_app.config["VERSION"],
        request.full_path,
    )
    return sha256("\n".join(map(str, told)).encode()).hexdigest()[:24]


def tagged(response: Response, known: str) -> Response:
    """Return a response with its tag, to be asked for again only if that has changed."""
    response.set_etag(known, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def unchanged(known: str) -> Response | None:
    """Return a response without a body if the client has what is tagged so; None if it has not."""
    if request.if_none_match.contains_weak(known):
        return tagged(current_app.response_class(status=304), known)
    return None
