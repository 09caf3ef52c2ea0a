import resource
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.files.articles import read_file as read_pieces
from embeddings.files.contents import MAX_FILE
from embeddings.files.decoding import REPLACED
from embeddings.files.finding import InputFile
from embeddings.files.word import rtf_tokens
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file

HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset128 MS Mincho;}"
    rb"{\f2\fnil\fcharset204 Arial CYR;}{\f3\fnil\fcharset2 Symbol;}}"
)


def written(text: str, encoding: str) -> bytes:
    """Return letters as an .rtf writes the bytes of an encoding."""
    return b"".join(b"\\'%02x" % byte for byte in text.encode(encoding))


def text(tmp_path: Path, body: bytes, head: bytes = HEAD) -> str:
    article = only_article(read_file(tmp_path, "a.rtf", head + rb"Wall\par " + body + rb"\par}"))
    assert article.title == "Wall"
    return article.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"\f1 " + written("表", "cp932") + b"\\f1 \x83\\\\ a.", "表ソ a."),  # the second byte of a letter is "\"
        (rb"\f2 " + written("Паром", "cp1251") + rb"\f0  caf\'e9.", "Паром café."),
        ("Käse über Straße.".encode(), "Käse über Straße."),
        ("Käse.".encode("cp1252"), "Käse."),
        (rb"\u8220\'93Quoted\u8221" + rb"\emdash , \uc2\u1055\'3f\'3fx, \uc0\u1071.", "“Quoted”, Пx, Я."),
        (rb"\u-10179?\u-8704? \u10000?", "😀 \u2710"),
        (rb"One \v hid\v0 two {\deleted three\par}four.", "One two four."),
        (rb"{\v all hidden\par}Five {\mvf moved }{\mvt moved }six.", "Five moved six."),
        (rb"{\stylesheet{\*\cs15\additive\v Desk;}{\s3\v Note;}}One {\cs15 hid}two.\par"
         rb"{\pard\s3 hid\par}\pard Three", "One two.\n\nThree"),
        (rb"{\upr{ansi ?}{\*\ud{uni \u1055?}}} here.", "uni П here."),
        (rb"{\f3\'b7}\~item {\f3\u-3913 ?}", "•\u00a0item •"),
        (rb"{\pntext\f3\'b7\tab}item{\listtext 1.}", "item"),
        (rb"{\pict\pngblip\bin10 {}\}}{{\aa}Words after.", "Words after."),
        (rb"A{\*\footnote \chftn\pard\plain Note.} b.\par C", "A b.\n\nC\n\nNote."),
        (rb"{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt Box.\par}}{\shprslt{\*\do{\dptxbxtext Box.}}}}A", "A\n\nBox."),
        (rb"A{\*\do{\dptxbxtext Old box.\par}} b", "A b\n\nOld box."),
        (rb"{\object{\*\objdata 00}{\result {Result.}}}", "Result."),
        (rb"{\field{\*\fldinst{HYPERLINK {\field{\*\fldinst x}{\fldrslt code}}}}{\fldrslt link}}", "link"),
        (rb"\trowd\intbl a\cell\pard\intbl\itap2 n1\nestcell n2\nestcell{\*\nesttableprops\trowd\nestrow}"
         rb"{\nonesttables\par}\pard\intbl end\cell\row\pard After.", "a | n1 | n2\nend\n\nAfter."),
        (rb"\trowd\pard\intbl a\cell b\cell", "a | b"),
        (b"One\\\nTwo\\\r\nThree", "One\n\nTwo\n\nThree"),
        (rb"soft\-ly 12\_14\line next\sect\page More", "softly 12-14\nnext\n\nMore"),
        (rb"{\header Head}{\footerf Foot}{\annotation Note}{\*\unknown x}{\info{\title T}}Words.", "Words."),
    ],
)  # fmt: skip
def test_what_the_page_shows(tmp_path: Path, body: bytes, words: str) -> None:
    assert text(tmp_path, body) == words


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl\f0\fswiss\fcharset0 Helvetica;}\f0 ", written("Паром", "cp1251"), "Паром"),
        (rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 A;}{\f1\fcharset0 B;}}", rb"\f1 caf\'e9", "café"),
        (rb"{\rtf1\mac ", rb"caf\'8e \'d2q\'d3", "café “q”"),
        (rb"{\rtf1\pc ", rb"caf\'82", "café"),
        (rb"{\rtf1\ansi\ansicpg65001 ", "каф".encode(), "каф"),
        (rb"{\rtf1\ansi\ansicpg99999 ", rb"caf\'e9", "café"),
        (rb"{\rtf1\ansi{\fonttbl{\f0\cpg1253 G;}}\f0 ", written("λιμάνι", "cp1253"), "λιμάνι"),
        (b"\xef\xbb\xbf\n" + HEAD, b"Words.", "Words."),
    ],
)
def test_code_pages(tmp_path: Path, head: bytes, body: bytes, words: str) -> None:
    assert text(tmp_path, body, head) == words


