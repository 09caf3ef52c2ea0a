"""Paths to an archive: what is new or changed goes in, what is gone goes out, what cannot be read is reported."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.files.articles import read_file
from embeddings.files.fields.names import USUAL, FieldNames
from embeddings.files.finding import InputFile, find_files
from embeddings.files.pieces import Piece, Unread
from embeddings.indexing.arrivals import Claim, arrive
from embeddings.indexing.background import Background
from embeddings.indexing.decisions import Batch, Decision, Outcome, decide
from embeddings.indexing.looks import AnyTime, Judge, Look, OneLook
from embeddings.indexing.pruning import Sightings, prune
from embeddings.plural import plural
from embeddings.printed_pages import pages_from_text
from embeddings.records import FileRecord
from embeddings.sources import file_of
from embeddings.types import Article
from embeddings.withdrawals import Withdrawal

READING = "5"
"""The way files are read: a change of what is read from a file that has not changed gets another one."""


@dataclass
class IndexReport:
    """What became of everything that was found, counted in articles, and what could not be read.

    `replaced` are those of the changed ones that left for a newer version from elsewhere, `older` the versions that
    were left out for a newer one, and `joined` the stored articles that turned out to be versions of others. `alike`
    are versions of an article only because they are alike, and `doubtful` have pages whose order could not be told.
    `notes` count what is to be known of what was read. `withdrawn` are stored articles that are not shown any more,
    since their newsrooms took them back. `waiting` are files that are being written to and were left as they were, and
    `absent` folders whose articles were kept although no file is there.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    unread: list[Unread] = field(default_factory=list)
    removed: int = 0
    replaced: int = 0
    older: list[Unread] = field(default_factory=list)
    joined: int = 0
    withdrawn: int = 0
    alike: list[Unread] = field(default_factory=list)
    doubtful: list[Unread] = field(default_factory=list, compare=False)
    notes: Counter[str] = field(default_factory=Counter, compare=False)
    waiting: list[Unread] = field(default_factory=list, compare=False)
    absent: list[Unread] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many articles the paths hold."""
        return self.added + self.changed + self.unchanged + len(self.older)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of files: what an export calls its fields, what encoding they are in, "" if that is guessed.

    `outlet` is whose articles they hold where these do not say it themselves, `collection` the name of the batch; ""
    for none.
    """

    names: FieldNames = USUAL
    encoding: str = ""
    outlet: str = ""
    collection: str = ""
    recognise: bool = True

    @property
    def reading(self) -> str:
        """What a file is remembered to have been read with."""
        others = {"encoding": self.encoding, "outlet": self.outlet, "collection": self.collection}
        said = [f"{name} {value}" for name, value in others.items() if value]
        return "\n".join([f"{READING} {self.names}".strip(), *said])


NOTHING_SAID = Said()

READ_ALL = AnyTime()

BEING_WRITTEN = "was written to a moment ago: it is left as it was; index it again when it is complete"
"""What is said of a file that is not read since it may be there in half."""


def index_paths(
    archive: GrowingArchive,
    paths: Sequence[Path],
    progress: Callable[[int], object],
    said: Said = NOTHING_SAID,
    *,
    prune: bool = False,
) -> IndexReport:
    """Add the articles of files and folders to an archive, and return what became of them; see `index_files`.

    With `prune`, articles that were read below these paths and are no longer there are removed, and a file that holds
    stored ones is left as it was while it is being written to.

    Raises:
        FileNotFoundError: if a path does not exist; nothing is indexed then.
        TimeoutError: if another process is writing to this archive.
    """
    return index_files(archive, find_files(paths), progress, said, prune_below=paths if prune else ())


def index_files(
    archive: GrowingArchive,
    files: Sequence[InputFile],
    progress: Callable[[int], object],
    said: Said = NOTHING_SAID,
    *,
    prune_below: Sequence[Path] = (),
) -> IndexReport:
    """Add the articles of files to an archive, and return what became of them.

    A file that is as it was is not read again. Articles that were read below the paths `prune_below` and are no longer
    there are removed, but for those below a path where no file is left: it may be a disk that is not there. Where an
    older version of a removed one is left, that goes in. `progress` is told how many more bytes of the files are done,
    each time some are.

    Raises:
        TimeoutError: if another process is writing to this archive.
    """
    judge = OneLook(archive) if prune_below else READ_ALL
    return _index(archive, Task(files, prune_below, judge), progress, said)


def look_through(
    archive: GrowingArchive, paths: Sequence[Path], judge: Judge, said: Said = NOTHING_SAID
) -> IndexReport:
    """Do the same as `index_paths` with `prune`, by a judge of their own of which files are complete."""
    return _index(archive, Task(find_files(paths), paths, judge), lambda _: None, said)


