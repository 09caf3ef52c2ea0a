"""What is said of answers, kept as what the page's buttons say is, and taken back."""

from http import HTTPStatus
from typing import Literal

from flask import Response, jsonify

from qa.feedback import Verdict
from web import judging
from web.api.made_with import Made, made_with
from web.api.operations import Link, Operation, offers
from web.asked import EXAMPLE
from web.definitions import Definition
from web.judgement import GivenFeedback


class KeptFeedback(Made):
    """What became of feedback."""

    id: str
    """What takes it back: DELETE /api/v1/feedback/ID."""

    outcome: Literal["new", "changed", "already"]
    """`new`: the first on this answer; `changed`: it takes the place of another; `already`: it was said before."""


class TakenBack(Made):
    """Feedback that is kept no more."""

    deleted: str
    """The id that the feedback was kept under."""


@offers(
    Operation(
        "POST",
        "/feedback",
        KeptFeedback,
        bodies=(GivenFeedback,),
        refusals=(HTTPStatus.CONFLICT,),
        example_body={
            "question": EXAMPLE,
            "article": "004_802d376f4d3385fe",
            "start": 197,
            "end": 224,
            "text": "memorandum of understanding",
            "generation": 1,
            "verdict": "right",
        },
        links=(Link("take_feedback_back", "feedback", "/id"),),
    )
)
def give_feedback(said: GivenFeedback) -> Response:
    """Say whether an answer is right.

    It is kept with its question, in a file outside the archive. Of one answer to one question the last verdict counts,
    once.
    """
    if judging.words_of(said) != said.text:
        raise judging.other_words(said, "text")
    given = judging.feedback_of(said, Verdict(said.verdict), said.text, said.within or ())
    outcome = judging.keep(given)
    return jsonify(id=given.id, outcome=outcome.value, made_with=made_with())


@offers(
    Operation(
        "DELETE",
        "/feedback/{feedback}",
        TakenBack,
        refusals=(HTTPStatus.NOT_FOUND,),
        example=(("feedback", "8df9a2fd71b30227"),),
    )
)
def take_feedback_back(_: Definition, feedback: str) -> Response:
    """Take back what was said of an answer: nothing is kept of it, nor of its question."""
    judging.take_back(feedback)
    return jsonify(deleted=feedback, made_with=made_with())
