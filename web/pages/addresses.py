"""What the address of each page may say: a name that a page has not is told, and never passed over in silence."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import request, url_for

from web.checking import FieldError, InvalidFieldsError, fields_in_words, repeated
from web.pages.links import BROWSED, FIELDS, SCOPE

FEED = tuple(name for name in FIELDS if name != "order")

TAKEN: Mapping[str, Sequence[str]] = {
    "pages.ask": FIELDS,
    "pages.archive": (*BROWSED, "page"),
    "pages.article": ("start", "end", "hash", "also", "ask", *FIELDS, "words"),
    "pages.feed": (*FEED, "token"),
    "pages.sheet": SCOPE,
    "pages.sign_in": ("next",),
}
"""The names in the addresses of pages, by endpoint; other pages have none."""

SEVERAL = ("outlet", "also")
"""Names that may have several values."""

SAID_IN_THE_FORM = ("pages.ask", "pages.archive")
"""Pages that tell beside the field if it is given more than once."""


def check_address() -> None:
    """Raise InvalidFieldsError if an address of a page has other names than the page, or one of them twice."""
    endpoint = request.endpoint or ""
    taken = TAKEN.get(endpoint, ())
    unknown = [name for name in request.args if name not in taken]
    if unknown:
        path = url_for(endpoint, **(request.view_args or {}))
        kept = [(name, value) for name, value in request.args.items(multi=True) if name in taken]
        raise InvalidFieldsError(
            (FieldError(name, f"this page has no field {name[:40]!r}; {fields_in_words(taken)}") for name in unknown),
            without=f"{path}?{urlencode(kept)}" if kept else path,
        )
    if endpoint not in SAID_IN_THE_FORM:
        twice = repeated(request.args, SEVERAL)
        if twice:
            raise InvalidFieldsError(FieldError(name, said) for name, said in twice.items())
