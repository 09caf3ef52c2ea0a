"""Pages that are pictures of text: read by machine where there is one, and marked so."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.files.articles import read_file
from embeddings.files.finding import InputFile
from embeddings.files.pdf.engine import Opened
from embeddings.files.pdf.reading import BY_MACHINE, NO_TEXT
from embeddings.files.pieces import Piece
from embeddings.types import Article
from files_on_disk import words
from pdf_layouts import WALL, plain
from pdf_writer import Page, written

LINES = ("The council of Varn voted for", "a new wall that costs 14 mil-", "lion crowns.")


def scanned(*beside: Page) -> bytes:
    """Return a PDF of a picture, and of other pages behind it."""
    page = Page()
    page.picture(0, 0, 595, 842)
    page.text(30, 12, "Licensed copy no. 4711", 6)
    return written([page, *beside])


def table(confidence: float, lines: tuple[str, ...] = LINES) -> str:
    """Return what the engine prints, words 60 dots wide."""
    rows = [
        "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext",
        "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t",
    ]
    for number, line in enumerate(lines):
        for place, word in enumerate(line.split()):
            left, top = 300 + 100 * place, 400 + 55 * number
            rows.append(f"5\t1\t1\t1\t{number}\t{place}\t{left}\t{top}\t90\t42\t{confidence}\t{word}")
    return "\n".join(rows)


Engine = Callable[[str, int], None]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Let the machine that reads print this, and end with this status."""

    def put(printed: str, status: int = 0) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "printed").write_text(printed, encoding="utf-8")
        script = folder / "tesseract"
        script.write_text(f"#!/bin/sh\ncat >/dev/null\ncat {folder}/printed\necho broken >&2\nexit {status}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=":")

    return put


def read(tmp_path: Path, data: bytes) -> list[Piece]:
    path = tmp_path / "scan.pdf"
    path.write_bytes(data)
    return list(read_file(InputFile(path, "scan"), recognise=True))


def test_scan_is_read_by_machine_and_marked_with_its_confidence(tmp_path: Path, engine: Engine) -> None:
    engine(table(71.6), 0)
    [piece] = read(tmp_path, scanned())
    assert isinstance(piece.item, Article)
    assert piece.item.text == "The council of Varn voted for a new wall that costs 14 million crowns."
    assert piece.item.pages == "[[1,0,70,0,0.72]]"
    assert piece.notes == (BY_MACHINE, "without a date")


def test_scan_without_a_headline_is_called_as_its_first_line_begins(tmp_path: Path, engine: Engine) -> None:
    engine(table(71.6), 0)
    [piece] = read(tmp_path, scanned())
    assert isinstance(piece.item, Article)
    assert piece.item.title == "The council of Varn voted for…"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("Rain falls. The council of", "Varn met."), "Rain falls."),
        (("It rained in all of Varn today.",), "It rained in all of Varn today."),
        (("The council voted for the recon-", "struction of the wall."), "The council voted for the…"),
        (("voted " * 20, "again."), "voted " * 15 + "voted…"),
    ],
)
def test_first_line_of_a_scan_ends_where_a_word_does(
    tmp_path: Path, engine: Engine, lines: tuple[str, ...], title: str
) -> None:
    engine(table(90.0, lines), 0)
    [piece] = read(tmp_path, scanned())
    assert isinstance(piece.item, Article)
    assert piece.item.title == title


def test_scanned_pages_among_others_are_marked_alone(tmp_path: Path, engine: Engine) -> None:
    engine(table(95.0), 0)
    page = Page()
    page.column(60, 700, 400, WALL[:1])
    [piece] = read(tmp_path, scanned(page))
    assert isinstance(piece.item, Article)
    assert piece.item.text.split("\n\n")[1:] == plain(WALL[0])
    assert piece.item.pages == "[[1,0,70,0,0.95],[2,72,298,0,null]]"


@pytest.mark.parametrize("printed", [table(21.0), table(95.0, ("~",)), ""])
def test_picture_without_text_holds_none(tmp_path: Path, engine: Engine, printed: str) -> None:
    engine(printed, 0)
    assert [words(piece.item) for piece in read(tmp_path, scanned())] == [
        "not read: holds pictures on which tesseract finds no text"
    ]


def test_photograph_among_pages_of_text_is_counted(tmp_path: Path, engine: Engine) -> None:
    engine("", 0)
    page = Page()
    page.column(60, 700, 400, WALL)
    [piece] = read(tmp_path, scanned(page))
    assert words(piece.item) == "\n\n".join(plain(*WALL))
    assert piece.notes == (NO_TEXT, "without a date")


def test_engine_that_fails_is_named_with_what_it_says(tmp_path: Path, engine: Engine) -> None:
    engine("", 1)
    why = "cannot be read on page 1: it cannot be read by tesseract: broken; print it anew from its program"
    assert [words(piece.item) for piece in read(tmp_path, scanned())] == [f"not read: {why}"]


def test_text_that_another_program_laid_over_a_scan_is_read_and_marked(tmp_path: Path) -> None:
    page = Page()
    page.picture(0, 0, 595, 842)
    page.raw("3 Tr")
    page.lines(60, 700, LINES[:2])
    [piece] = read(tmp_path, written([page]))
    assert isinstance(piece.item, Article)
    assert piece.item.text == "The council of Varn voted for a new wall that costs 14 mil-"
    assert piece.item.pages == "[[1,0,59,0,0.0]]"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed (Debian: tesseract-ocr)")
def test_tesseract_itself_reads_columns_one_after_the_other(tmp_path: Path) -> None:
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 24, "F2")
    page.column(60, 740, 220, WALL)
    page.column(320, 740, 220, ("The ferry to Osby sails from the north quay until the work is done.",))
    drawn = tmp_path / "drawn.pdf"
    drawn.write_bytes(written([page]))
    scan = Page()
    scan.picture(0, 0, 595, 842)
    [piece] = read(tmp_path, written([scan], picture=Opened(drawn).drawn(1, 200)))
    assert isinstance(piece.item, Article)
    assert piece.item.title == "Harbour wall to be rebuilt"
    assert piece.item.text.split("\n\n") == [
        *plain(*WALL),
        "The ferry to Osby sails from the north quay until the work is done.",
    ]
