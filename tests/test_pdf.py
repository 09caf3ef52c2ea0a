import importlib.util
import io
from importlib.machinery import ModuleSpec
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from embeddings.files.articles import read_articles
from embeddings.files.pdf import process
from embeddings.printed_pages import pages_from_text
from embeddings.sentences import sentences
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said
from pdf_layouts import LAYOUTS, WALL, plain
from pdf_writer import Page, width_of, written

CASES = Path(__file__).parent / "cases"


def pdf(*pages: list[str], title: str = "", author: str = "") -> bytes:
    """Return a PDF of pages of lines; a page of no lines is a picture."""
    return written([page_of(lines) for lines in pages], title, author)


def page_of(lines: list[str]) -> Page:
    page = Page()
    page.lines(60, 700, lines)
    if not lines:
        page.picture(0, 0, 595, 842)
    return page


def encrypted(password: str, algorithm: str) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(["It rained."]))))
    writer.encrypt(password, "owner", algorithm=algorithm)
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def case(name: str) -> Article:
    return only_article(list(read_articles([CASES / name])))


def test_pdf(tmp_path: Path) -> None:
    content = pdf(["It rained.", "It poured."], ["It snowed."], title="Rain in Baku", author="Ann Lee")
    assert only_article(read_file(tmp_path, "a.pdf", content)) == Article(
        "a",
        "It rained. It poured.\n\nIt snowed.",
        "Rain in Baku",
        byline="Ann Lee",
        source=str(tmp_path / "a.pdf"),
        pages="[[1,0,21,0,null],[2,23,33,0,null]]",
    )


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read_as_a_reader_reads_it(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]()
    article = only_article(read_file(tmp_path, "a.pdf", layout.data))
    pages = pages_from_text(article.pages)
    assert article.title == layout.title
    assert article.text.split("\n\n") == layout.says if layout.says else len(article.text) > 500
    assert tuple(page.number for page in pages if page.doubtful) == layout.doubtful


@pytest.mark.parametrize("name", LAYOUTS)
def test_pages_cover_the_text(name: str, tmp_path: Path) -> None:
    article = only_article(read_file(tmp_path, "a.pdf", LAYOUTS[name]().data))
    pages = pages_from_text(article.pages)
    assert pages[0].start == 0
    assert pages[-1].end == len(article.text)
    assert all(one.end <= other.start for one, other in pairwise(pages))
    between = [article.text[one.end : other.start] for one, other in pairwise(pages)]
    assert set(between) <= {"", "\n\n"}


def test_a_sentence_that_goes_over_a_page_is_on_both(tmp_path: Path) -> None:
    article = only_article(read_file(tmp_path, "a.pdf", LAYOUTS["numbered"]().data))
    pages = pages_from_text(article.pages)
    assert [page.number for page in pages] == [1, 2, 1, 2, 3, 2, 3, 4, 3, 4]


