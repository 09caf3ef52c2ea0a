"""Where the pages lead, and what is copied from them."""

from typing import Any

from flask import request, url_for

from embeddings.dates import in_words
from embeddings.folding import copied
from embeddings.types import Span
from qa.render import page_doubts, page_in_words
from qa.types import Answer
from web.requests import REPEATABLE

LEFT_OUT = "(Copied without soft hyphens and marks that take no width.)"
"""What is said of a quotation that is not copied letter by letter."""

FIELDS = ("q", "from", "to", "outlet", "k")
"""The names of the form's fields: what is typed in them, every link on the pages carries along."""


def typed() -> dict[str, Any]:
    """Return what was typed in the form, and not left blank."""
    given = {name: [value for value in request.args.getlist(name) if value] for name in FIELDS}
    return {name: values if name in REPEATABLE else values[0] for name, values in given.items() if values}


def span_link(span: Span) -> str:
    """Return the path of the article's page, at the marked span, from which one can go back to the question."""
    return url_for("pages.article", **_place(span), **typed())


def json_link() -> str:
    """Return the path at which the endpoint answers the question on the page."""
    fields = typed()
    return url_for("api.ask", question=fields.pop("q"), **fields)


def evidence(answer: Answer) -> str:
    """Return the quotation and where it stands as plain text, one thing a line.

    The link in it does not carry the question: what a reporter asked is not part of what the reporter passes on.
    """
    article, page = answer.article, page_in_words(answer)
    quotation = copied(answer.sentence.text)
    lines = [
        f"“{quotation}”",
        LEFT_OUT if quotation != answer.sentence.text else "",
        ", ".join(filter(None, [article.outlet, in_words(article.published) or "undated", article.byline, page])),
        *(f"This page was {doubt}." for doubt in page_doubts(answer)),
        article.title,
    ]
    links = [article.url, url_for("pages.article", **_place(answer), _external=True)]
    return "\n".join(filter(None, [*map(copied, lines), *links]))


def is_web_address(url: str | None) -> bool:
    """Return whether a link may lead there: an article can come with any string, "javascript:" among them."""
    return url is not None and url.lower().startswith(("https://", "http://"))


def _place(span: Span) -> dict[str, Any]:
    return {"article_id": span.article.id, "start": span.start, "end": span.end, "_anchor": "span"}
