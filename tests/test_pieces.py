"""Each piece of a file says how many bytes were read for it, and all together are the file."""

import gzip
import json
import random
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from zipfile import ZipFile

import pytest

from embeddings.files.articles import read_file
from embeddings.files.contents import SAMPLE
from embeddings.files.finding import find_files
from pdf_layouts import WALL
from pdf_writer import Page, written

TEXTS = [f"Number {n}: {random.Random(n).randbytes(20_000).hex()}." for n in range(20)]
LINES = [f"{json.dumps({'text': text})}\n" for text in TEXTS]


def sizes(path: Path) -> list[int]:
    [file] = find_files([path])
    return [piece.size for piece in read_file(file)]


def plain(path: Path) -> None:
    path.write_text("".join(LINES))


def packed(path: Path) -> None:
    path.write_bytes(gzip.compress("".join(LINES).encode()))


def zipped(path: Path) -> None:
    with ZipFile(path, "w") as file:
        for n, text in enumerate(TEXTS):
            file.writestr(f"{n:02}.txt", text)


@pytest.mark.parametrize(("name", "write"), [("a.jsonl", plain), ("a.jsonl.gz", packed), ("a.zip", zipped)])
def test_an_article_is_about_as_far_in_its_file_as_was_read(
    name: str, write: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path / name)
    found, size = sizes(tmp_path / name), (tmp_path / name).stat().st_size
    assert sum(found) == size
    for count, done in enumerate(accumulate(found[:-1]), start=1):
        assert done == pytest.approx(size * count / len(TEXTS), abs=2 * SAMPLE)


def test_progress_is_told_within_a_long_pdf_and_adds_up(tmp_path: Path) -> None:
    pages = [Page() for _ in range(4)]
    for page in pages:
        page.column(60, 700, 400, WALL)
    (tmp_path / "a.pdf").write_bytes(written(pages))
    [file], told = find_files([tmp_path]), list[int]()
    found = [piece.size for piece in read_file(file, progress=told.append)]
    assert len(told) == 4
    assert told == pytest.approx([file.size / 4] * 4, abs=1)
    assert sum(told) + sum(found) == file.size


def test_progress_of_a_broken_pdf_adds_up(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nnothing")
    [file], told = find_files([tmp_path]), list[int]()
    assert sum(piece.size for piece in read_file(file, progress=told.append)) + sum(told) == file.size


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"No article."), ("a.txt.gz", b"Damaged."), ("a.txt", b"")])
def test_what_cannot_be_read_is_done_whole(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert sizes(tmp_path / name) == [len(content)]


def test_a_file_that_is_gone_has_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere")
    assert sizes(tmp_path) == [0]
