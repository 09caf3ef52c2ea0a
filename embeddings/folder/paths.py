"""What lies where in an archive's folder."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from embeddings.cures import make_archive


@dataclass(frozen=True, slots=True)
class Paths:
    """The parts of an archive in a folder: SQLite's file, FAISS's file, and the folder of tantivy's files."""

    folder: Path

    @property
    def database(self) -> Path:
        """The truth: articles, passages and vectors."""
        return self.folder / "archive.sqlite"

    @property
    def vectors(self) -> Path:
        """The vector index, made from the database."""
        return self.folder / "vectors.faiss"

    @property
    def keywords(self) -> Path:
        """The keyword index, made from the database."""
        return self.folder / "keywords"


def journal_of(database: Path) -> Path:
    """Return where the journal of an SQLite file is."""
    return database.with_name(f"{database.name}-wal")


def memory_of(database: Path) -> Path:
    """Return where the memory is that the processes share which have an SQLite file open."""
    return database.with_name(f"{database.name}-shm")


def exists(folder: Path) -> bool:
    """Return whether there is an archive in the folder."""
    return Paths(folder).database.is_file()


def check_exists(folder: Path) -> None:
    """Raise FileNotFoundError if there is no archive in the folder, or one without its database, or no folder."""
    if folder.is_file():
        raise FileNotFoundError(f"{folder} is a file, and an archive is a folder; name the folder with --archive")
    if lacks_database(folder):
        raise FileNotFoundError(no_database(folder))
    if not exists(folder):
        raise FileNotFoundError(f"there is no archive in {folder}; {make_archive(folder)}")


def lacks_database(folder: Path) -> bool:
    """Return whether the folder holds an archive's indexes without the database that they are made from."""
    paths = Paths(folder)
    return not paths.database.is_file() and (paths.vectors.exists() or paths.keywords.exists())


def no_database(folder: Path) -> str:
    """Return what is wrong with such a folder, and the cure."""
    return (
        f"{folder} holds the indexes of an archive whose database, archive.sqlite, is missing; restore it from a copy, "
        "or delete the folder and index the articles again"
    )


def copy_keywords(folder: Path, target: Path) -> Path:
    """Copy an archive's keyword index into another folder, if there is one, and return where it is then."""
    source, copy = Paths(folder).keywords, Paths(target).keywords
    if source.is_dir():
        shutil.copytree(source, copy, copy_function=shutil.copyfile)
        copy.chmod(0o700)
    return copy
