"""The files of a keyword index, and the stamp that tells which state of the archive they hold."""

import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.types import Stamp
from embeddings.writing import write_whole

SEGMENT_FILE = re.compile(r"[0-9a-f]{32}\..*")
"""How tantivy names the files of a segment."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What files hold that nobody writes to: `meta` is the CRC-32 of tantivy's own list of them, -1 without one."""

    stamp: Stamp
    meta: int


class StampedFiles:
    """A folder of tantivy's files and a stamp.json with their checksums."""

    def __init__(self, folder: Path) -> None:
        """Look the folder's files over.

        Raises:
            ValueError: unless the stamped segments are there, byte for byte: tantivy itself panics in a search.
        """
        self._folder = folder
        self._stamp_path = folder / "stamp.json"
        self._known = self._checked()

    def _checked(self) -> dict[str, int]:
        """Return the checksums that are stamped, if they are those of the files; ValueError if they are not."""
        try:
            stamped = dict(json.loads(self._stamp_path.read_text(encoding="utf-8"))["files"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}  # without a stamp the index is built anew
        try:
            whole = all(_checksum(self._folder / name) == crc for name, crc in stamped.items())
        except FileNotFoundError as error:
            raise ValueError(f"{self._folder} is damaged: {error.filename} is missing") from error
        if not whole:
            raise ValueError(f"{self._folder} is damaged")
        return stamped

    def write_stamp(self, stamp: Stamp) -> None:
        """Stamp the files as they are now."""
        known = {"archive": stamp.archive, "generation": stamp.generation, "files": self._checksums()}
        write_whole(self._stamp_path, json.dumps({**known, "meta": self._meta()}).encode())

    def settled(self) -> Settled | None:
        """Return what the files hold; None if that cannot be told, as while they are written to.

        The stamp tells the state of tantivy's meta.json that it is for. If that is the same before and after the files
        are opened, they are those of the stamp: it changes with every commit, and never back.
        """
        known = _read_json(self._stamp_path)
        stamp = _stamp(known)
        return Settled(stamp, known["meta"]) if stamp is not None and known.get("meta") == self._meta() else None

    def _checksums(self) -> dict[str, int]:
        """Return the CRC-32 of each file of the segments; such a file is never written to again, so each is read once.

        Files of deletions are: their names end with when they were made.
        """
        files = sorted(path for path in self._folder.iterdir() if SEGMENT_FILE.fullmatch(path.name))
        self._known = {path.name: self._known.get(path.name, -1) for path in files}
        self._known = {name: crc if crc >= 0 else _checksum(self._folder / name) for name, crc in self._known.items()}
        return self._known

    def _meta(self) -> int:
        """Return the CRC-32 of tantivy's own list of what belongs to the index; -1 if there is none."""
        try:
            return _checksum(self._folder / "meta.json")
        except FileNotFoundError:
            return -1


def read_stamp(folder: Path) -> Stamp | None:
    """Return what the index in a folder says that it holds; None if there is none, or it cannot be told."""
    return _stamp(_read_json(folder / "stamp.json"))


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _stamp(known: Any) -> Stamp | None:
    """Return the stamp in what a stamp's file says; None if it says none."""
    try:
        return Stamp(known["archive"], known["generation"])
    except (KeyError, TypeError):
        return None


def _checksum(path: Path) -> int:
    """Return the CRC-32 of a file, read in pieces."""
    crc = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            crc = zlib.crc32(piece, crc)
    return crc
