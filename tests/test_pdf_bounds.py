"""PDFs that are made to take a machine's time or memory: each costs itself alone, or one of its pages."""

import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.files.articles import read_articles
from embeddings.files.pdf import process
from files_on_disk import only_article, only_reason, read_file, said
from pdf_writer import Page, file_of, stream_of, written

FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
WORDS = "BT /F1 10 Tf 60 700 Td (It rained.) Tj ET"


def of_one_page(content: str, *more: str, resources: str = "") -> bytes:
    """Return a PDF of one page, and of what its resources name: objects from number 6 on."""
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> {resources} >> >>"
    )
    pages = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
    return file_of(["<< /Type /Catalog /Pages 2 0 R >>", pages, page, content, FONT, *more])


def bomb() -> bytes:
    """Return a PDF of two kilobytes whose page unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * 1_000_000) for _ in range(1000)) + packer.flush()
    twice = zlib.compress(once).decode("latin-1")
    return of_one_page(f"<< /Length {len(twice)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n{twice}\nendstream")


def form_in_itself() -> bytes:
    form = stream_of("/X1 Do /X1 Do " + WORDS, "/Type /XObject /Subtype /Form /BBox [0 0 600 900] "
                     "/Resources << /XObject << /X1 6 0 R >> /Font << /F1 5 0 R >> >>")  # fmt: skip
    return of_one_page(stream_of("/X1 Do"), form, resources="/XObject << /X1 6 0 R >>")


def of_pages(tree: str) -> bytes:
    return file_of(["<< /Type /Catalog /Pages 2 0 R >>", tree])


@pytest.mark.slow
@pytest.mark.parametrize(("make", "reason"), [
    (bomb, "cannot be read on page 1: it takes too much memory, or is damaged; print it anew from its program"),
    (form_in_itself, "cannot be read on page 1: it takes longer than 3 seconds; print it anew from its program"),
])  # fmt: skip
def test_page_that_takes_too_much_is_named_and_the_next_file_goes_in(
    make: Callable[[], bytes], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if make is form_in_itself:
        monkeypatch.setattr(process, "SECONDS", 3.0)
    (tmp_path / "a.pdf").write_bytes(make())
    (tmp_path / "b.pdf").write_bytes(written([one_line("It snowed.")]))
    since = time.monotonic()
    assert said(list(read_articles([tmp_path]))) == [("a.pdf", f"not read: {reason}"), ("b.pdf", "It snowed.")]
    assert time.monotonic() - since < 60


def one_line(text: str) -> Page:
    page = Page()
    page.text(60, 700, text)
    return page


@pytest.mark.slow
def test_page_that_breaks_the_engine_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MEMORY", 150_000_000)
    monkeypatch.setattr(process, "_PROCESS", process._Process())
    heavy = Page(content=[" " * 100_000_000])
    data = written([one_line("It rained."), heavy, one_line("It snowed.")])
    article, unread = said(read_file(tmp_path, "a.pdf", data))
    process._PROCESS.stop()
    assert article[1] == "It rained.\n\nIt snowed."
    assert unread[1].startswith("not read: cannot be read on page 2: it takes")


@pytest.mark.parametrize(("tree", "reason"), [
    ("<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R] >>", "cannot be read on page 1, 2, 3: it is damaged"),
    ("<< /Type /Pages /Count 2000000000 /Kids [] >>", "is no PDF or is damaged"),
    ("<< /Type /Pages /Count 100000 /Kids [2 0 R] >>", "says that it has 100,000 pages, more than 20,000; split it"),
    ("<< /Type /Pages /Count -5 /Kids [] >>", "is no PDF or is damaged"),
])  # fmt: skip
def test_tree_of_pages_that_goes_nowhere_is_named(tree: str, reason: str, tmp_path: Path) -> None:
    assert only_reason(read_file(tmp_path, "a.pdf", of_pages(tree))).startswith(reason)


def test_page_of_very_many_letters_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = of_one_page(
        stream_of("\n".join(f"BT /F1 10 Tf 60 {y % 800} Td (It rained {y}) Tj ET" for y in range(9_000)))
    )
    reason = only_reason(read_file(tmp_path, "a.pdf", data))
    assert reason.startswith("cannot be read on page 1: it holds 1")
    assert "characters, more than 100,000" in reason


@pytest.mark.slow
def test_a_pdf_of_2000_pages_is_read_within_bounds(tmp_path: Path) -> None:
    pages = [one_line(f"In the year {number} it rained on {number * 7} days.") for number in range(2000)]
    for number, page in enumerate(pages):
        page.text(60, 812, f"THE HARBOUR POST {number}", 8)
    article = only_article(read_file(tmp_path, "a.pdf", written(pages)))
    assert article.text.split("\n\n")[1999] == "In the year 1999 it rained on 13993 days."
    assert article.pages.endswith("[2000,83258,83299,0,null]]")
