"""Questions: one or several, answered or only searched for, in the contract's words."""

from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from embeddings.types import Hit, Span
from qa.absence import absence_of
from qa.render import article_to_json, prediction_to_json
from web.access import check_still_allowed, spend_further
from web.api.found import Search
from web.api.made_with import made_with
from web.api.operations import Link, Operation, offers
from web.api.predictions import Prediction, Predictions
from web.asked import EXAMPLE, Asking, Batch, Searching
from web.requests import current_pipeline
from web.span_links import span_path
from web.turns import in_turn

if TYPE_CHECKING:
    from qa.searching import Found

BATCH_BODY = 512 * 1024
"""The largest body that asks, in bytes: a hundred of the longest questions."""


@offers(
    Operation(
        "GET",
        "/ask",
        Prediction,
        query=Asking,
        example=(("question", EXAMPLE), ("k", "10")),
        links=(Link("article", "id", "/answers/0/article/id"), Link("copies", "article", "/answers/0/article/id")),
    )
)
def ask(asked: Asking) -> Response:
    """Answer the question in the address."""
    return jsonify(_answered(asked))


@offers(
    Operation(
        "POST",
        "/ask",
        Prediction | Predictions,
        bodies=(Batch, Asking),
        most=BATCH_BODY,
        example_body={"questions": [{"question": EXAMPLE}, {"question": EXAMPLE, "from": "2022", "order": "date"}]},
    )
)
def ask_in_body(asked: Asking | Batch) -> Response:
    """Answer the question in a JSON object, or a hundred at most in a list.

    A list is answered one question after the other, each as it is alone.
    """
    if isinstance(asked, Batch):
        spend_further(len(asked.questions))
        return jsonify(predictions=[_answered(each) for each in asked.questions], made_with=made_with())
    return jsonify(_answered(asked))


@offers(
    Operation(
        "GET",
        "/search",
        Search,
        query=Searching,
        example=(("question", EXAMPLE), ("k", "5")),
        links=(Link("article", "id", "/passages/0/article/id"),),
    )
)
def search(asked: Searching) -> Response:
    """Find passages for the question in the address, without reading answers in them.

    Each passage comes with the scores that it got: by its meaning (`vectors`) and by its words (`keywords`).
    """
    from qa.searching import find

    pipeline = current_pipeline()
    with in_turn():
        found = find(pipeline.archive, asked.question, asked.k, asked.only, pipeline.settings)
    return jsonify(
        question=found.question,
        passages=[_found_to_json(hit, found) for hit in found.hits],
        timings_ms={"encode": round(found.encode_ms, 1), "search": round(found.search_ms, 1)},
        made_with=made_with(found.generation),
    )


def _answered(asked: Asking) -> dict[str, object]:
    check_still_allowed()  # of a batch, before each question
    pipeline = current_pipeline()
    prediction = pipeline.ask(asked.question, k=asked.k, only=asked.only)
    absence = absence_of(pipeline, prediction, asked.only)
    told = prediction_to_json(prediction, absence, span_path, _span_link, asked.order)
    return {**told, "made_with": made_with(prediction.generation)}


def _found_to_json(hit: Hit, found: "Found") -> dict[str, object]:
    passage = hit.passage
    legs = (found.vectors.get(passage.id), found.keywords.get(passage.id))
    vectors, keywords = (None if score is None else round(score, 4) for score in legs)
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "vectors": vectors,
        "keywords": keywords,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "article": article_to_json(passage.article),
        "href": span_path(passage),
        "link": _span_link(passage),
    }


def _span_link(span: Span) -> str:
    """Return the whole address of the page that shows an article with a span marked in it."""
    return f"{request.host_url.rstrip('/')}{span_path(span)}"
