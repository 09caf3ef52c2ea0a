"""Where the pages lead, and what is copied from them."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request, url_for

from embeddings.dates import in_words
from embeddings.folding import copied
from embeddings.sentences import sentence_around
from embeddings.types import Span
from qa.attribution.attribute import attribution_of
from qa.evidence import hash_of, in_the_original
from qa.render import attribution_in_words, page_doubts, page_in_words
from qa.types import Answer
from web.pages.marks import Marks, also
from web.requests import REPEATABLE

LEFT_OUT = "(Copied without soft hyphens and marks that take no width.)"
"""What is said of a quotation that is not copied letter by letter."""

FIELDS = ("q", "from", "to", "outlet", "k", "order")
"""The names of the form's fields: what is typed in them, every link on the pages carries along."""

SCOPE = ("from", "to", "outlet")
"""The names of a filter."""

BROWSED = ("words", "from", "to", "outlet")
"""The same of the form that looks through the archive."""


def typed(fields: Sequence[str] = FIELDS) -> dict[str, Any]:
    """Return what was typed in the form, and not left blank; a form that is posted stands for the address."""
    sent = request.form if request.method == "POST" else request.args
    given = {name: [value for value in sent.getlist(name) if value] for name in fields}
    return {name: values if name in REPEATABLE else values[0] for name, values in given.items() if values}


def span_link(span: Span, others: Iterable[Span] = ()) -> str:
    """Return the path of the article's page, at the marked span, from which one can go back to the question.

    Those of the others that are in the article, too, are marked beside it.
    """
    beside = {(each.start, each.end): each for each in others if each.article.id == span.article.id}
    beside.pop((span.start, span.end), None)
    return url_for("pages.article", **place_of(span), **carried(), also=also(list(beside.values())))


def carried() -> dict[str, Any]:
    """Return what was typed in the form of a question, or in that of the archive: where one can go back to."""
    return typed(BROWSED) if "words" in request.args else typed()


def mark_link(marks: Marks, step: int) -> str:
    """Return the path of the page with the mark that comes so many after the chosen one, in a circle."""
    every = marks.all
    span = every[(marks.number - 1 + step) % len(every)]
    kept: dict[str, Any] = {name: request.args[name] for name in ("ask",) if name in request.args}
    return url_for(
        "pages.article", **place_of(span), **carried(), **kept, also=also([each for each in every if each != span])
    )


def json_link() -> str:
    """Return the path at which the endpoint answers the question on the page."""
    fields = typed()
    return url_for("api.ask", question=fields.pop("q"), **fields)


def feed_link() -> str:
    """Return the address at which the question on the page can be followed."""
    return url_for("pages.feed", _external=True, **typed([name for name in FIELDS if name != "order"]))


def order_link(order: str) -> str:
    """Return the path of the page with its answers in another order."""
    return url_for("pages.ask", **{**typed(), "order": order})


def evidence(span: Span) -> str:
    """Return the sentence of a quotation and where it stands as plain text, one thing a line.

    The link in it does not carry the question: what a reporter asked is not part of what the reporter passes on.
    """
    article, page = span.article, page_in_words(span)
    sentence = Span(article, *sentence_around(article.text, span.start, span.end))
    quotation = copied(sentence.text)
    lines = [
        f"“{quotation}”",
        LEFT_OUT if quotation != sentence.text else "",
        attribution_in_words(span.attribution if isinstance(span, Answer) else attribution_of(span)),
        ", ".join(filter(None, [article.outlet, in_words(article.published) or "undated", article.byline, page])),
        *(f"This page was {doubt}." for doubt in page_doubts(span)),
        article.title,
    ]
    place = f"Characters {span.start}–{span.end}: “{copied(span.text)}”, SHA-256 {hash_of(span.text)}…"
    links = [in_the_original(sentence) or article.url, url_for("pages.article", **place_of(span), _external=True)]
    return "\n".join(filter(None, [*map(copied, lines), *links, place]))


def place_of(span: Span) -> dict[str, Any]:
    """Return what an address says of a span."""
    place = {"article_id": span.article.id, "start": span.start, "end": span.end, "hash": hash_of(span.text)}
    return {**place, "_anchor": "span"}
