"""Articles that are no longer where they were read: they leave the archive, or go on at another of their sources."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.indexing.looks import Judge
from embeddings.records import OtherSource, SourceChanges
from embeddings.sources import file_of, is_below

REMOVED_TOGETHER = 1000
"""Articles that are removed in one transaction, at most."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """What one run found; the sets grow as it goes on.

    `files` are those that are there, and `kept` those of them whose articles stay, even if they were not seen.
    `articles` are the ids of stored articles that are where they were read, and `elsewhere` the sources of articles
    that are stored as read elsewhere. `met` are the ids of all articles that were read. `absent` are folders without a
    file, and how many places of articles were in each.
    """

    files: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    absent: Counter[str] = field(default_factory=Counter)

    def roots(self, paths: Sequence[Path]) -> "Roots":
        """Return the paths, links followed: those below which a file is left, and the others."""
        real = [os.path.realpath(path) for path in paths]
        held = [root for root in real if any(is_below(file, root) for file in self.files)]
        return Roots(held, [root for root in real if root not in held])

    def lack(self, source: str, roots: "Roots", is_another: Callable[[Path], bool]) -> bool:
        """Return whether what was stored as read at a source, and was not seen, is no longer there below the roots.

        `is_another` says whether an empty folder may be another one than it was: what was in that is not gone. Neither
        is what was read below a root without a file.
        """
        if not any(is_below(source, root) for root in roots.held):
            self.absent.update(next(([root] for root in roots.bare if is_below(source, root)), []))
            return False
        file = file_of(source)
        if file is not None:
            return file in self.files and file not in self.kept
        empty = _empty_folder(source)
        if empty is None or not is_another(empty):
            return True
        self.absent[str(empty)] += 1
        return False


@dataclass(frozen=True, slots=True)
class Roots:
    """The paths below which what is gone is removed: `held` are those with a file, `bare` those without any."""

    held: Sequence[str]
    bare: Sequence[str]


def _empty_folder(source: str) -> Path | None:
    """Return the folder that is left of where an article was read, if it is empty or cannot be looked into; else None.

    A disk that is not there leaves such a folder in its place.
    """
    for folder in Path(source).parents:
        try:
            if folder.is_dir():
                return None if any(folder.iterdir()) else folder
        except OSError:
            return folder
    return None


@dataclass(frozen=True, slots=True)
class Departure:
    """What becomes of articles that are no longer to be read at some places: which go, and which go on elsewhere."""

    gone: list[str]
    changes: SourceChanges


def departure(
    sources: Mapping[str, str],
    others: Iterable[OtherSource],
    is_lost: Callable[[str, str], bool],
    is_dropped: Callable[[OtherSource], bool],
) -> Departure:
    """Return what becomes of articles that lose places: `sources` says by id where they were read, `others` where else.

    `is_lost` says whether an article, by id, is no longer at its source, and `is_dropped` of another source the same.
    """
    dropped: list[str] = []
    left: dict[str, list[OtherSource]] = {}
    for other in others:
        if is_dropped(other):
            dropped.append(other.source)
        else:
            left.setdefault(other.article, []).append(other)
    lost = [article_id for article_id, source in sources.items() if is_lost(article_id, source)]
    changes = SourceChanges(handed={each: left[each][0] for each in lost if each in left}, dropped=dropped)
    return Departure([each for each in lost if each not in left], changes)


def prune(archive: GrowingArchive, paths: Sequence[Path], sightings: Sightings, judge: Judge) -> list[str]:
    """Remove articles that were read below the paths and are no longer there, at none of their sources.

    Return their ids. `judge` says which folders are those that they were. An article that is still at another source
    goes on as that one's.
    """
    roots, is_another = sightings.roots(paths), judge.is_another
    found = departure(
        archive.store.sources(),
        archive.copies.other_sources() if archive.copies else (),
        lambda article_id, source: article_id not in sightings.articles and sightings.lack(source, roots, is_another),
        lambda other: other.source not in sightings.elsewhere and sightings.lack(other.source, roots, is_another),
    )
    if found.changes:
        archive.save([], [], found.changes)
    for first in range(0, len(found.gone), REMOVED_TOGETHER):
        archive.remove(found.gone[first : first + REMOVED_TOGETHER])
    return found.gone
