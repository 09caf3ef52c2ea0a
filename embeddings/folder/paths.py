"""What lies where in an archive's folder."""

import shutil
from pathlib import Path


def exists(folder: Path) -> bool:
    """Return whether there is an archive in the folder."""
    return database_path(folder).is_file()


def check_exists(folder: Path) -> None:
    """Raise FileNotFoundError if there is no archive in the folder, or one without its database, or no folder."""
    if folder.is_file():
        raise FileNotFoundError(f"{folder} is a file, and an archive is a folder; name the folder with --archive")
    if lacks_database(folder):
        raise FileNotFoundError(no_database(folder))
    if not exists(folder):
        raise FileNotFoundError(f"there is no archive in {folder}; make one with: pressmark index PATH...")


def lacks_database(folder: Path) -> bool:
    """Return whether the folder holds an archive's indexes without the database that they are made from."""
    return not exists(folder) and any((folder / index).exists() for index in ("vectors.faiss", "keywords"))


def no_database(folder: Path) -> str:
    """Return what is wrong with such a folder, and the cure."""
    return (
        f"{folder} holds the indexes of an archive whose database, archive.sqlite, is missing; restore it from a copy, "
        "or delete the folder and index the articles again"
    )


def copy_keywords(folder: Path, target: Path) -> Path:
    """Copy an archive's keyword index into another folder, if there is one, and return where it is then."""
    if (folder / "keywords").is_dir():
        shutil.copytree(folder / "keywords", target / "keywords", copy_function=shutil.copyfile)
        (target / "keywords").chmod(0o700)
    return target / "keywords"


def database_path(folder: Path) -> Path:
    """Return where the database of an archive's folder is."""
    return folder / "archive.sqlite"
