"""Paths to an archive: what is new or changed goes in, what is gone goes out, what cannot be read is reported."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.files.finding import InputFile, find_files
from embeddings.files.pieces import Unread
from embeddings.indexing.looks import READ_ALL, Judge, OneLook
from embeddings.indexing.pruning import prune
from embeddings.indexing.reports import IndexReport
from embeddings.indexing.run import Run
from embeddings.indexing.said import NOTHING_SAID, Said
from embeddings.plural import plural
from embeddings.sources import file_of


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
    there are removed, but for those below a path, or in a folder, where no file is left: it may be a disk that is not
    there. Where an older version of a removed one is left, that goes in. `progress` is told how many more bytes of the
    files are done, each time some are.

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
    with closing(Run(archive, progress, said)) as run:
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
    with closing(Run(archive, lambda _: None, said)) as run:
        for file in files:
            run.forget(file)
            run.read(file)
        run.store()
    again = {file.source for file in files}
    report.added += run.report.added
    report.older = [left for left in report.older if file_of(left.source) not in again] + run.report.older
