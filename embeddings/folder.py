"""What lies where in an archive's folder."""

import shutil
from pathlib import Path


def exists(folder: Path) -> bool:
    """Return whether there is an archive in the folder."""
    return database_path(folder).is_file()


def check_exists(folder: Path) -> None:
    """Raise FileNotFoundError if there is no archive in the folder."""
    if not exists(folder):
        raise FileNotFoundError(f"there is no archive in {folder}; make one with: pressmark index PATH...")


def copy_keywords(folder: Path, target: Path) -> Path:
    """Copy an archive's keyword index into another folder, if there is one, and return where it is then."""
    if (folder / "keywords").is_dir():
        shutil.copytree(folder / "keywords", target / "keywords", copy_function=shutil.copyfile)
        (target / "keywords").chmod(0o700)
    return target / "keywords"


def database_path(folder: Path) -> Path:
    """Return where the database of an archive's folder is."""
    return folder / "archive.sqlite"
