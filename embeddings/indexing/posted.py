"""Articles that are handed over one by one, without a file: read and stored as those in files are."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from embeddings.archives import ArticleStore, GrowingArchive
from embeddings.files.articles import read_file
from embeddings.files.finding import InputFile
from embeddings.files.pieces import Piece, Unread
from embeddings.indexing.index import index_files
from embeddings.indexing.reports import IndexReport
from embeddings.records import digest
from embeddings.types import Article

POSTED = "posted:"
"""How the source of such an article begins: no file's path does, so no folder that is pruned has it."""

_FOR_FILES = re.compile(r"; say which is the text with --field .*\Z", re.DOTALL)
"""The cure for a file without a text that is known by its name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong with one of the articles, by its place among them from 0, and the cure."""

    place: int
    reason: str


@dataclass(frozen=True, slots=True)
class PostReport:
    """What became of articles that were handed over.

    `ids` are those that they are found under, None for one that was not read or left out. `refused` is why nothing was
    stored, of each article that is at fault; `unread` are those that hold no article, the others were stored.
    """

    report: IndexReport = field(default_factory=IndexReport)
    ids: Sequence[str | None] = ()
    refused: Sequence[Refused] = ()
    unread: Sequence[Refused] = ()


def index_posted(archive: GrowingArchive, objects: Sequence[Mapping[str, object]]) -> PostReport:
    """Add articles to an archive, each an object as it may stand in a JSON file, and return what became of them.

    One with the id of an article that came the same way before takes its place. None is stored if one has the id of
    an article that says something else and was read elsewhere, or that of another one among them.

    Raises:
        TimeoutError: if another process is writing to this archive.
    """
    with TemporaryDirectory(prefix="pressmark-") as name:
        paths = [Path(name, f"{place}.json") for place in range(len(objects))]
        for path, each in zip(paths, objects, strict=True):
            path.write_text(json.dumps(each), encoding="utf-8")
        found = [next(iter(read_file(InputFile(path, "")))) for path in paths]
        articles = {place: piece.item for place, piece in enumerate(found) if isinstance(piece.item, Article)}
        refused = _refused(articles, archive.store)
        if refused:
            return PostReport(refused=refused)
        files = [InputFile(paths[place], one.id, named=source_of(one.id)) for place, one in articles.items()]
        report = index_files(archive, files, lambda _: None)
    named = {place: article.id for place, article in articles.items()}
    ids = _found_under(list(named.values()), archive)
    return PostReport(report, [ids.get(named.get(place, "")) for place in range(len(objects))], (), _unread(found))


def source_of(article_id: str) -> str:
    """Return the source of an article that was handed over with this id."""
    return f"{POSTED}{quote(article_id, safe='')}"


def _refused(articles: Mapping[int, Article], store: ArticleStore) -> list[Refused]:
    """Return what keeps articles from being stored."""
    origins = store.origins(list({article.id for article in articles.values()}))
    refused, places = [], dict[str, int]()
    for place, article in articles.items():
        first = places.setdefault(article.id, place)
        if first != place:
            said = f"has the id {article.id!r}, which articles[{first}] has, too; send one of them"
            refused.append(Refused(place, said))
        origin = origins.get(article.id)
        if origin and origin.source != source_of(article.id) and origin.digest != digest(article):
            said = (
                f"has the id {article.id!r} of an article that was read elsewhere; send another id, or delete that one"
            )
            refused.append(Refused(place, said))
    return refused


def _unread(found: Sequence[Piece]) -> list[Refused]:
    """Return what was not read; an option of the command line is no cure for whoever posts."""
    return [
        Refused(place, _FOR_FILES.sub('; send it as "text"', each.item.reason))
        for place, each in enumerate(found)
        if isinstance(each.item, Unread)
    ]


def _found_under(ids: Sequence[str], archive: GrowingArchive) -> dict[str, str]:
    """Return what articles are stored under, by the ids they came with: another one that says the same may stand."""
    stored = dict.fromkeys(archive.store.origins(ids))
    left = [each for each in ids if each not in stored]
    elsewhere = archive.copies.places_with(left) if archive.copies and left else []
    return {**{each: each for each in stored}, **{place.id: place.article for place in elsewhere}}
