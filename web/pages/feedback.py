"""What somebody says of an answer: kept, changed or taken back, and told with a way to undo it."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from flask import render_template, request
from werkzeug.exceptions import NotFound, ServiceUnavailable

from embeddings.types import Article, Filter
from qa.evidence import hash_of
from qa.feedback import Feedback, FeedbackFile, Outcome, Verdict, default_file, id_of
from web.checking import FieldError, InvalidFieldsError
from web.judgement import UNDO, Judgement
from web.requests import current_pipeline, read_fields

log = logging.getLogger(__name__)

FIELDS = ("question", "article", "start", "end", "hash", "generation", "from", "to", "outlet", "verdict")
"""The names of the form below an answer."""

AGAIN = "ask the question again, and say it of what is answered now"


def feedback() -> str:
    """Keep what is said of an answer, and show that it was. Raises InvalidFieldsError, NotFound, ServiceUnavailable."""
    said = read_fields(Judgement, request.form, dict(zip(FIELDS, FIELDS, strict=True)))
    file = FeedbackFile(current_pipeline().settings.feedback or default_file())
    given = None if said.verdict == UNDO else _judged(said, Verdict(said.verdict))
    try:
        outcome = _taken_back(file, said) if given is None else file.give(given)
    except ValueError as error:
        log.warning("%s", error)  # where the file lies is for its keeper
        raise ServiceUnavailable(
            "The file of feedback is full or damaged, so nothing was kept. Whoever keeps this server finds the cause "
            "in the log."
        ) from error
    asked = {"q": said.question, "from": said.published_from, "to": said.published_to, "outlet": said.outlet}
    return render_template("feedback.html", said=said, outcome=outcome, asked=asked, sent=request.form)


def _judged(said: Judgement, verdict: Verdict) -> Feedback:
    """Return feedback with the words as they stand in the archive. Raises InvalidFieldsError if they are gone."""
    text = _article(said.article).text[said.start : said.end]
    if not text or hash_of(text) != said.hash:
        gone = (
            f"the words that were answered do not stand at {said.start} to {said.end} of the article any more; {AGAIN}"
        )
        raise InvalidFieldsError([FieldError("answer", gone)], HTTPStatus.CONFLICT)
    only = Filter(said.published_from or "", said.published_to or "", tuple(said.outlet or ()))
    return Feedback(
        said.question,
        verdict,
        said.article,
        said.start,
        said.end,
        text,
        said.generation,
        tuple(current_pipeline().readers.models),
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        only,
    )


def _article(article_id: str) -> Article:
    try:
        found: Article = current_pipeline().archive.store.article(article_id)
    except KeyError as error:
        gone = f"this archive has no article {article_id[:200]!r} any more; {AGAIN}"
        raise InvalidFieldsError([FieldError("article", gone)], HTTPStatus.CONFLICT) from error
    return found


def _taken_back(file: FeedbackFile, said: Judgement) -> Outcome:
    try:
        file.take_back(id_of(said.question, said.article, (said.start, said.end), said.hash))
    except KeyError as error:
        raise NotFound("Nothing is kept of this answer, so there is nothing to undo.") from error
    return Outcome.UNDONE
