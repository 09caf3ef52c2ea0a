"""Paths to an archive: what is new or changed goes in, what cannot be read is reported."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.archive import Archive
from embeddings.articles import Unread, find_files, is_there, read_articles
from embeddings.database import digest
from embeddings.estimates import about
from embeddings.records import USUAL, FieldNames
from embeddings.types import Article

LOT = 64
"""Articles are stored in transactions of this many: what was read so far outlives an interruption."""

ONE_OF_MANY = re.compile(r"#[0-9]+\Z")
"""How the source of an article ends that shares its file with others."""


@dataclass
class IndexReport:
    """What became of everything that was found, counted in articles, and what could not be read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    unread: list[Unread] = field(default_factory=list)


def index_paths(
    archive: Archive, paths: Sequence[Path], progress: Callable[[int], object], names: FieldNames = USUAL
) -> IndexReport:
    """Add the articles of files and folders to an archive, and return what became of them.

    `progress` is told how many more articles are done, each time some are; `names` are what an export calls its fields.

    Raises:
        FileNotFoundError: if a path does not exist; nothing is indexed then.
        TimeoutError: if another process is writing to this archive.
    """
    report = IndexReport()
    for lot in _lots(read_articles(paths, names), report):
        done = archive.add([_distinct(archive, article) for article in lot])
        report.added += len(done.added)
        report.changed += len(done.changed)
        report.unchanged += len(done.unchanged)
        progress(len(lot))
    archive.refresh()
    return report


def _lots(found: Iterator[Article | Unread], report: IndexReport) -> Iterator[list[Article]]:
    """Yield articles in lots in which every id is there once, and note the unread in the report."""
    lot: dict[str, Article] = {}
    for article in found:
        if isinstance(article, Unread):
            report.unread.append(article)
            continue
        if len(lot) == LOT or article.id in lot:
            yield list(lot.values())
            lot = {}
        lot[article.id] = article
    if lot:
        yield list(lot.values())


def _distinct(archive: Archive, article: Article) -> Article:
    """Return the article, with another id if its own, made from its file's name, is that of another existing file."""
    try:
        known = archive.article(article.id)
    except KeyError:
        return article
    if known.source == article.source or ONE_OF_MANY.search(article.source) or not is_there(known.source):
        return article
    mark = hashlib.sha256(article.source.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return article if digest(known) == digest(article) else replace(article, id=f"{article.id}~{mark}")


def expected_articles(paths: Sequence[Path]) -> int:
    """Return about how many articles files and folders hold, at least one a file.

    Raises:
        FileNotFoundError: if a path does not exist.
    """
    return sum(map(about, find_files(paths)))
