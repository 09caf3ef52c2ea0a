"""Where an archive lies: in a folder, or in Milvus, on a server or in a file."""

import re
from dataclasses import dataclass
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.cures import DEFAULT_FOLDER
from embeddings.folder import paths
from embeddings.folder.archive import Archive, check_new
from embeddings.folder.schema import SCHEMA_VERSION
from embeddings.milvus.address import MilvusAddress
from embeddings.types import Encoder

FORMAT = str(SCHEMA_VERSION)
"""The format of archives in folders; one that is kept in a cache has it in its name, and is made again in a new one."""

_ADDRESS = re.compile(r"milvus(?P<tls>\+tls)?://(?:(?P<token>.+)@)?(?P<host>[^/@]+)/(?P<name>[A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """An archive in a folder. As text, the place is the folder's path."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def exists(self) -> bool:
        """Return whether there is an archive."""
        return paths.exists(self.folder)

    def check_can_be_made(self) -> None:
        """Raise FileExistsError if something else is where an archive is to be made."""
        try:
            check_new(self.folder)
        except FileExistsError:
            if not self.exists():  # else another process has just made it
                raise

    def open(self, encoder: Encoder) -> GrowingArchive:
        """Open the archive. Raises as `open_archive` does."""
        return Archive(self.folder, encoder)

    def create(self, encoder: Encoder) -> GrowingArchive:
        """Make an empty archive and open it. Raises as `open_archive` does; FileExistsError."""
        try:
            return Archive.create(self.folder, encoder)
        except FileExistsError:
            if not self.exists():
                raise
            return Archive(self.folder, encoder)  # another process has just made it


@dataclass(frozen=True, slots=True)
class MilvusPlace:
    """An archive in Milvus, on a server or in a file. As text, the place is its address as it is typed."""

    address: MilvusAddress

    def __str__(self) -> str:
        return str(self.address)

    @property
    def folder(self) -> None:
        """None: it is in no folder whose files could be looked at."""

    def exists(self) -> bool:
        """Return whether there is an archive; of a file that is not there, without asking Milvus."""
        if self.address.is_file and not Path(self.address.uri).exists():
            return False
        from embeddings.milvus.archive import MilvusArchive

        return MilvusArchive.exists(self.address)

    def check_can_be_made(self) -> None:
        """Do nothing: an archive in Milvus stands beside whatever else is there."""

    def open(self, encoder: Encoder) -> GrowingArchive:
        """Open the archive. Raises as `open_archive` does."""
        from embeddings.milvus.archive import MilvusArchive

        return MilvusArchive(self.address, encoder)

    def create(self, encoder: Encoder) -> GrowingArchive:
        """Make an empty archive and open it. Raises as `open_archive` does."""
        from embeddings.milvus.archive import MilvusArchive

        return MilvusArchive.create(self.address, encoder)


Location = FolderPlace | MilvusPlace
"""Where an archive lies."""

DEFAULT_PLACE = FolderPlace(Path(DEFAULT_FOLDER))
"""Where an archive is looked for that nobody named."""


def parse_location(text: str) -> Location:
    """Return where an archive lies: "milvus://host:port/name", "news.db", or else a folder.

    An archive's folder stays one, even if its name ends in .db.

    Raises:
        ValueError: if it begins as an address of Milvus and is none.
    """
    if re.match(r"milvus(\+tls)?:", text):
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise ValueError(
                "an archive in Milvus is named milvus://host:port/name or milvus://user:password@host:port/name, with "
                "milvus+tls: for an encrypted connection; the name is of letters, digits and _"
            )
        scheme = "https" if found["tls"] else "http"
        return MilvusPlace(MilvusAddress(f"{scheme}://{found['host']}", found["name"], found["token"] or ""))
    path = Path(text)
    if path.suffix == ".db" and not paths.exists(path):
        return MilvusPlace(MilvusAddress(str(path)))
    return FolderPlace(path)


def open_archive(location: Location | str, encoder: Encoder) -> GrowingArchive:
    """Open an existing archive, also by its location as it is typed.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it was made with another encoder or way of splitting, or is not a whole archive, or if it lies
            in Milvus and pymilvus is not installed.
        OSError: if its server cannot be reached, or another process keeps it from being opened.
    """
    place = parse_location(location) if isinstance(location, str) else location
    return place.open(encoder)


def open_or_create(location: Location, encoder: Encoder) -> GrowingArchive:
    """Open an archive, made now if there is none yet. Raises as `open_archive` does; FileExistsError."""
    return location.open(encoder) if location.exists() else location.create(encoder)
