"""Articles that are no longer where they were read: they leave the archive, or go on at another of their sources."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.records import OtherSource, SourceChanges
from embeddings.sources import file_of, is_below

REMOVED_TOGETHER = 1000
"""Articles that are removed in one transaction, at most."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """What one run found; the sets grow as it goes on.

    `files` are those that are there, and `kept` those of them whose articles stay, even if they were not seen.
    `articles` are the ids of stored articles that are where they were read, and `elsewhere` the sources of articles
    that are stored as read elsewhere. `met` are the ids of all articles that were read.
    """

    files: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)

    def roots(self, paths: Sequence[Path]) -> list[str]:
        """Return those of the paths, links followed, below which a file is left."""
        real = [os.path.realpath(path) for path in paths]
        return [root for root in real if any(is_below(file, root) for file in self.files)]

    def lack(self, source: str, roots: Sequence[str]) -> bool:
        """Return whether what was stored as read at a source, and was not seen, is no longer there below the roots."""
        if not any(is_below(source, root) for root in roots):
            return False
        file = file_of(source)
        return file is None or (file in self.files and file not in self.kept)


def prune(archive: GrowingArchive, paths: Sequence[Path], sightings: Sightings) -> list[str]:
    """Remove articles that were read below the paths and are no longer there, at none of their sources.

    Return their ids. An article that is still at another source goes on as that one's.
    """
    roots = sightings.roots(paths)
    dropped: list[str] = []
    left: dict[str, list[OtherSource]] = {}
    for other in archive.copies.other_sources() if archive.copies else ():
        if other.source not in sightings.elsewhere and sightings.lack(other.source, roots):
            dropped.append(other.source)
        else:
            left.setdefault(other.article, []).append(other)
    lost = [
        article_id
        for article_id, source in archive.store.sources().items()
        if article_id not in sightings.articles and sightings.lack(source, roots)
    ]
    changes = SourceChanges(handed={each: left[each][0] for each in lost if each in left}, dropped=dropped)
    if changes:
        archive.save([], [], changes)
    gone = [each for each in lost if each not in left]
    for first in range(0, len(gone), REMOVED_TOGETHER):
        archive.remove(gone[first : first + REMOVED_TOGETHER])
    return gone