@dataclass(frozen=True, slots=True)
class Task:
    """Which files are to be read, below which paths what is gone is removed, and who judges what is there."""

    files: Sequence[InputFile]
    prune_below: Sequence[Path]
    judge: Judge


def _index(archive: GrowingArchive, task: Task, progress: Callable[[int], object], said: Said) -> IndexReport:
    with closing(_Run(archive, progress, said)) as run:
        for file in task.files:
            run.read(file, task.judge)
        run.store()
    if task.prune_below:
        gone = set(prune(archive, task.prune_below, run.sightings, task.judge))
        run.report.removed = len(gone)
        run.report.absent = [_absent(folder, count) for folder, count in sorted(run.sightings.absent.items())]
        left_out = [file for file in task.files if run.left_out[file.source] & gone]
        _bring_back(archive, left_out, said, run.report)
    archive.refresh()
    return run.report


def _absent(folder: str, count: int) -> Unread:
    """Return why articles stay although no file is where they were read."""
    stay = f"{plural(count, 'article')} read there {'stays' if count == 1 else 'stay'}"
    cure = f"to take out what was read there: pressmark remove --from-file {folder}"
    return Unread(folder, f"is empty: it may be a disk that is not there, so {stay}; {cure}")


def _bring_back(archive: GrowingArchive, files: Sequence[InputFile], said: Said, report: IndexReport) -> None:
    """Read files again whose articles were left out for newer versions that are gone."""
    if not files:
        return
    with closing(_Run(archive, lambda _: None, said)) as run:
        for file in files:
            run.forget(file)
            run.read(file)
        run.store()
    again = {file.source for file in files}
    report.added += run.report.added
    report.older = [left for left in report.older if file_of(left.source) not in again] + run.report.older