SENTENCES = {
    "C01/narrow.pdf": (
        "The council of Varn voted on Tuesday for the reconstruction of the harbour wall, which the storm of January "
        "had badly damaged.",
        "The well-known engineer Lena Ross put the cost at 14 million crowns.",
        "Work begins in May.",
        "Until then the ferry to Osby sails from the north-east quay, the harbour master said.",
    ),
    "C02/rows.pdf": ("The council of Varn voted on Tuesday for a new harbour wall.",),
    "C02/columns.pdf": ("She warned that the old quay would not stand another winter.",),
    "C03/heads.pdf": (
        "From the first of May, the road between the old lighthouse and the fish market will be closed to cars, and "
        "the ferry to Osby will sail from the north quay.",
        "The engineer Lena Ross told the members that the old wall would not stand another winter like the last one, "
        "in which the sea had torn eleven holes into it.",
    ),
    "C09/credit.pdf": ("Seven members were in favour and two against after a debate that lasted until midnight.",),
    "C09/turned-page.pdf": ("Seven members were in favour and two against after a debate that lasted until midnight.",),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences_of_the_cases_are_whole(name: str) -> None:
    article = case(name)
    found = [article.text[start:end] for start, end in sentences(article.text)]
    assert article.title == "Harbour wall to be rebuilt"
    assert set(SENTENCES[name]) <= set(found)


def test_two_articles_side_by_side_stay_apart() -> None:
    assert case("C02/two-articles.pdf").text.split("\n\n") == [
        "The crews of the Osby ferry go back to work on Monday after nine days. Both sides agreed on a rise of four "
        "per cent.",
        "School roof collapses",
        "Nobody was hurt when the roof of the Varn school fell in on Sunday night. The fire chief blamed 40 "
        "centimetres of snow.",
    ]


def test_letters_drawn_as_one_are_letters_and_letters_set_wide_are_a_word() -> None:
    article = case("C04/ligatures.pdf")
    assert article.title == "Officer confirms flood"
    assert article.text.startswith(
        "The harbour officer Milo Sand confirmed on Tuesday that the flood had reached the fish"
    )
    assert case("C04/no-space-glyphs.pdf").title == "HARBOUR WALL"
    assert case("C04/no-space-glyphs.pdf").text.endswith("Lena Ross said.\n\nTove Brandt led the vote.")


@pytest.mark.parametrize("name", ["C05/aes-256-no-password.pdf", "C05/rc4-no-password.pdf", "C06/good.pdf"])
def test_what_the_properties_say_counts_where_the_page_shows_it(name: str) -> None:
    article = case(name)
    assert (article.title, article.byline) == ("Ferry strike ends after nine days", "Tove Brandt")
    assert article.text.startswith("OSBY. The crews of the Osby ferry go back to work on Monday after nine days.")


@pytest.mark.parametrize("name", ["word", "page", "untitled", "scanner"])
def test_a_file_s_or_a_user_s_name_is_no_title_and_no_byline(name: str) -> None:
    article = case(f"C06/{name}.pdf")
    assert (article.title, article.byline, article.published) == ("Ferry strike ends", "Tove Brandt", "")


@pytest.mark.parametrize("title", ["Microsoft Word - rain.docx", "rain_v2.indd", "Untitled-1", "Dokument1", ""])
def test_pdf_that_is_titled_by_a_file_s_name_is_titled_by_its_words(tmp_path: Path, title: str) -> None:
    assert only_article(read_file(tmp_path, "a.pdf", pdf(["It rained."], title=title))).title == "It rained."


def test_the_paper_s_name_is_no_headline(tmp_path: Path) -> None:
    page = Page()
    page.text(150, 790, "The Harbour Post", 30, "F2")
    page.text(200, 770, "Friday, 12 March 2021", 8)
    page.text(60, 730, "Harbour wall to be rebuilt", 26, "F2")
    page.column(60, 700, 400, WALL)
    assert only_article(read_file(tmp_path, "a.pdf", written([page]))).title == "Harbour wall to be rebuilt"


CURE = "recognise their text (OCR) first, or install tesseract (Debian: tesseract-ocr) and index them again"
SCAN = f"holds pictures and no text: a scan; {CURE}"


def test_scan_is_unread(tmp_path: Path) -> None:
    assert only_reason(read_file(tmp_path, "a.pdf", pdf([], []))) == SCAN


def test_a_stamp_makes_no_text_of_a_scan() -> None:
    assert only_reason(list(read_articles([CASES / "C08" / "stamped-scan.pdf"]))) == SCAN


def test_pdf_with_scanned_pages_names_them(tmp_path: Path) -> None:
    assert said(read_file(tmp_path, "a.pdf", pdf(["It rained."], [], ["It snowed."], []))) == [
        ("a.pdf", "It rained.\n\nIt snowed."),
        ("a.pdf", f"not read: holds pictures and no text on page 2, 4; {CURE}"),
    ]


def test_form_feeds_of_pdftotext_are_no_characters() -> None:
    article = case("C10/pdftotext.txt")
    assert "\f" not in article.text
    assert article.title == "Harbour wall to be rebuilt"


def test_text_that_is_the_same_on_two_pages_is_no_head(tmp_path: Path) -> None:
    pages = [page_of([]) for _ in range(2)]
    for page in pages:
        page.content.clear()
        page.text(60, 800, "Harbour wall to be rebuilt", 20, "F2")
        page.column(60, 780, 470, WALL)
    article = only_article(read_file(tmp_path, "a.pdf", written(pages)))
    assert article.text.split("\n\n") == [*plain(*WALL), "Harbour wall to be rebuilt", *plain(*WALL)]


def test_what_comes_last_on_each_page_is_a_foot_wherever_the_page_ends(tmp_path: Path) -> None:
    pages = [page_of(["It rained on Tuesday, and", f"it snowed on day {number}."]) for number in (1, 2)]
    for number, page in enumerate(pages):
        page.text(60, 640 - 80 * number, f"www.post.example - Page {number + 4} of 12", 8)
    assert only_article(read_file(tmp_path, "a.pdf", written(pages))).text.split("\n\n") == [
        "It rained on Tuesday, and it snowed on day 1.",
        "It rained on Tuesday, and it snowed on day 2.",
    ]


@pytest.mark.parametrize(("line", "byline"), [
    ("By Tove Brandt, transport correspondent", "Tove Brandt"), ("by Tove Brandt", "Tove Brandt"), ("Osby, Friday", ""),
])  # fmt: skip
def test_a_byline_is_the_line_that_says_so(tmp_path: Path, line: str, byline: str) -> None:
    page = Page()
    page.text(60, 780, "Harbour wall to be rebuilt", 20, "F2")
    page.text(60, 756, line, 9)
    page.column(60, 730, 400, WALL)
    article = only_article(read_file(tmp_path, "a.pdf", written([page], author="dtp2")))
    assert article.byline == byline
    assert (line in article.text) is (byline == "")


def test_the_mark_of_a_footnote_that_is_there_stands_in_no_sentence(tmp_path: Path) -> None:
    page = page_of(["The wall is of 1911", "and leaks in eleven places, the engineer says; see the report of May."])
    page.text(60 + width_of("The wall is of 1911", 10), 703.5, "1", 6)
    page.text(60, 100, "1 According to the harbour archive.", 7)
    said_there = only_article(read_file(tmp_path, "a.pdf", written([page]))).text.split("\n\n")
    assert said_there[0].startswith("The wall is of 1911 and leaks in eleven places")
    assert said_there[1] == "1 According to the harbour archive."


def test_text_that_is_not_seen_is_no_text_beside_text_that_is(tmp_path: Path) -> None:
    page = page_of(["It rained."])
    page.raw("BT 3 Tr /F1 10 Tf 60 650 Td (It never snowed.) Tj ET")
    assert only_article(read_file(tmp_path, "a.pdf", written([page]))).text == "It rained."


def test_text_beyond_the_page_is_not_read(tmp_path: Path) -> None:
    page = page_of(["It rained."])
    page.text(700, 500, "Slug of the layout desk")
    assert only_article(read_file(tmp_path, "a.pdf", written([page]))).text == "It rained."


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_that_is_turned_is_read_as_it_is_seen(tmp_path: Path, rotate: int) -> None:
    matrix = {0: "1 0 0 1 60 700", 90: "0 1 -1 0 200 60", 180: "-1 0 0 -1 500 200", 270: "0 -1 1 0 200 600"}[rotate]
    page = Page(rotate=rotate)
    page.raw(f"q {matrix} cm")
    page.lines(0, 0, ["The council of Varn voted on", "Tuesday for a new wall."])
    page.raw("Q")
    assert (
        only_article(read_file(tmp_path, "a.pdf", written([page]))).text
        == plain("The council of Varn voted on Tuesday for a new wall.")[0]
    )


@pytest.mark.parametrize(("line", "joined"), [
    ("dam-|aged", "damaged"), ("well-|known", "well-known"), ("north-|east", "north-east"),
    ("Anglo-|French", "Anglo-French"),
    ("12-|14 million", "12-14 million"), ("sea-|side", "sea-side"), ("over-|land", "overland"),
])  # fmt: skip
def test_a_divided_word_is_joined_or_kept_by_the_text_s_own_evidence(tmp_path: Path, line: str, joined: str) -> None:
    first, second = line.split("|")
    lines = [
        f"They came to Varn in January and they saw {first}",
        f"{second} and more. A sea-side place it is, by the sea.",
    ]
    text = only_article(read_file(tmp_path, "a.pdf", pdf(lines))).text
    assert text.startswith(f"They came to Varn in January and they saw {joined} and more.")


@pytest.mark.parametrize("algorithm", ["RC4-128", "RC4-40"])
def test_pdf_with_a_password_is_unread(tmp_path: Path, algorithm: str) -> None:
    why = "is encrypted with a password; save it without its password first"
    assert only_reason(read_file(tmp_path, "a.pdf", encrypted("secret", algorithm))) == why


@pytest.mark.parametrize("content", [b"no PDF", b"%PDF-1.4\n", b"%PDF-1.4\n%%EOF", pdf(["It rained."])[:200]])
def test_pdf_that_is_damaged_is_unread(tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    assert only_reason(read_file(tmp_path, "a.pdf", content)).startswith("is no PDF or is damaged: ")
    assert capfd.readouterr().err == ""


def test_pdf_of_an_empty_page_is_unread(tmp_path: Path) -> None:
    assert only_reason(read_file(tmp_path, "a.pdf", written([Page()]))) == "holds no text"


def test_engine_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleSpec | None:
        return None if name == process.ENGINE else importlib.util.find_spec(name)

    monkeypatch.setattr(process, "find_spec", missing)
    why = "needs pypdfium2, which is not installed; install it with: pip install 'pressmark[formats]'"
    assert only_reason(read_file(tmp_path, "a.pdf", pdf(["It rained."]))) == why


WHOLE = pdf(["It rained."], title="Rain")


@given(data=st.data())
def test_damaged_pdf_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert read_file(tmp_path, "a.pdf", bytes(damaged))
