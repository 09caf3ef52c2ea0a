"""A copy of an archive that is whole, made while others write to it, and an archive made of one."""

import shutil
from contextlib import closing
from pathlib import Path

from embeddings.folder.database import Database
from embeddings.folder.integrity import file_faults
from embeddings.folder.paths import Paths, check_exists, journal_of
from embeddings.folder.schema import APPLICATION_ID, DRAFT
from embeddings.folder.sqlite import Connection
from embeddings.types import Counts, DamagedError

MAGIC = b"SQLite format 3\x00"

HEAD = 100
"""Bytes of an SQLite file's head."""

OURS = slice(68, 72)
"""Where whose file it is stands in it: its application id."""


def back_up(folder: Path, file: Path) -> Counts:
    """Copy an archive, as it is at one moment, to a file that takes the place of an older one once it is whole.

    The indexes are not in it: they are made anew from it. Return how much is in it.

    Raises:
        FileNotFoundError: if there is no archive in the folder.
    """
    check_exists(folder)
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with closing(Connection(Paths(folder).database)) as connection:
            connection.run("VACUUM INTO ?", str(draft))
        with closing(Connection(draft)) as copy:
            copy.run("PRAGMA journal_mode = WAL")  # which a copy does not take over
        counts = _counted(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return counts


def restore(file: Path, folder: Path) -> Counts:
    """Make an archive of a copy, in a new or empty folder. Return how much is in it.

    Raises:
        FileNotFoundError: if there is no such file.
        FileExistsError: if the folder holds something.
        ValueError: if the file is no copy of an archive, or that of one that is written to.
        DamagedError: if it is a copy, and damaged.
    """
    _check_whole(file)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a new folder, or put this one aside first")
    folder.mkdir(parents=True, exist_ok=True)
    counts, draft = _counted(file), folder / DRAFT
    shutil.copyfile(file, draft)
    draft.replace(Paths(folder).database)
    return counts


def _counted(file: Path) -> Counts:
    """Return how much is in a copy."""
    with closing(Database(file)) as database:
        return database.counts()


def _check_whole(file: Path) -> None:
    """Raise FileNotFoundError, ValueError or DamagedError unless a file is a copy, and all of it."""
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    _check_is_ours(file)
    journal = journal_of(file)
    if journal.exists() and journal.stat().st_size:
        raise ValueError(f"{file} is in use, for there is {journal.name}; copy its archive with: pressmark backup FILE")
    with closing(Connection(file)) as connection:
        fault = next(file_faults(connection), "")
    if fault:
        raise DamagedError(f"{file} is damaged: {fault}; take another copy")


def _check_is_ours(file: Path) -> None:
    """Raise ValueError unless a file begins as an archive's does.

    Source: "Database File Format", https://www.sqlite.org/fileformat2.html, section 1.3, "The Database Header".
    """
    with file.open("rb") as opened:
        head = opened.read(HEAD)
    if not head.startswith(MAGIC):
        kind = "it is empty" if not head else "it is no SQLite file"
        raise ValueError(f"{file} is no copy that pressmark backup made: {kind}; what export wrote, index reads")
    if int.from_bytes(head[OURS], "big") != APPLICATION_ID:
        raise ValueError(f"{file} is no copy that pressmark backup made: it is another program's SQLite file")
