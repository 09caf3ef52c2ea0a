"""The page of an article, with a span marked in it."""

from flask import render_template, request

from web.pages.links import typed
from web.requests import read_article, read_span


def article(article_id: str) -> str:
    """Show an article, with a span marked in it if one is given. Raises NotFound, InvalidFieldsError."""
    found = read_article(article_id)
    return render_template("article.html", article=found, span=read_span(request.args, found), typed=typed())
