"""How many articles a file holds, about: a progress bar's total, found without reading the file whole."""

import csv
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePosixPath

from embeddings.files.articles import InputFile, is_passed_over, opened
from embeddings.files.containers import gunzipped, unzipped
from embeddings.files.contents import Content
from embeddings.files.drafts import UnreadableError

SAMPLED = 1 << 21
"""Bytes that a file's articles are counted in."""

ARTICLE = 4_000
"""Bytes of an article in a member of a zip, which is not opened to count."""

PACKED_ARTICLE = 1_500
"""Bytes of an article in a .gz in a zip."""


def about(file: InputFile) -> int:
    """Return about how many articles a file holds: at least 1, and 1 where reading it will say what is wrong."""
    suffix = file.path.suffix.lower()
    if suffix not in COUNTS and suffix not in (".gz", ".zip"):
        return 1
    try:
        with opened(file) as content:
            return max(1, _about(content))
    except (OSError, UnreadableError):
        return 1


def _about(content: Content) -> int:
    """Return about how many articles there are, from a sample of the beginning."""
    suffix = PurePosixPath(content.name).suffix.lower()
    if suffix == ".zip":
        with unzipped(content) as members:
            return sum(
                _in_member(each.info.filename, each.info.file_size) for each in members if not is_passed_over(each)
            )
    if suffix != ".gz":
        return _in_sample(content.name, _sample(content), content.size)
    with gunzipped(content) as unpacked:
        sample = _sample(unpacked)
        packed = max(1, content.stream.tell())
        return _in_sample(unpacked.name, sample, len(sample) * (content.size or 0) // packed)


def _sample(content: Content) -> bytes:
    """Return the beginning, up to where it cannot be read."""
    steps: list[bytes] = []
    with suppress(UnreadableError):
        while sum(map(len, steps)) < SAMPLED and (step := content.stream.read1(SAMPLED)):
            steps.append(step)
    return b"".join(steps)


def _in_sample(name: str, sample: bytes, size: int | None) -> int:
    """Return how many articles there are among `size` bytes, if all are like those in the sample."""
    count = COUNTS.get(PurePosixPath(name).suffix.lower())
    if count is None:
        return 1
    found = count(sample)
    return found if len(sample) < SAMPLED or size is None else found * max(size, len(sample)) // len(sample)


def _in_member(name: str, size: int) -> int:
    """Return about how many articles a member of a zip holds, by its size."""
    *_, last, suffix = ["", "", *PurePosixPath(name.lower()).suffixes]
    if suffix == ".gz":
        return max(1, size // PACKED_ARTICLE) if last in COUNTS else 1
    return max(1, size // ARTICLE) if suffix in COUNTS else 1


def _lines(sample: bytes) -> int:
    return sample.count(b"\n") + (not sample.endswith(b"\n") and bool(sample))


def _rows(sample: bytes) -> int:
    """Return how many rows there are below the header; an article has many lines."""
    csv.field_size_limit(SAMPLED)
    return sum(1 for row in csv.reader(sample.decode("utf-8", "replace").splitlines(keepends=True)) if row) - 1


def _mails(sample: bytes) -> int:
    return sample.startswith(b"From ") + len(re.findall(rb"\r?\n\r?\nFrom ", sample))


def _items(sample: bytes) -> int:
    return sample.count(b"<item>") + sample.count(b"<item ") + sample.count(b"<entry>") + sample.count(b"<entry ")


def _captures(sample: bytes) -> int:
    return sample.count(b"WARC-Type: response")


COUNTS: dict[str, Callable[[bytes], int]] = {
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".csv": _rows,
    ".mbox": _mails,
    ".rss": _items,
    ".atom": _items,
    ".xml": _items,
    ".warc": _captures,
}
"""What counts the articles in the beginning of a file of many, by its suffix."""