class _Run:
    """One run: what was found, and the batch that is being filled with it."""

    def __init__(self, archive: GrowingArchive, progress: Callable[[int], object], said: Said) -> None:
        self.report = IndexReport()
        self.sightings = Sightings()
        self.left_out: defaultdict[str, set[str]] = defaultdict(set)
        """The ids of the articles that older versions were left out for, by their files."""
        self._archive = archive
        self._progress = progress
        self._said = said
        self._records = archive.store.file_records()
        self._background = Background(archive, progress)
        self._batch = Batch()
        self._read_anew = set[str]()
        self._withdrawals: list[Withdrawal] = []
        self._rivals = set[str]()  # files with newer versions of articles of the file that is being read

    def close(self) -> None:
        """Stop; what is not stored yet is lost."""
        self._background.close()

    def forget(self, file: InputFile) -> None:
        """Have a file read whatever it is like."""
        self._records.pop(file.source, None)

    def read(self, file: InputFile, judge: Judge = READ_ALL) -> None:
        """Take in the articles of a file, unless it is as it was when they were stored, or is left alone."""
        now, known = _look_at(file, self._said), self._records.get(file.source)
        self.sightings.files.add(file.source)
        if known is not None and now is not None and self._is_settled(known, now):
            self.sightings.kept.add(file.source)
            self.report.unchanged += known.articles
            self._progress(now.size)
            return
        held = judge.left_alone(file)
        if held is not None:
            self.sightings.kept.add(file.source)
            self.report.unchanged += known.articles if known is not None else held
            self.report.waiting.append(Unread(file.source, BEING_WRITTEN))
            self._progress(file.size)
            return
        self._read_anew.add(file.source)
        self._rivals.clear()
        count = 0
        for piece in self._pieces(file):
            if isinstance(piece.item, Unread):
                self.report.unread.append(piece.item)
                self.sightings.kept.add(file.source)
                if piece.withdrawn is not None:
                    self._withdrawals.append(Withdrawal.of(self._of_person(piece.withdrawn, file)))
            else:
                count += self._take(self._of_person(piece.item, file), file)
                self.report.notes.update(piece.notes)
                self.report.doubtful += _doubts(piece.item)
            self._batch.size += piece.size
            if self._background.is_late:
                self.store()
        if now is not None and file.source not in self.sightings.kept and file.source not in self._background.contested:
            newer = "\n".join(sorted(self._rivals))
            self._records[file.source] = replace(now, articles=count, superseded_by=newer)
            self._batch.finished.append(self._records[file.source])

    def _pieces(self, file: InputFile) -> Iterator[Piece]:
        said = self._said
        return read_file(file, said.names, said.encoding, recognise=said.recognise)

    def _of_person(self, found: Article, file: InputFile) -> Article:
        """Return an article with what the person says of it, and where it was read as the person would say."""
        return replace(
            found,
            outlet=found.outlet if found.outlet else self._said.outlet,
            collection=self._said.collection,
            read_from=f"{file.shown}{found.source.removeprefix(file.source)}",
        )

    def _is_settled(self, known: FileRecord, now: FileRecord) -> bool:
        """Return whether a file is as it was, and so are the files with newer versions of articles of its own."""
        return known.is_like(now) and all(map(self._is_as_it_was, filter(None, known.superseded_by.split("\n"))))

    def _is_as_it_was(self, path: str) -> bool:
        """Return whether a file is as it was when its articles were stored, before this run."""
        other = self._records.get(path)
        if other is None or path in self._read_anew:
            return False
        found = _look_at(InputFile(Path(other.path), other.id), self._said)
        return found is not None and other.is_like(replace(found, reading=other.reading))

    def store(self) -> None:
        """Store all that was taken in so far, and let searches see it."""
        self._hand_over()
        self._background.store()
        withdrawals, self._withdrawals = self._withdrawals, []
        if withdrawals:
            self.report.withdrawn += self._archive.withdraw(withdrawals)

    def _take(self, found: Article, file: InputFile) -> bool:
        """Ask the archive what it knows of an article, decide what becomes of it, and have that done.

        Return whether it is in the archive.
        """
        if not self._batch.has_room(found):
            self._hand_over()
        decision = decide(arrive(found, self._archive, self.sightings.met), [*self._background.unstored, self._batch])
        if decision.outcome is Outcome.WAIT:
            self.store()
            decision = decide(arrive(found, self._archive, self.sightings.met), [])
        self._batch.apply(decision)
        self._note(decision, found)
        self._note_rival(decision, file)
        return decision.outcome is not Outcome.OLDER

    def _note(self, decision: Decision, found: Article) -> None:
        """Count an article, and remember that it is still there."""
        arrival, outcome = decision.arrival, decision.outcome
        self.report.joined += len(arrival.joined)
        if arrival.alike and not arrival.is_same:
            self.report.alike.append(Unread(found.source, f"is taken for a version of {arrival.article.id}"))
        if outcome is Outcome.OLDER:
            reason = f"is left out: a newer version of it is stored, {arrival.article.id}"
            self.report.older.append(Unread(found.source, reason))
            return
        self.report.added += outcome is Outcome.NEW
        self.report.changed += decision.changes_stored
        self.report.replaced += decision.replaces
        self.report.unchanged += outcome is not Outcome.NEW and not decision.changes_stored
        self.sightings.met.add(arrival.article.id)
        if outcome is not Outcome.ANOTHER_SOURCE:
            self.sightings.articles.add(arrival.article.id)
        if decision.same_as is not None:
            self.sightings.elsewhere.add(arrival.article.source)
            if decision.is_at_own_source:
                self.sightings.articles.add(decision.same_as)

    def _note_rival(self, decision: Decision, file: InputFile) -> None:
        """See to it that of two files with versions of an article the one is read again when that is needed."""
        rival, claim = decision.arrival.rival, decision.arrival.claim
        if claim is Claim.OLDER:
            self.left_out[file.source].add(decision.arrival.article.id)
        if rival is None:
            return
        if claim is Claim.SHARED:
            self._background.contested |= {file.source, rival}  # both have it: both are read every time
        elif claim is Claim.OLDER:
            self._rivals.add(rival)
        elif claim is Claim.SUPERSEDED and rival in self._records:
            known = self._records[rival]
            newer = sorted({*filter(None, known.superseded_by.split("\n")), file.source})
            self._records[rival] = replace(known, superseded_by="\n".join(newer))
            self._batch.finished.append(self._records[rival])

    def _hand_over(self) -> None:
        """Have the batch encoded, and begin another one."""
        batch, self._batch = self._batch, Batch()
        self._background.take(batch)


def _look_at(file: InputFile, said: Said) -> FileRecord | None:
    """Return what a file is like; None if that cannot be told, or was so a moment ago that it may change unseen."""
    look = Look.at(file)
    if look is None or look.is_fresh:
        return None
    return FileRecord(file.source, file.id, look.size, look.modified, 0, said.reading)


def _doubts(found: Article) -> list[Unread]:
    """Return what the person should know of the order in which an article's pages were read, if it is doubtful."""
    numbers = sorted({page.number for page in pages_from_text(found.pages) if page.doubtful})
    if not numbers:
        return []
    listed = ", ".join(map(str, numbers[:20])) + (", …" if len(numbers) > 20 else "")
    reason = f"the order of the columns on page {listed} could not be told; answers from there say so"
    return [Unread(found.source, reason)]