def test_bytes_that_are_no_letters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(HEAD + rb"Wall\par \f1 a\'83\par}")
    [piece] = read_pieces(InputFile(path, "a"))
    assert isinstance(piece.item, Article)
    assert (piece.item.text, piece.notes) == ("a\ufffd", (REPLACED, "without a date"))


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        (rb"{\stylesheet{\s1 heading 1;}}\pard\s1 Wall\par\pard By Tove Brandt\par ", ("Wall", "Tove Brandt")),
        (rb"NEWS\par\pard\outlinelevel0 Wall\par\pard ", ("Wall", "")),
        (rb"Kicker\par{\b\fs40 Wall\par}", ("Wall", "")),
        (rb"{\info{\title Wall}{\author Tove Brandt}}", ("Wall", "Tove Brandt")),
        (rb"{\info{\title Microsoft Word - wall.doc}{\author Administrator}}{\b Wall}\par ", ("Wall", "")),
    ],
)
def test_title_and_names(tmp_path: Path, body: bytes, facts: tuple[str, str]) -> None:
    words = b"The council of Varn voted on Tuesday for a new harbour wall."
    article = only_article(read_file(tmp_path, "a.rtf", HEAD + body + words + rb"\par}trailer"))
    assert (article.title, article.byline) == facts
    assert article.text.endswith(words.decode())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (HEAD + rb"Wall\par No end", "is cut short: its last brace is missing; copy or download it again"),
        (HEAD + b"{" * 2_000, "nests groups deeper than 1,000; save it anew with a word processor"),
        (HEAD + b"}", "holds no text"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    assert only_reason(read_file(tmp_path, "a.rtf", content)) == why


@pytest.mark.parametrize("name", ["a.doc", "a.txt", "a.docx", "a.md"])
def test_first_bytes_decide(tmp_path: Path, name: str) -> None:
    assert only_article(read_file(tmp_path, name, HEAD + rb"Wall\par Words.\par}")).text == "Words."


def test_file_of_50_mb_of_pictures_is_read_within_bounds(tmp_path: Path) -> None:
    content = HEAD + rb"{\pict\pngblip " + b"0a1b\r\n" * 8_300_000 + rb"}Wall\par Words.\par}"
    assert len(content) > 2 * MAX_FILE
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert only_article(read_file(tmp_path, "a.rtf", content)).text == "Words."
    assert time.process_time() - start < 5  # seconds; it takes about half a one
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000  # KiB


def test_file_of_too_many_marks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtf_tokens, "MAX_MARKS", 1_000)
    assert only_reason(read_file(tmp_path, "a.rtf", HEAD + b"{}" * 500)) == "holds more than 1,000 marks; split it"


WHOLE = HEAD + rb"{\s1\b Wall\par}\trowd\intbl a\cell b\cell\row{\shptxt x}{\footnote y}\u1055\'3f\'e9\par}"


@settings(max_examples=50)
@given(data=st.data())
def test_damaged_rtf_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.sampled_from(b"\\{}'0a*u \x00\xff"))
    assert read_file(tmp_path, "a.rtf", bytes(damaged))
