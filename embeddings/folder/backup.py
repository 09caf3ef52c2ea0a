"""A copy of an archive that is whole, made while others write to it, and an archive made of one."""

import shutil
from contextlib import closing
from pathlib import Path

from embeddings.folder.database import Database
from embeddings.folder.paths import Paths, check_exists
from embeddings.folder.schema import DRAFT
from embeddings.folder.sqlite import Connection
from embeddings.types import Counts


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
        ValueError: if the file is no copy of an archive.
    """
    counts = _counted(file)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a new folder, or put this one aside first")
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / DRAFT
    shutil.copyfile(file, draft)
    draft.replace(Paths(folder).database)
    return counts


def _counted(file: Path) -> Counts:
    """Return how much is in a copy. Raises FileNotFoundError, ValueError if it is none."""
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    with closing(Database(file)) as database:
        return database.counts()
