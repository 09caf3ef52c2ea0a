import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.files.word import xml_parts
from files_on_disk import only_article, only_reason, read_file
from word_files import SPACES, docx, paragraph, properties, related, run, table, title

BODY = paragraph("The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns.")


STRICT = SPACES.replace("schemas.openxmlformats.org/wordprocessingml/2006", "purl.oclc.org/ooxml/wordprocessingml")


def text(tmp_path: Path, body: str, **more: object) -> str:
    """Return the text of a .docx with a title and this body."""
    article = only_article(read_file(tmp_path, "a.docx", docx(title("Wall") + body, **more)))  # type: ignore[arg-type]
    assert article.title == "Wall"
    return article.text


def field(*parts: str) -> str:
    """Return a field's runs: a name in capitals is code, "begin", "separate" and "end" are marks, else it is shown."""
    runs = []
    for part in parts:
        if part in ("begin", "separate", "end"):
            runs.append(f'<w:r><w:fldChar w:fldCharType="{part}"/></w:r>')
        else:
            runs.append(f"<w:r><w:instrText>{part}</w:instrText></w:r>" if part.isupper() else run(part))
    return "".join(runs)


def box(words: str) -> str:
    return f"<w:pict><w:txbxContent>{paragraph(words)}</w:txbxContent></w:pict>"


def either(choice: str, fallback: str) -> str:
    """Return a run with what new programs show, and what old ones do."""
    return (
        f"<w:r><mc:AlternateContent><mc:Choice>{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (paragraph("Secret.", style="DeskNote") + paragraph("Shown."), "Shown."),
        (paragraph("Secret. ", run("Shown.", '<w:vanish w:val="0"/>'), style="Desk"), "Shown."),
        (paragraph("Run-in. ", mark="<w:vanish/><w:specVanish/>") + paragraph("Goes on."), "Run-in. Goes on."),
        (paragraph(field("begin", "IF", "begin", "REF", "separate", "one", "end", "separate", "two", "end")), "two"),
        (paragraph("Page ", field("begin", "PAGE", "end"), "end."), "Page end."),
        (paragraph("Open ", field("begin", "REF")) + paragraph("Rest."), "Open\n\nRest."),
        (paragraph('<w:fldSimple w:instr="X">' + run("Shown") + "</w:fldSimple>", "."), "Shown."),
        (paragraph("A ", f"<w:r>{box('Box.')}</w:r>", "b."), "A b.\n\nBox."),
        (paragraph("A", either(box("Box."), box("Box."))), "A\n\nBox."),
        (paragraph("A", either("<w:drawing/>", box("Box."))), "A\n\nBox."),
        (paragraph("A", either(either(box("Box."), "<w:pict/>"), box("Box."))), "A\n\nBox."),
        (table(("Sand", "against"), ("", "for")), "Sand | against\n\nfor"),
        (table(("Photo", paragraph("Head", style="berschrift1") + paragraph("Words."))), "Photo\n\nHead\n\nWords."),
        (table(("One", "<w:tcPr><w:cellDel/></w:tcPr>" + paragraph("gone"))), "One"),
        (table(("<w:tcPr/>" + table(("a", "b")) + paragraph("c"), "d")), "a | b\nc | d"),
        ("<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>" + paragraph("gone") + "</w:tc></w:tr></w:tbl>"
         + paragraph("Rest."), "Rest."),
        ("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + paragraph("Click here.")
         + "</w:sdtContent></w:sdt>" + paragraph("Rest."), "Rest."),
        (paragraph("<w:r><w:ruby><w:rt>" + run("ba") + "</w:rt><w:rubyBase>" + run("base")
                   + "</w:rubyBase></w:ruby></w:r>", "<m:oMath><m:r><m:t>=1</m:t></m:r></m:oMath>"), "base=1"),
        (paragraph("A", '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="9"/><w:t>*</w:t></w:r>', " b"),
         "A b"),
        ("<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc>" + paragraph("gone") + "</w:tc></w:tr></w:tbl>"
         + paragraph("Rest."), "Rest."),
        (paragraph("Soft\u00adly", "<w:r><w:tab/><w:noBreakHyphen/><w:cr/></w:r>", "on"), "Softly\t-\non"),
    ],
)  # fmt: skip
def test_what_the_page_shows(tmp_path: Path, body: str, words: str) -> None:
    assert text(tmp_path, body) == words


def test_notes_stand_behind_the_text_unless_what_refers_to_them_is_deleted(tmp_path: Path) -> None:
    feet = "".join(f'<w:footnote w:id="{n}">{paragraph(f"Foot {n}.")}</w:footnote>' for n in (1, 2))
    body = paragraph(
        "One", '<w:del><w:r><w:footnoteReference w:id="1"/></w:r></w:del>', " two.",
        '<w:r><w:endnoteReference w:id="1"/></w:r>', '<w:r><w:footnoteReference w:id="2"/></w:r>',
    ) + paragraph("Three.")  # fmt: skip
    parts = {
        "word/footnotes.xml": f"<w:footnotes {SPACES}>{feet}</w:footnotes>",
        "word/endnotes.xml": f'<w:endnotes {SPACES}><w:endnote w:id="1">{paragraph("End.")}</w:endnote></w:endnotes>',
    }
    relations = related("footnotes", "footnotes.xml") + related("endnotes", "endnotes.xml")
    assert text(tmp_path, body, parts=parts, relations=relations) == "One two.\n\nThree.\n\nEnd.\n\nFoot 2."


