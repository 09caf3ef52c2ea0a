"""The page of an article: words marked in it, answers within it alone, its copies, and where it was read."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from embeddings.differences import Differences, differences
from embeddings.types import Article, Filter
from qa.evidence import sha256_of
from qa.types import Prediction
from web.checking import FieldError, InvalidFieldsError
from web.pages.links import carried
from web.pages.marks import Marks, read_marks
from web.requests import current_pipeline, read_article
from web.span_links import Linked, Standing

COPIES = 8
"""Copies of an article that are compared with it; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an article, and what differs in it."""

    article: Article
    differences: Differences


def article(article_id: str) -> str:
    """Show an article, with what its address asks marked in it. Raises NotFound, InvalidFieldsError."""
    found = read_article(article_id)
    marks, within = read_marks(request.args, found), _asked_within(request.args, found)
    if within and not marks.chosen:
        marks = _marks_of(within)
    return render_template(
        "article.html",
        article=found,
        marks=marks,
        within=within,
        typed=carried(),
        sha256=sha256_of(found),
        **_family(found),
    )


def _asked_within(args: MultiDict[str, str], found: Article) -> Prediction | None:
    """Return what the question `ask` is answered within the article; None if there is none, or marks say which."""
    if not args.get("ask", "").strip() or "start" in args:
        return None
    try:
        return current_pipeline().ask(args["ask"], only=Filter(articles=(found.id,)))
    except ValueError as error:
        raise InvalidFieldsError([FieldError("ask", str(error))]) from error


def _marks_of(within: Prediction) -> Marks:
    """Return the answers within an article as its marks, the first one chosen."""
    if not within.answers:
        return Marks(None)
    first, *others = within.answers
    return Marks(Linked(first, Standing.HERE), tuple(others))


def _family(found: Article) -> dict[str, object]:
    """Return an article's copies with what differs, how many it has, and other places where it was read."""
    archive = current_pipeline().archive
    if archive.shelves is None:
        return {"copies": None, "count": 0}
    copied = archive.shelves.copies_of(found.id, COPIES)
    return {"copies": _compared(found, copied.articles), "count": copied.count}


def _compared(found: Article, copies: Sequence[Article]) -> list[Copy]:
    return [Copy(copy, differences(found, copy)) for copy in copies]
