"""The files to read: those that are given, and those in folders."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.files.decoding import clean_line

_NO_ARTICLE = re.compile(
    r"(?:\.|~\$|README|LICENSE).*|questions\.jsonl|(?i:thumbs\.db|desktop\.ini)|.*~"
    r"|.*\.(?i:part|partial|tmp|temp|crdownload|download|filepart|opdownload)",
    re.DOTALL,
)
"""What is skipped quietly in a folder: what is hidden, what is about the folder, and files that are on their way."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. `id` is its path below the folder it was found in, with "/" and without suffix.

    `shown` is that path with suffix; "" if it was not found in a folder that was given. `named` is what it is to be
    called instead of by its path; "" if that is its name.
    """

    path: Path
    id: str
    shown: str = ""
    named: str = ""

    @property
    def source(self) -> str:
        """The file's absolute path, links followed, or what it is called."""
        return self.named or os.path.realpath(self.path)

    @property
    def size(self) -> int:
        """How many bytes the file holds now; 0 if that cannot be told."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def find_files(paths: Sequence[Path]) -> list[InputFile]:
    """Return the files at `paths` and in the folders there, each once, in the order of `paths`, folders sorted.

    Inside a folder, what is hidden is left out, and so are files of programs and those that are on their way
    (Thumbs.db, *.part, *.crdownload), README*, LICENSE* and questions.jsonl, an evaluation set that lives beside the
    articles. A file that is named itself is always returned. Raises FileNotFoundError.
    """
    check_paths(paths)
    found: dict[str, InputFile] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else [path]:
            shown = file.relative_to(path if path.is_dir() else path.parent).as_posix()
            entry = InputFile(file, _path_id(shown, file.suffix), clean_line(shown))
            found.setdefault(entry.source, entry)
    return list(found.values())


def check_paths(paths: Sequence[Path]) -> None:
    """Raise FileNotFoundError if a path does not exist."""
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist; give a file or a folder of articles")


def _walk(root: Path) -> list[Path]:
    """Return the files below a folder, sorted, links followed once, and each folder that cannot be opened."""
    files: list[Path] = []
    seen = {os.path.realpath(root)}

    def note(error: OSError) -> None:
        files.append(Path(error.filename))

    for folder, folders, names in os.walk(root, onerror=note, followlinks=True):
        visible = {name: os.path.realpath(Path(folder, name)) for name in sorted(folders) if not name.startswith(".")}
        folders[:] = [name for name, real in visible.items() if real not in seen]
        seen.update(visible.values())
        files += [Path(folder, name) for name in names if not is_no_article(name)]
    return sorted(files)


def is_no_article(name: str) -> bool:
    """Return whether a file of this name inside a folder is skipped quietly."""
    return _NO_ARTICLE.fullmatch(name) is not None


def _path_id(shown: str, suffix: str) -> str:
    """Return the id of the one article in a file, of its path below the folder it was found in."""
    return clean_line(shown.removesuffix(suffix))