@pytest.mark.parametrize(
    "chunk",
    ["<html><body><p>Within.</p></body></html>",
     "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
     "<p class=3D'x'>Within.</p>"],
)  # fmt: skip
def test_imported_page_is_part_of_the_text(tmp_path: Path, chunk: str) -> None:
    body = paragraph("Before.") + '<w:altChunk r:id="chunk.htm"/>' + paragraph("Behind.")
    parts, relations = {"word/chunk.htm": chunk}, related("aFChunk", "chunk.htm")
    assert text(tmp_path, body, parts=parts, relations=relations) == "Before.\n\nWithin.\n\nBehind."


@pytest.mark.parametrize(
    "more",
    [{"main": "word/document2.xml"}, {"main": "document.xml"},
     {"spaces": STRICT}],
)  # fmt: skip
def test_other_programs_files(tmp_path: Path, more: dict[str, str]) -> None:
    assert text(tmp_path, paragraph("Words."), **more) == "Words."


@pytest.mark.parametrize(
    ("body", "stated", "facts"),
    [
        (paragraph("Wall", style="berschrift1") + paragraph("Von Karl Dorn") + paragraph("12. März 2021") + BODY,
         ("Dokument1", "dtp2"), ("Wall", "Karl Dorn", "2021-03-12")),
        (paragraph("POLITICS") + paragraph(run("Wall", "b")) + paragraph("By Tove Brandt, our reporter") + BODY,
         ("", "Jens Holm"), ("Wall", "Tove Brandt", "")),
        (paragraph("Wall", "<w:r><w:br/></w:r>", "By Tove Brandt") + BODY, ("", ""), ("Wall", "Tove Brandt", "")),
        (paragraph("By Monday the crews will be back") + BODY,
         ("", ""), ("By Monday the crews will be back", "", "")),
        (paragraph("Wall", style="Titel") + BODY, ("Weekly plan", "Jens Holm"), ("Wall", "", "")),
        (paragraph("Wall", style="Titel") + BODY, ("WALL", "Tove Brandt"), ("Wall", "Tove Brandt", "")),
        (paragraph("Sport") + paragraph("Wall") + BODY, ("Wall", "Windows User"), ("Wall", "", "")),
        (BODY, ("wall_v2_final.docx", "Tove Brandt"), (
            "The council of Varn voted on Tuesday for a new harbour wall that will cost 14 million crowns.", "", "")),
        (paragraph(run("Wall", '<w:sz w:val="40"/>')) + paragraph(run("Short lead", "b")) + BODY,
         ("", ""), ("Wall", "", "")),
    ],
)  # fmt: skip
def test_title_and_names_are_those_on_the_page(
    tmp_path: Path, body: str, stated: tuple[str, str], facts: tuple[str, str, str]
) -> None:
    article = only_article(read_file(tmp_path, "a.docx", docx(body, parts={"docProps/core.xml": properties(*stated)})))
    assert (article.title, article.byline, article.published) == facts


WHOLE = docx(title("Wall") + BODY + table(("a", "b")) + paragraph(field("begin", "REF", "separate", "x", "end")))
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (WHOLE[:-30], "is cut short or damaged: File is not a zip file; copy or download it again"),
        (docx("<w:p>" * 500), "nests elements deeper than 400 in its part word/document.xml; save it anew"),
        (docx("<w:p>"), "is damaged: its part word/document.xml is no XML (mismatched tag"),
        (docx(paragraph("&x;"), head='<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
         "declares entities in its part word/document.xml, which no Word file does"),
        (docx(paragraph(" " * 21_000_000)), "unpacks to more than 20,000,000 bytes, which is much for its size"),
        (docx("", main="xl/workbook.xml"), "is a workbook of Excel; save its text as .docx or .txt"),
        (docx(paragraph("")), "holds no text"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"),
         "is encrypted with a password; open it in a word processor and save it without"),
        (COMPOUND + "WordDocument".encode("utf-16-le"),
         "is a file of Word as it was before 2007, which is not read; save it as .docx"),
        (COMPOUND, "is an old Office or Outlook file, which is not read; save it as .docx or .txt"),
        (b"\x00\x01\x02", "is no file of a word processor, or is damaged; copy or download it again"),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    assert only_reason(read_file(tmp_path, "a.docx", content)).startswith(why)


@pytest.mark.parametrize("name", ["a.doc", "a.txt", "a.zip", "a.rtf", "a.docm"])
def test_first_bytes_decide(tmp_path: Path, name: str) -> None:
    assert only_article(read_file(tmp_path, name, docx(title("Wall") + paragraph("Words.")))).text == "Words."


def test_text_under_a_word_processors_name_is_read_as_text(tmp_path: Path) -> None:
    assert only_article(read_file(tmp_path, "a.doc", "Wall\n\nWords.")).text == "Words."


def test_part_with_too_many_elements_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parts, "MAX_ELEMENTS", 1_000)
    why = "holds more than 1,000 elements in its part word/document.xml; split it"
    assert only_reason(read_file(tmp_path, "a.docx", docx("<w:r/>" * 1_000))) == why


def test_reading_holds_no_tree_of_a_part(tmp_path: Path) -> None:
    content = docx("<w:r/>" * 400_000)  # as a tree: about 100 MB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert only_reason(read_file(tmp_path, "a.docx", content)) == "holds no text"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


@settings(max_examples=50)
@given(data=st.data())
def test_damaged_docx_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert read_file(tmp_path, "a.docx", bytes(damaged))


@settings(max_examples=50)
@given(body=st.text("<>/wprtbl: =\"'&xmlns", max_size=60))
def test_damaged_xml_never_raises(tmp_path: Path, body: str) -> None:
    assert read_file(tmp_path, "a.docx", docx(paragraph("Words.") + body))
