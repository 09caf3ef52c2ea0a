"""Articles from standard input: kept in a file while they are read."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

from embeddings.files.finding import InputFile
from embeddings.files.formats import SUFFIXES

NAME = "standard-input"


@contextmanager
def standard_input(form: str) -> Iterator[InputFile]:
    """Yield standard input as a file of a format, such as "jsonl"; its name is of what it holds.

    So the same input is the same file the next time, and another one another.

    Raises:
        ValueError: if there is no such format.
    """
    suffix = f".{form.lower().removeprefix('.')}"
    if suffix not in SUFFIXES:
        formats = ", ".join(each.removeprefix(".") for each in SUFFIXES)
        raise ValueError(f"say what comes on standard input with --format, one of {formats}; {form!r} is none of them")
    with tempfile.TemporaryDirectory(prefix="pressmark-") as folder:
        path = Path(folder) / f"{NAME}{suffix}"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        with path.open("rb") as file:
            name = f"{NAME}-{file_digest(file, 'sha256').hexdigest()[:8]}"
        yield InputFile(path, name, f"{name}{suffix}", f"{name}{suffix}")
