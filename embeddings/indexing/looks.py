"""Which files are complete: one that is being written to is left as it was, until it is the same at two looks."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import time_ns
from typing import Protocol

from embeddings.archives import GrowingArchive
from embeddings.files.finding import InputFile
from embeddings.sources import Source, paths_of

SETTLED = 2_000_000_000
"""Nanoseconds after which a file can change no more without its time of change showing it."""


class Judge(Protocol):
    """Says which files are complete, and which folders are those that they were."""

    def left_alone(self, file: InputFile) -> int | None:
        """Return None for a file to be read; of one that is being written to how many stored articles it holds."""

    def is_another(self, folder: Path) -> bool:
        """Return whether an empty folder may stand in the place of one with files: a disk's, which is not there."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is like at a moment: bytes, and its time of change in nanoseconds."""

    size: int
    modified: int

    @classmethod
    def at(cls, file: InputFile) -> "Look | None":
        """Return what a file is like now; None if that cannot be told."""
        try:
            status = file.path.stat()
        except OSError:
            return None
        return cls(status.st_size, status.st_mtime_ns)

    @property
    def is_fresh(self) -> bool:
        """Whether the file changed so short a time ago that it may change again unseen.

        One whose time of change lies ahead is not: the clock that set it is another one, as on a share.
        """
        return 0 <= time_ns() - self.modified < SETTLED


class Looks:
    """For those who look again and again: a file is complete if it is the same as at the look before."""

    def __init__(self) -> None:
        self._before: dict[str, Look | None] = {}
        self._now: dict[str, Look | None] = {}
        self._folders: dict[Path, tuple[int, int] | None] = {}  # those that files were seen in
        self._seen: set[Path] = set()

    def begin(self) -> None:
        """Begin another look."""
        self._before, self._now, self._seen = self._now, {}, set()

    def left_alone(self, file: InputFile) -> int | None:
        """Return None for a file that is as it was, 0 for another; what it is like now is remembered."""
        look = self._now[file.source] = Look.at(file)
        for folder in Path(file.source).parents:
            if folder in self._seen:
                break
            self._seen.add(folder)
            self._folders[folder] = _identity(folder)
        return None if file.source in self._before and self._before[file.source] == look else 0

    def is_another(self, folder: Path) -> bool:
        """Return whether files were seen in another folder of this path, or in none: whose they were, nobody knows."""
        return self._folders.get(folder) != _identity(folder)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one in its place; None if it cannot be seen."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class AnyTime:
    """For those who read what is there."""

    def left_alone(self, _: InputFile) -> int | None:
        """Return None: every file is read."""
        return None

    def is_another(self, _: Path) -> bool:
        """Return that no folder is."""
        return False


READ_ALL = AnyTime()


class OneLook:
    """For those who look once and remove what is gone: a file with stored articles is left alone while it is fresh."""

    def __init__(self, archive: GrowingArchive) -> None:
        self._archive = archive
        self._stored: Counter[str] | None = None

    def left_alone(self, file: InputFile) -> int | None:
        """Return how many stored articles a file holds that is fresh, None if it is not, or holds none."""
        look = Look.at(file)
        if look is None or not look.is_fresh:
            return None
        return self._with_articles()[file.source] or None

    def is_another(self, _: Path) -> bool:
        """Return that every empty folder may be: what was seen in it before, nobody knows."""
        return True

    def _with_articles(self) -> Counter[str]:
        """Return how many stored articles were read below each path: asked for once, if at all."""
        if self._stored is None:
            others = self._archive.copies.other_sources() if self._archive.copies else []
            sources = [*self._archive.store.sources().values(), *(other.source for other in others)]
            self._stored = Counter(path for source in sources for path in paths_of(Source.at(source)))
        return self._stored
