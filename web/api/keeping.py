"""Writing to the archive: articles that are posted, and deleted, by those who may."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import Response, current_app, jsonify
from werkzeug.exceptions import NotFound

from embeddings.indexing.posted import PostReport, Refused, index_posted
from web.api.made_with import made_with
from web.api.operations import Link, Operation, offers
from web.api.posted import Deleted, Posted, PostedArticle, PostedArticles
from web.checking import FieldError, InvalidFieldsError
from web.definitions import Definition
from web.requests import current_pipeline

if TYPE_CHECKING:
    from embeddings.archives import GrowingArchive

POSTED_BODY = 4 * 1024 * 1024
"""The largest body of articles, in bytes: it is encoded while the client waits, in half a minute on two cores."""

WAIT = 10.0
"""Seconds that one request waits for another one to have written."""

_writing = threading.Lock()


@offers(
    Operation(
        "POST",
        "/articles",
        Posted,
        bodies=(PostedArticles, PostedArticle),
        refusals=(HTTPStatus.CONFLICT,),
        most=POSTED_BODY,
        writes=True,
        example_body={"articles": [{"id": "desk-1", "text": "The pier was opened.", "published": "2024-05-01"}]},
        links=(Link("article", "id", "/ids/0"), Link("delete_article", "id", "/ids/0")),
    )
)
def post_articles(posted: PostedArticle | PostedArticles) -> Response:
    """Add an article, or several, each an object as in a JSON file that `index` reads, with the same checks.

    One that was posted with the same id before is replaced. Whatever is not read is named; the rest goes in.
    """
    several = isinstance(posted, PostedArticles)
    objects = posted.articles if isinstance(posted, PostedArticles) else [posted.as_it_came]
    with _written() as archive:
        done = index_posted(archive, objects)
    if done.refused:
        raise InvalidFieldsError(_named(done.refused, several=several), HTTPStatus.CONFLICT)
    if not done.report.read:
        raise InvalidFieldsError(_named(done.unread, several=several))
    return jsonify(_summary(done))


@offers(
    Operation(
        "DELETE",
        "/articles/{id}",
        Deleted,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        writes=True,
        example=(("id", "desk-1"),),
    )
)
def delete_article(_: Definition, article_id: str) -> Response:
    """Take an article out of the archive. One whose file is still indexed comes back with it."""
    with _written() as archive:
        try:
            archive.remove([article_id])
        except KeyError as error:
            raise NotFound(f"This archive has no article {article_id[:200]!r}.") from error
        archive.refresh()
    return jsonify(deleted=article_id, made_with=made_with())


@contextmanager
def _written() -> Iterator["GrowingArchive"]:
    """Yield the archive that the server was started for, made now if there is none, for this request alone to write to.

    Raises:
        TimeoutError: if others write to it and do not come to an end.
    """
    pipeline, place = current_pipeline(), current_app.config["LOCATION"]
    if not _writing.acquire(timeout=WAIT):
        raise TimeoutError("other requests are writing to the archive")
    try:
        if place is None or place == pipeline.settings.archive:
            yield cast("GrowingArchive", pipeline.archive)
            return
        from embeddings.locations import open_or_create

        with closing(open_or_create(place, pipeline.archive.encoder)) as opened:  # the seeds are asked meanwhile
            yield opened
    finally:
        _writing.release()


def _named(refused: Sequence[Refused], *, several: bool) -> Iterator[FieldError]:
    for each in refused:
        name = f"articles[{each.place}]" if several else "the article"
        yield FieldError(name, f"{name} {each.reason}")


def _summary(done: PostReport) -> dict[str, object]:
    report = done.report
    return {
        "read": report.read,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "replaced": report.replaced,
        "older": len(report.older),
        "unread": [{"place": each.place, "reason": each.reason} for each in done.unread],
        "notes": [f"{count} {note}" for note, count in sorted(report.notes.items())],
        "ids": done.ids,
        "made_with": made_with(),
    }
