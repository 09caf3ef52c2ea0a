"""Articles into an archive without files: what indexing does of a file's articles, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.archives import GrowingArchive
from embeddings.records import digest, prepare
from embeddings.types import Article


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles handed to an archive: their ids, in the order given."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def add(archive: GrowingArchive, articles: Sequence[Article]) -> Added:
    """Split, encode and store articles that are new or changed, and return which; the last of equal ids counts.

    They are found by searches once `refresh` has run.
    """
    latest = {article.id: article for article in articles}
    known = archive.store.origins(list(latest))
    same = {name for name, article in latest.items() if name in known and known[name].digest == digest(article)}
    fresh = [article for name, article in latest.items() if name not in same]
    if fresh:
        archive.save(prepare(fresh, archive.encoder, archive.splitting))
    return Added(
        added=tuple(name for name in latest if name not in known),
        changed=tuple(name for name in latest if name in known and name not in same),
        unchanged=tuple(name for name in latest if name in same),
    )
