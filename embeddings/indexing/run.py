"""One run over files: what is new or changed goes in, what cannot be read is reported."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.files.articles import read_file
from embeddings.files.finding import InputFile
from embeddings.files.pieces import Piece, Unread
from embeddings.indexing.arrivals import Claim
from embeddings.indexing.arriving import arrive
from embeddings.indexing.background import Background
from embeddings.indexing.decisions import Batch, Decision, Outcome, decide
from embeddings.indexing.looks import READ_ALL, Judge, Look
from embeddings.indexing.pruning import Sightings
from embeddings.indexing.reports import IndexReport
from embeddings.indexing.said import Said
from embeddings.printed_pages import pages_from_text
from embeddings.records import FileRecord
from embeddings.types import Article
from embeddings.withdrawals import Withdrawal

BEING_WRITTEN = "was written to a moment ago: it is left as it was; index it again when it is complete"
"""What is said of a file that is not read since it may be there in half."""


class Run:
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
        return read_file(file, said.names, said.encoding, recognise=said.recognise, progress=self._progress)

    def _of_person(self, found: Article, file: InputFile) -> Article:
        """Return an article with what the person says of it, and where it was read as the person would say."""
        return replace(
            found,
            outlet=found.outlet if found.outlet else self._said.outlet,
            collection=self._said.collection if self._said.collection else found.collection,
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
