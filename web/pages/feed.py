"""A question to follow: its answers as an Atom feed, newest article first, for any feed reader."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, current_app, make_response, render_template, request

from embeddings.dates import earliest
from embeddings.types import Span
from qa.evidence import hash_of
from qa.types import Prediction
from web.requests import current_pipeline, read_page

NO_DATE = "1970-01-01"
"""The day that an undated article is said to be of: Atom has none without, and so it comes last."""

_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that answers the question: an article and the words in it. `updated` is a time as RFC 3339 has it."""

    span: Span
    id: str
    updated: str


def feed() -> Response:
    """Give the answers to a question as a feed; 304 while neither archive nor models have changed.

    Raises:
        InvalidFieldsError: with every field that is wrong.
    """
    asked, pipeline = read_page(request.args), current_pipeline()
    response = make_response()
    response.set_etag(_state_of(request.query_string, pipeline.archive.generation, pipeline.readers.models))
    if response.make_conditional(request).status_code == 304:
        return response
    prediction = pipeline.ask(asked.question, k=asked.k, only=asked.only)
    entries = entries_of(prediction)
    updated = max((entry.updated for entry in entries), default=_time(NO_DATE))
    response.set_data(render_template("feed.xml", question=prediction.question, entries=entries, updated=updated))
    response.content_type = "application/atom+xml; charset=utf-8"
    return response


def entries_of(prediction: Prediction) -> list[Entry]:
    """Return where the answers stand, and where the same words do, the newest article first; copies are left out."""
    spans = [span for answer in prediction.answers for span in (answer, *answer.supports)]
    entries = {entry.id: entry for entry in map(_entry, reversed(spans))}
    return sorted(entries.values(), key=lambda entry: (entry.updated, entry.id), reverse=True)


def in_xml(text: str) -> str:
    """Return a text with a replacement character for each that XML has no place for."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _entry(span: Span) -> Entry:
    """Return the entry of a span: its id stays the same as long as these words stand in this article."""
    named = hashlib.sha256(span.article.id.encode("utf-8", "surrogatepass")).hexdigest()
    return Entry(
        span, f"urn:pressmark:{named[:32]}:{hash_of(span.text)}", _time(earliest(span.article.published) or NO_DATE)
    )


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"


def _state_of(asked: bytes, generation: int, models: Iterable[str]) -> str:
    state = repr((asked, generation, tuple(models), current_app.config["VERSION"]))
    return hashlib.sha256(state.encode()).hexdigest()[:32]
