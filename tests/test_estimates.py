import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from embeddings.files.articles import find_files
from embeddings.files.estimates import SAMPLED, about
from test_feeds import RSS
from test_mail import BOX
from test_web_archives import INFO, REQUEST, answer, record

LINES = "".join(json.dumps({"text": f"Number {n}. " * (n % 7 + 1)}) + "\n" for n in range(80_000))


def estimate(folder: Path, name: str, content: str | bytes) -> int:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    [file] = find_files([folder / name])
    return about(file)


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [
        ("a.txt", "One.", 1),
        ("a.docx", "One.", 1),
        ("a.jsonl", '{"text": "One."}\n{"text": "Two."}', 2),
        ("a.jsonl.gz", gzip.compress(b'{"text": "One."}\n{"text": "Two."}\n'), 2),
        ("a.txt.gz", gzip.compress(b"One.\nTwo.\n"), 1),
        ("a.csv", 'title,text\nRain,"It rained.\nIt poured."\nSnow,It snowed.\n', 2),
        ("a.mbox", BOX, 3),
        ("a.rss", RSS, 3),
        ("a.warc", INFO + REQUEST + record(answer()) + record(answer()), 2),
    ],
)
def test_small_file_is_counted(tmp_path: Path, name: str, content: str | bytes, count: int) -> None:
    assert estimate(tmp_path, name, content) == count


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b""),
        ("a.jsonl.gz", b""),
        ("a.jsonl.gz", b"no gzip"),
        ("a.zip", b"no zip"),
        ("a.csv", b""),
        ("a.csv", b"text\n"),
    ],
)
def test_file_that_is_broken_or_empty_is_one(tmp_path: Path, name: str, content: bytes) -> None:
    assert estimate(tmp_path, name, content) == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_large_file_is_estimated_from_its_beginning(tmp_path: Path, name: str) -> None:
    assert len(LINES) > 2 * SAMPLED
    content = gzip.compress(LINES.encode()) if name.endswith(".gz") else LINES.encode()
    assert estimate(tmp_path, name, content) == pytest.approx(80_000, rel=0.05)


def test_file_cut_short_is_estimated_by_what_stands_before(tmp_path: Path) -> None:
    content = gzip.compress(LINES.encode())[:40_000]
    assert estimate(tmp_path, "a.jsonl.gz", content) > 1000


def test_members_of_a_zip_are_estimated_by_their_sizes(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        for name, size in {
            "a.txt": 9000,
            "b.jsonl": 40_000,
            "c.jsonl.gz": 15_000,
            "d.txt.gz": 9000,
            ".e.txt": 5,
        }.items():
            zipped.writestr(name, b"x" * size)
    assert estimate(tmp_path, "a.zip", data.getvalue()) == 1 + 10 + 10 + 1
