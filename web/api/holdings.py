"""What the archive holds, as JSON: its articles, their copies, how much of whom and of when."""

from http import HTTPStatus

from flask import Response, jsonify
from werkzeug.exceptions import NotImplemented as NotOffered

from embeddings.archives import Shelves
from qa.confidence_words import words_to_json
from qa.render import article_to_json
from web.api import held
from web.api.made_with import made_with
from web.api.operations import Link, Operation, offers
from web.asked import Copies, Listing
from web.definitions import Definition
from web.requests import current_pipeline, read_article

EXAMPLE_ID = "004_802d376f4d3385fe"
"""A seed article."""

COPIES = 100
"""Copies of an article that are named, at most."""


@offers(
    Operation(
        "GET",
        "/articles",
        held.Articles,
        query=Listing,
        refusals=(HTTPStatus.NOT_IMPLEMENTED,),
        by_generation=True,
        example=(("from", "2022"), ("count", "1")),
        links=(Link("articles", "cursor", "/cursor"), Link("article", "id", "/articles/0/id")),
    )
)
def articles(asked: Listing) -> Response:
    """List articles, newest first, some at once; the cursor of one list asks for the next."""
    page = _shelves().newest(asked.only, asked.count, asked.behind)
    cursor = f"{page.last.day}-{page.last.number}" if page.last else None
    return jsonify(articles=list(map(article_to_json, page.articles)), cursor=cursor, made_with=made_with())


@offers(
    Operation(
        "GET",
        "/articles/{id}",
        held.Article,
        refusals=(HTTPStatus.NOT_FOUND,),
        by_generation=True,
        example=(("id", EXAMPLE_ID),),
        links=(Link("copies", "article", "/id"),),
    )
)
def article(_: Definition, article_id: str) -> Response:
    """Give one article with its text."""
    found = read_article(article_id)
    return jsonify({**article_to_json(found), "text": found.text, "made_with": made_with()})


@offers(
    Operation(
        "GET",
        "/copies",
        held.Copies,
        query=Copies,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED),
        by_generation=True,
        example=(("article", EXAMPLE_ID),),
    )
)
def copies(asked: Copies) -> Response:
    """Name the copies of an article, which say the same or nearly so, oldest first."""
    found = _shelves().copies_of(read_article(asked.article).id, COPIES)
    named = list(map(article_to_json, found.articles))
    return jsonify(article=asked.article, copies=named, count=found.count, made_with=made_with())


@offers(Operation("GET", "/info", held.Info, by_generation=True))
def info(_: Definition) -> Response:
    """Say how much the archive holds, of whom and of when, and what the words for a confidence mean."""
    pipeline = current_pipeline()
    archive = pipeline.archive
    counts, shelves = archive.store.counts(), archive.shelves
    counted = shelves.holdings() if shelves else None
    by_outlet = counted.by_outlet if counted else dict.fromkeys(archive.store.outlets())
    first, last = counted.days if counted else ("", "")
    return jsonify(
        articles=counts.articles,
        passages=counts.passages,
        outlets=[{"outlet": name or None, "articles": count} for name, count in by_outlet.items()],
        first=first or None,
        last=last or None,
        undated=counted.undated if counted else None,
        words=words_to_json(pipeline.readers.calibration.words),
        made_with=made_with(),
    )


def _shelves() -> Shelves:
    """Return what the archive can be looked through by. Raises NotOffered if that is nothing."""
    shelves = current_pipeline().archive.shelves
    if shelves is None:
        raise NotOffered("This archive lies in Milvus: it can be asked and searched, and articles can be read by id.")
    return shelves
