"""What somebody says of an answer: kept, changed or taken back, and told with a way to undo it."""

from flask import render_template, request

from qa.evidence import hash_of
from qa.feedback import Outcome, Verdict, id_of
from web.judgement import UNDO, Judgement
from web.judging import feedback_of, keep, other_words, take_back, words_of
from web.requests import read_fields

FIELDS = ("question", "article", "start", "end", "hash", "generation", "from", "to", "outlet", "verdict")
"""The names of the form below an answer."""


def feedback() -> str:
    """Keep what is said of an answer, and show that it was. Raises InvalidFieldsError, NotFound, ServiceUnavailable."""
    said = read_fields(Judgement, request.form, dict(zip(FIELDS, FIELDS, strict=True)))
    outcome = _taken_back(said) if said.verdict == UNDO else _kept(said)
    asked = {"q": said.question, "from": said.published_from, "to": said.published_to, "outlet": said.outlet}
    return render_template("feedback.html", said=said, outcome=outcome, asked=asked, sent=request.form)


def _kept(said: Judgement) -> Outcome:
    text = words_of(said)
    if not text or hash_of(text) != said.hash:
        raise other_words(said, "answer")
    return keep(feedback_of(said, Verdict(said.verdict), text))


def _taken_back(said: Judgement) -> Outcome:
    take_back(id_of(said.question, said.article, (said.start, said.end), said.hash))
    return Outcome.UNDONE
