"""The first page: a question with its answers."""

from flask import current_app, render_template, request

from embeddings.types import Filter
from qa.absence import absence_of
from qa.differing import ORDERS
from qa.limits import MAX_K
from web.asked import Asking, Scope
from web.checking import FieldError, InvalidFieldsError
from web.fields import Count
from web.pages.filters import filter_view
from web.pages.links import typed
from web.requests import current_pipeline, read_fields, read_page

NEWEST = 6
"""Articles that the first page shows."""

NARROWING = {name: name for name in ("from", "to", "outlet", "k")}


class Narrowing(Scope):
    """What a question is going to be asked of: a bar of the histogram may be followed before anything is typed."""

    k: Count = None
    """How many passages are going to be looked through."""


def ask() -> str | tuple[str, int]:
    """Show the form and, if a question is asked, its answers; if a field is wrong, that, with status 400."""
    try:
        asked = read_page(request.args) if "q" in request.args else read_fields(Narrowing, request.args, NARROWING)
    except InvalidFieldsError as error:
        return _page(Filter(), {wrong.field: wrong.detail for wrong in error.errors}), 400
    order = _order()
    return _answered(asked, order) if isinstance(asked, Asking) else _first(asked.only)


def _first(only: Filter) -> str:
    """Show what the archive holds and examples of what it answers, and the form with what is filtered by."""
    pipeline = current_pipeline()
    shelves, examples = pipeline.archive.shelves, current_app.config["EXAMPLES"].of(pipeline)
    newest = shelves.newest(Filter(), NEWEST) if shelves else None
    return _page(only, counts=pipeline.archive.store.counts(), newest=newest, examples=examples)


def _answered(asked: Asking, order: str) -> str:
    pipeline = current_pipeline()
    prediction = pipeline.ask(asked.question, k=asked.k, only=asked.only)
    absence = absence_of(pipeline, prediction, asked.only) if prediction.abstained else None
    return _page(asked.only, prediction=prediction, absence=absence, order=order)


def _order() -> str:
    """Return what answers are to be ordered by. Raises InvalidFieldsError."""
    order = request.args.get("order") or ORDERS[0]
    if order not in ORDERS or len(request.args.getlist("order")) > 1:
        detail = f"answers are ordered by confidence or by date, not by {order[:40]!r}; give one of these, once"
        raise InvalidFieldsError([FieldError("order", detail)])
    return order


def _page(only: Filter, errors: dict[str, str] | None = None, **shown: object) -> str:
    pipeline, errors = current_pipeline(), errors or {}
    form = {"default_k": pipeline.settings.k, "max_k": MAX_K, "typed": typed(), "errors": errors}
    view = filter_view(pipeline.archive, only, "pages.ask", typed(), errors)
    return render_template("ask.html", view=view, only=only, outlets=pipeline.archive.store.outlets(), **form, **shown)
