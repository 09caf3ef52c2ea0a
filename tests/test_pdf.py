import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said


def write(pages: Sequence[Sequence[str]], **stated: str) -> PdfWriter:
    """Return a PDF of pages of lines; a page of no lines is a picture."""
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(200, 200)
        font = DictionaryObject(
            {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
             NameObject("/BaseFont"): NameObject("/Helvetica")}
        )  # fmt: skip
        picture = DecodedStreamObject()
        picture.set_data(b"\xff")
        picture.update(
            {NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
             NameObject("/Width"): NumberObject(1), NameObject("/Height"): NumberObject(1),
             NameObject("/BitsPerComponent"): NumberObject(8), NameObject("/ColorSpace"): NameObject("/DeviceGray")}
        )  # fmt: skip
        resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        if not lines:
            pictures = DictionaryObject({NameObject("/Im1"): writer._add_object(picture)})
            resources[NameObject("/XObject")] = pictures
        page[NameObject("/Resources")] = resources
        content = DecodedStreamObject()
        words = "".join(f"BT /F1 10 Tf 10 {180 - 12 * n} Td ({line}) Tj ET\n" for n, line in enumerate(lines))
        content.set_data((words or "q 100 0 0 100 0 0 cm /Im1 Do Q").encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(content)
    if stated:
        writer.add_metadata({f"/{name}": value for name, value in stated.items()})
    return writer


def data_of(writer: PdfWriter) -> bytes:
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def pdf(*pages: Sequence[str], **stated: str) -> bytes:
    return data_of(write(pages, **stated))


def test_pdf(tmp_path: Path) -> None:
    content = pdf(["It rained.", "It poured."], ["It snowed."], Title="Rain in Baku", Author="Ann Lee")
    assert only_article(read_file(tmp_path, "a.pdf", content)) == Article(
        "a", "It rained.\nIt poured.\n\nIt snowed.", "Rain in Baku", "", "", "Ann Lee", None, str(tmp_path / "a.pdf")
    )


@pytest.mark.parametrize("title", ["Microsoft Word - rain.docx", "rain_v2.indd", "Untitled-1", ""])
def test_pdf_that_is_titled_by_a_file_s_name_is_titled_by_its_words(tmp_path: Path, title: str) -> None:
    assert only_article(read_file(tmp_path, "a.pdf", pdf(["It rained."], Title=title))).title == "It rained."


def test_scan_is_unread(tmp_path: Path) -> None:
    why = "holds pictures and no text: a scan; recognise its text (OCR) first"
    assert only_reason(read_file(tmp_path, "a.pdf", pdf([], []))) == why


def test_pdf_with_scanned_pages_names_them(tmp_path: Path) -> None:
    assert said(read_file(tmp_path, "a.pdf", pdf(["It rained."], [], ["It snowed."], []))) == [
        ("a.pdf", "It rained.\n\nIt snowed."),
        ("a.pdf", "not read: holds pictures and no text on page 2, 4; recognise their text (OCR) first"),
    ]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256-R5", "AES-256"])
def test_encrypted_pdf_is_unread(tmp_path: Path, algorithm: str) -> None:
    if algorithm != "RC4-128":
        pytest.importorskip("cryptography", reason="writing AES needs it; reading says so too")
    writer = write([["Secret."]])
    writer.encrypt("password", algorithm=algorithm)
    why = "is encrypted; save it without its password first"
    assert only_reason(read_file(tmp_path, "a.pdf", data_of(writer))) == why


def test_pdf_that_anyone_may_open_is_read_though_it_is_encrypted(tmp_path: Path) -> None:
    writer = write([["It rained."]])
    writer.encrypt("", "owner", algorithm="RC4-128")
    assert PdfReader(io.BytesIO(data_of(writer))).is_encrypted
    assert only_article(read_file(tmp_path, "a.pdf", data_of(writer))).text == "It rained."


@pytest.mark.parametrize("content", [b"no PDF", b"%PDF-1.4\n", b"%PDF-1.4\n%%EOF", pdf(["It rained."])[:200]])
def test_pdf_that_is_damaged_is_unread(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert only_reason(read_file(tmp_path, "a.pdf", content)).startswith("is no PDF or is damaged: ")
    assert capsys.readouterr().err == ""


def test_pdf_of_an_empty_page_is_unread(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    assert only_reason(read_file(tmp_path, "a.pdf", data_of(writer))) == "holds no text"


def test_pypdf_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    why = "needs pypdf, which is not installed; install it with: pip install 'pressmark[formats]'"
    assert only_reason(read_file(tmp_path, "a.pdf", pdf(["It rained."]))) == why


WHOLE = pdf(["It rained."], Title="Rain")


@given(data=st.data())
def test_damaged_pdf_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert read_file(tmp_path, "a.pdf", bytes(damaged))
