"""Questions: one or several, answered in the contract's words."""

from flask import Response, jsonify, request

from embeddings.types import Span
from qa.render import prediction_to_json
from web.api import bodies
from web.api.operations import Operation, offers
from web.definitions import EXAMPLE, Asking, Batch
from web.requests import current_pipeline
from web.span_links import span_path

BATCH_BODY = 512 * 1024
"""The largest body that asks, in bytes: a hundred of the longest questions."""


@offers(Operation("GET", "/ask", bodies.Prediction, query=Asking, example=(("question", EXAMPLE), ("k", "10"))))
def ask(asked: Asking) -> Response:
    """Answer the question in the address."""
    return jsonify(_answered(asked))


@offers(
    Operation(
        "POST",
        "/ask",
        bodies.Prediction | bodies.Predictions,
        bodies=(Asking, Batch),
        most=BATCH_BODY,
        example_body={"questions": [{"question": EXAMPLE}, {"question": EXAMPLE, "from": "2022"}]},
    )
)
def ask_in_body(asked: Asking | Batch) -> Response:
    """Answer the question in a JSON object, or a hundred at most in a list.

    A list is answered one question after the other, each as it is alone.
    """
    if isinstance(asked, Batch):
        return jsonify(predictions=[_answered(each) for each in asked.questions])
    return jsonify(_answered(asked))


def _answered(asked: Asking) -> dict[str, object]:
    prediction = current_pipeline().ask(asked.question, k=asked.k, only=asked.only)
    return prediction_to_json(prediction, span_path, _span_link)


def _span_link(span: Span) -> str:
    """Return the whole address of the page that shows an article with a span marked in it."""
    return f"{request.host_url.rstrip('/')}{span_path(span)}"
