"""The pages: a question with its answers, and an article with a span marked in it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for

from embeddings.dates import in_words
from embeddings.plural import plural
from embeddings.types import Filter, Span
from qa.limits import MAX_K
from qa.render import confidence_in_words, page_doubts, page_in_words
from qa.types import Answer, Prediction
from web.highlight import paragraphs, pieces
from web.requests import REPEATABLE, InvalidFieldsError, current_pipeline, read_article, read_page, read_span

FIELDS = ("q", "from", "to", "outlet", "k")
"""The names of the form's fields: what is typed in them, every link on the pages carries along."""

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def ask() -> str | tuple[str, int]:
    """Show the form and, if a question is asked, its answers; if a field is wrong, that, with status 400."""
    pipeline = current_pipeline()
    outlets = pipeline.archive.store.outlets()
    form = {"outlets": outlets, "default_k": pipeline.settings.k, "max_k": MAX_K, "typed": typed(), "errors": {}}
    if "q" not in request.args:
        return render_template("ask.html", counts=pipeline.archive.store.counts(), **form)
    try:
        asked = read_page(request.args, outlets)
    except InvalidFieldsError as error:
        form["errors"] = {wrong.field: wrong.detail for wrong in error.errors}
        return render_template("ask.html", **form), 400
    prediction = pipeline.ask(asked.question, k=asked.k, only=asked.only)
    return render_template("ask.html", prediction=prediction, only=asked.only, **form)


@blueprint.get("/articles/<id:article_id>")
def article(article_id: str) -> str:
    """Show an article, with a span marked in it if one is given. Raises NotFound, InvalidFieldsError."""
    found = read_article(article_id)
    return render_template("article.html", article=found, span=read_span(request.args, found), typed=typed())


def typed() -> dict[str, Any]:
    """Return what was typed in the form, and not left blank."""
    given = {name: [value for value in request.args.getlist(name) if value] for name in FIELDS}
    return {name: values if name in REPEATABLE else values[0] for name, values in given.items() if values}


def span_link(span: Span) -> str:
    """Return the path of the article's page, at the marked span, from which one can go back to the question."""
    return url_for("pages.article", **_place(span), **typed())


def read_as_answers(prediction: Prediction) -> list[Span]:
    """Return every span that the answers show, or where their words were read, too."""
    return [span for answer in prediction.answers for span in (answer, *answer.supports, *answer.copies)]


def looked_through(prediction: Prediction) -> str:
    """Return how many passages were read, and how many only skimmed: "4 passages read, 16 skimmed"."""
    read = plural(len(prediction.hits) - len(prediction.skimmed), "passage") + " read"
    return f"{read}, {len(prediction.skimmed)} skimmed" if prediction.skimmed else read


def json_link() -> str:
    """Return the path at which the endpoint answers the question on the page."""
    fields = typed()
    return url_for("api.ask", question=fields.pop("q"), **fields)


def evidence(answer: Answer) -> str:
    """Return the quotation and where it stands as plain text, one thing a line.

    The link in it does not carry the question: what a reporter asked is not part of what the reporter passes on.
    """
    article, page = answer.article, page_in_words(answer)
    lines = [
        f"“{answer.sentence.text}”",
        ", ".join(filter(None, [article.outlet, in_words(article.published) or "undated", article.byline, page])),
        *(f"This page was {doubt}." for doubt in page_doubts(answer)),
        article.title,
        article.url,
        url_for("pages.article", **_place(answer), _external=True),
    ]
    return "\n".join(filter(None, lines))


def scope_in_words(only: Filter) -> str:
    """Return what a filter lets through, "" for everything: "what Azernews or Gazette published up to May 2023"."""
    first, last = in_words(only.published_from), in_words(only.published_to)
    if only == Filter():
        return ""
    dates = f" from {first} to {last}" if first and last else f" from {first} on" if first else f" up to {last}"
    return f"what {_listed(only.outlets) or 'was'} published{dates if first or last else ''}"


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def as_sentence(message: str) -> str:
    """Return an error message with a capital and a full stop; a quoted value or a field named k stays as it is."""
    start = message[:1].upper() if message[:2].isalpha() else message[:1]
    return f"{start}{message[1:]}{'' if message.endswith(('.', '?')) else '.'}"


def is_web_address(url: str | None) -> bool:
    """Return whether a link may lead there: an article can come with any string, "javascript:" among them."""
    return url is not None and url.lower().startswith(("https://", "http://"))


def _place(span: Span) -> dict[str, Any]:
    return {"article_id": span.article.id, "start": span.start, "end": span.end, "_anchor": "span"}


for function in (
    as_sentence,
    confidence_in_words,
    evidence,
    in_words,
    is_web_address,
    json_link,
    looked_through,
    page_doubts,
    page_in_words,
    paragraphs,
    pieces,
    plural,
    read_as_answers,
    scope_in_words,
    span_link,
):
    blueprint.add_app_template_global(function)
