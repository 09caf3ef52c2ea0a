"""Paths to an archive: what is new or changed goes in, what is gone goes out, what cannot be read is reported."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import time_ns

from embeddings.archives import GrowingArchive
from embeddings.files.articles import InputFile, Unread, find_files, read_file
from embeddings.files.fields import USUAL, FieldNames
from embeddings.indexing.arrivals import Claim, arrive
from embeddings.indexing.background import Background
from embeddings.indexing.decisions import Batch, Decision, Outcome, decide
from embeddings.indexing.pruning import Sightings, prune
from embeddings.records import FileRecord
from embeddings.types import Article

READING = "2"
"""The way files are read: a change of what is read from a file that has not changed gets another one."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a file can change no more without its time of change showing it."""


@dataclass
class IndexReport:
    """What became of everything that was found, counted in articles, and what could not be read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    unread: list[Unread] = field(default_factory=list)
    removed: int = 0

    @property
    def read(self) -> int:
        """How many articles the paths hold."""
        return self.added + self.changed + self.unchanged


def index_paths(
    archive: GrowingArchive,
    paths: Sequence[Path],
    progress: Callable[[int], object],
    names: FieldNames = USUAL,
    *,
    prune: bool = False,
) -> IndexReport:
    """Add the articles of files and folders to an archive, and return what became of them; see `index_files`.

    With `prune`, articles that were read below these paths and are no longer there are removed.

    Raises:
        FileNotFoundError: if a path does not exist; nothing is indexed then.
        TimeoutError: if another process is writing to this archive.
    """
    return index_files(archive, find_files(paths), progress, names, prune_below=paths if prune else ())


def index_files(
    archive: GrowingArchive,
    files: Sequence[InputFile],
    progress: Callable[[int], object],
    names: FieldNames = USUAL,
    *,
    prune_below: Sequence[Path] = (),
) -> IndexReport:
    """Add the articles of files to an archive, and return what became of them.

    A file that is as it was is not read again. Articles that were read below the paths `prune_below` and are no longer
    there are removed, but for those below a path where no file is left: it may be a disk that is not there. `progress`
    is told how many more bytes of the files are done, each time some are; `names` are what an export calls its fields.

    Raises:
        TimeoutError: if another process is writing to this archive.
    """
    with closing(_Run(archive, progress, names)) as run:
        for file in files:
            run.read(file)
        run.store()
    if prune_below:
        run.report.removed = len(prune(archive, prune_below, run.sightings))
    archive.refresh()
    return run.report


class _Run:
    """One run: what was found, and the batch that is being filled with it."""

    def __init__(self, archive: GrowingArchive, progress: Callable[[int], object], names: FieldNames) -> None:
        self.report = IndexReport()
        self.sightings = Sightings()
        self._archive = archive
        self._progress = progress
        self._names = names
        self._records = archive.store.file_records()
        self._background = Background(archive, progress)
        self._batch = Batch()

    def close(self) -> None:
        """Stop; what is not stored yet is lost."""
        self._background.close()

    def read(self, file: InputFile) -> None:
        """Take in the articles of a file, unless it is as it was when they were stored."""
        now, known = _look_at(file, self._names), self._records.get(file.source)
        self.sightings.files.add(file.source)
        if known is not None and now is not None and self._is_settled(known, now):
            self.sightings.kept.add(file.source)
            self.report.unchanged += known.articles
            self._progress(now.size)
            return
        count = 0
        for piece in read_file(file, self._names):
            if isinstance(piece.item, Unread):
                self.report.unread.append(piece.item)
                self.sightings.kept.add(file.source)
            else:
                self._take(piece.item, file)
                count += 1
            self._batch.size += piece.size
            if self._background.is_late:
                self.store()
        if now is not None and file.source not in self.sightings.kept and file.source not in self._background.contested:
            self._records[file.source] = replace(now, articles=count)
            self._batch.finished.append(self._records[file.source])

    def _is_settled(self, known: FileRecord, now: FileRecord) -> bool:
        """Return whether a file is as it was, and so is the file that has replaced an article of its own, if any."""
        if not known.is_like(now):
            return False
        if not known.superseded_by:
            return True
        other = self._records.get(known.superseded_by)
        if other is None:
            return False
        found = _look_at(InputFile(Path(other.path), other.id), self._names)
        return found is not None and other.is_like(replace(found, reading=other.reading))

    def store(self) -> None:
        """Store all that was taken in so far, and let searches see it."""
        self._hand_over()
        self._background.store()

    def _take(self, found: Article, file: InputFile) -> None:
        """Ask the archive what it knows of an article, decide what becomes of it, and have that done."""
        if not self._batch.has_room(found):
            self._hand_over()
        decision = decide(arrive(found, self._archive), [*self._background.unstored, self._batch])
        if decision.outcome is Outcome.WAIT:
            self.store()
            decision = decide(arrive(found, self._archive), [])
        self._batch.apply(decision)
        self._note(decision)
        self._note_rival(decision, file)

    def _note(self, decision: Decision) -> None:
        """Count an article, and remember that it is still there."""
        self.report.added += decision.outcome is Outcome.NEW
        self.report.changed += decision.changes_stored
        self.report.unchanged += decision.outcome is not Outcome.NEW and not decision.changes_stored
        if decision.outcome is not Outcome.ANOTHER_SOURCE:
            self.sightings.articles.add(decision.arrival.article.id)
        if decision.same_as is not None:
            self.sightings.elsewhere.add(decision.arrival.article.source)
            if decision.is_at_own_source:
                self.sightings.articles.add(decision.same_as)

    def _note_rival(self, decision: Decision, file: InputFile) -> None:
        """See to it that the file with the id of an article is read again when that is needed."""
        rival = decision.arrival.rival
        if rival is None:
            return
        if decision.arrival.claim is Claim.SHARED:
            self._background.contested |= {file.source, rival}  # both have it: both are read every time
        elif decision.arrival.claim is Claim.SUPERSEDED and rival in self._records:
            self._records[rival] = replace(self._records[rival], superseded_by=file.source)
            self._batch.finished.append(self._records[rival])

    def _hand_over(self) -> None:
        """Have the batch encoded, and begin another one."""
        batch, self._batch = self._batch, Batch()
        self._background.take(batch)


def _look_at(file: InputFile, names: FieldNames) -> FileRecord | None:
    """Return what a file is like; None if that cannot be told, or was so a moment ago that it may change unseen."""
    try:
        status = file.path.stat()
    except OSError:
        return None
    if time_ns() - status.st_mtime_ns < SETTLED:
        return None
    return FileRecord(file.source, file.id, status.st_size, status.st_mtime_ns, 0, f"{READING} {names}".strip())
