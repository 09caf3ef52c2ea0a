"""What is said of answers: checked against the archive, kept with what gave the answer, and taken back."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from werkzeug.exceptions import NotFound, ServiceUnavailable

from embeddings.types import Filter
from qa.feedback import LONGEST, Feedback, FeedbackFile, Outcome, Verdict, default_file
from web.checking import FieldError, InvalidFieldsError
from web.judgement import Judged
from web.requests import current_pipeline

log = logging.getLogger(__name__)

AGAIN = "ask the question again, and say it of what is answered now"

AS_ANSWERED = "send both as they were answered"

FAILS = (
    "The file of feedback is full, damaged or away, so nothing is kept. Whoever keeps this server finds the cause in "
    "the log."
)

RETRY = 60
"""Seconds after which it is worth saying it again: somebody has to mend the file."""


def feedback_file() -> FeedbackFile:
    """Return the file that keeps what is said on this server."""
    return FeedbackFile(current_pipeline().settings.feedback or default_file())


def words_of(said: Judged) -> str:
    """Return the words that stand now where the answer did, "" for none.

    Raises:
        InvalidFieldsError: if its article is gone, it has no character, or more than any answer.
    """
    if said.end <= said.start:
        empty = f"end is {said.end}, start is {said.start}: end lies behind the answer's last character; {AS_ANSWERED}"
        raise InvalidFieldsError([FieldError("end", empty)])
    if said.end - said.start > LONGEST:
        long = f"end is {said.end}, start is {said.start}: no answer has more than {LONGEST:,} characters; {AGAIN}"
        raise InvalidFieldsError([FieldError("end", long)])
    try:
        return str(current_pipeline().archive.store.article(said.article).text[said.start : said.end])
    except KeyError as error:
        gone = f"this archive has no article {said.article[:200]!r} any more; {AGAIN}"
        raise InvalidFieldsError([FieldError("article", gone)], HTTPStatus.CONFLICT) from error


def other_words(said: Judged, field: str) -> InvalidFieldsError:
    """Return what is to be raised if other words stand there now than the answer's, which `field` tells."""
    gone = f"the words that were answered do not stand at {said.start} to {said.end} of the article any more; {AGAIN}"
    return InvalidFieldsError([FieldError(field, gone)], HTTPStatus.CONFLICT)


def feedback_of(said: Judged, verdict: Verdict, text: str, within: Sequence[str] = ()) -> Feedback:
    """Return feedback on an answer of these words, given now."""
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
        Filter(said.published_from or "", said.published_to or "", tuple(said.outlet or ()), tuple(within)),
    )


def keep(given: Feedback) -> Outcome:
    """Keep what is said of an answer. Raises ServiceUnavailable while the file takes nothing."""
    try:
        return feedback_file().give(given)
    except (ValueError, OSError) as error:
        raise _failing(error) from error


def take_back(id_: str) -> None:
    """Forget what was said of an answer. Raises NotFound if nothing was, ServiceUnavailable."""
    try:
        feedback_file().take_back(id_)
    except KeyError as error:
        raise NotFound("Nothing is kept of this answer, so there is nothing to undo.") from error
    except (ValueError, OSError) as error:
        raise _failing(error) from error


def _failing(error: Exception) -> ServiceUnavailable:
    log.warning("%s", error)  # where the file lies is for its keeper
    return ServiceUnavailable(FAILS, retry_after=RETRY)
