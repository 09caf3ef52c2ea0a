"""The first page: a question with its answers."""

from flask import render_template, request

from qa.limits import MAX_K
from web.checking import InvalidFieldsError
from web.pages.links import typed
from web.requests import current_pipeline, read_page


def ask() -> str | tuple[str, int]:
    """Show the form and, if a question is asked, its answers; if a field is wrong, that, with status 400."""
    pipeline = current_pipeline()
    outlets = pipeline.archive.store.outlets()
    form = {"outlets": outlets, "default_k": pipeline.settings.k, "max_k": MAX_K, "typed": typed(), "errors": {}}
    if "q" not in request.args:
        return render_template("ask.html", counts=pipeline.archive.store.counts(), **form)
    try:
        asked = read_page(request.args)
    except InvalidFieldsError as error:
        form["errors"] = {wrong.field: wrong.detail for wrong in error.errors}
        return render_template("ask.html", **form), 400
    prediction = pipeline.ask(asked.question, k=asked.k, only=asked.only)
    return render_template("ask.html", prediction=prediction, only=asked.only, **form)
