"""The first page: a question with its answers."""

from flask import current_app, render_template, request

from embeddings.types import Filter
from qa.absence import absence_of
from qa.differing import ORDERS
from qa.limits import MAX_K
from web.asked import Asking, Scope
from web.checking import InvalidFieldsError
from web.fields import Count, InOrder
from web.pages.filters import filter_view
from web.pages.links import typed
from web.requests import current_pipeline, read_fields, read_page

NEWEST = 6
"""Articles that the first page shows."""

NARROWING = {name: name for name in ("from", "to", "outlet", "k", "order")}


class Narrowing(Scope):
    """What a question is going to be asked of: a bar of the histogram may be followed before anything is typed."""

    k: Count = None
    """How many passages are going to be looked through."""

    order: InOrder = ORDERS[0]
    """What answers are going to be ordered by."""


def ask() -> str | tuple[str, int]:
    """Show the form and, if a question is asked, its answers; if a field is wrong, that, with status 400."""
    try:
        asked = read_page(request.args) if "q" in request.args else read_fields(Narrowing, request.args, NARROWING)
    except InvalidFieldsError as error:
        return _page(Filter(), {wrong.field: wrong.detail for wrong in error.errors}), 400
    return _answered(asked) if isinstance(asked, Asking) else _first(asked.only)


def _first(only: Filter) -> str:
    """Show what the archive holds and examples of what it answers, and the form with what is filtered by."""
    pipeline = current_pipeline()
    shelves, examples = pipeline.archive.shelves, current_app.config["EXAMPLES"].of(pipeline)
    newest = shelves.newest(Filter(), NEWEST).articles if shelves else None
    return _page(only, counts=pipeline.archive.store.counts(), newest=newest, examples=examples)


def _answered(asked: Asking) -> str:
    pipeline = current_pipeline()
    prediction = pipeline.ask(asked.question, k=asked.k, only=asked.only)
    absence = absence_of(pipeline, prediction, asked.only)
    return _page(asked.only, prediction=prediction, absence=absence, order=asked.order)


def _page(only: Filter, errors: dict[str, str] | None = None, **shown: object) -> str:
    pipeline, errors = current_pipeline(), errors or {}
    form = {"default_k": pipeline.settings.k, "max_k": MAX_K, "typed": typed(), "errors": errors}
    view = filter_view(pipeline.archive, only, "pages.ask", typed(), errors)
    known = {"outlets": pipeline.archive.store.outlets(), "words": pipeline.readers.calibration.words}
    return render_template("ask.html", view=view, only=only, **known, **form, **shown)
