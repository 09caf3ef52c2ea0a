"""The body of a request as JSON, and what it asks by its definition."""

import json
from collections.abc import Sequence

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from web.api.posted import PostedArticle
from web.asked import Asking
from web.checking import TYPES_IN_WORDS, checked
from web.definitions import Definition
from web.judgement import GivenFeedback
from web.requests import what_is_known

EXAMPLES: dict[type[Definition], str] = {
    Asking: '{"question": "Who signed it?"}',
    GivenFeedback: '{"question": "…", "article": "desk-1", "start": 4, "end": 8, "text": "pier", "generation": 1, '
    '"verdict": "right"}',
    PostedArticle: '{"id": "desk-1", "text": "…"}, and several as {"articles": [{"text": "…"}]}',
}
"""What may be sent, by the last of the definitions of a body."""


class DoubledNameError(ValueError):
    """An object has two values of one name: which is meant nobody knows."""


def from_body(definitions: Sequence[type[Definition]]) -> Definition:
    """Return what the body asks, by the first definition that has one of its fields to itself, else by the last.

    Raises:
        BadRequest: if it is not JSON, or no object.
        UnsupportedMediaType: if it is said to be something else than JSON in UTF-8, or is compressed.
        InvalidFieldsError: with every field that is wrong, unknown, or of the wrong type.
    """
    example = EXAMPLES[definitions[-1]]
    body = _read_json(example)
    if not isinstance(body, dict):
        raise BadRequest(f"The body is {TYPES_IN_WORDS[type(body)]}; send an object such as {example}.")
    fits = (each for each in definitions if not body.keys().isdisjoint(_own_names(each, definitions)))
    return checked(next(fits, definitions[-1]), body, what_is_known(in_address=False))


def _read_json(example: str) -> object:
    """Return the request's body as JSON. Raises BadRequest, UnsupportedMediaType."""
    _check_said()
    try:
        body: object = json.loads(request.get_data(), object_pairs_hook=_once, parse_constant=_refuse)
    except DoubledNameError as error:
        raise BadRequest(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not valid JSON; send an object such as {example}.") from error
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadRequest("The body holds half of a surrogate pair, \\ud800 to \\udfff: it is no text.") from error
    return body


def _check_said() -> None:
    """Raise UnsupportedMediaType unless the headers say that the body is JSON in UTF-8, as it is."""
    coding = request.headers.get("Content-Encoding", "identity")
    if coding.lower() != "identity":
        raise UnsupportedMediaType(f"The body is compressed, Content-Encoding is {coding[:40]!r}; send it as it is.")
    if not request.is_json:
        kind = request.mimetype[:40]
        raise UnsupportedMediaType(f"The body's Content-Type is {kind!r}; send JSON as 'application/json'.")
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"The body's charset is {charset[:40]!r}; send JSON in UTF-8.")


def _own_names(definition: type[Definition], others: Sequence[type[Definition]]) -> set[str]:
    """Return the names of the fields that no other of the definitions has."""
    return set(definition.model_fields).difference(*(each.model_fields for each in others if each is not definition))


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Return an object of its names and values. Raises DoubledNameError."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DoubledNameError(f"The body has {twice[:100]!r} more than once; send it once.")
    return fields


def _refuse(constant: str) -> None:
    """Raise ValueError: NaN and the infinities are no JSON."""
    raise ValueError(constant)
