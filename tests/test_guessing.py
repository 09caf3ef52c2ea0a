"""Bytes that state no encoding: right letters, or a word of doubt."""

from pathlib import Path

import pytest

from embeddings.files.articles import read_file
from embeddings.files.finding import InputFile
from embeddings.files.guessing import guess
from embeddings.files.pieces import Piece, Unread
from embeddings.types import Article

CASES = Path(__file__).parent / "cases"

TEXTS = {
    "Turkish": "Belediye başkanı Iğdır'da yeni köprüyü pazartesi günü açtı. Şehir için büyük bir gün.",
    "Polish": "Burmistrz Łodzi otworzył nowy most w poniedziałek. Koszt wyniósł dwanaście milionów złotych.",
    "Czech": "Starosta města Plzeň otevřel v pondělí nový most za třicet miliónů korun.",
    "Hungarian": "A polgármester hétfőn megnyitotta az új hidat, amely tizenkétmillió forintba került.",
    "English": "Mayor José Núñez opened the café on Monday — a “new” start. The city’s council agreed.",
    "German": "Der Bürgermeister von Köln eröffnete am Montag die neue Brücke. Die Straße ist groß.",
    "French": "Le maire a inauguré lundi le nouveau théâtre près de la forêt. Ça coûte 14 millions d'euros.",
    "Icelandic": "Borgarstjórinn opnaði brúna á mánudag og það var góður dagur. Þetta er ný brú.",
    "Lithuanian": "Meras pirmadienį atidarė naują tiltą per upę, kuris kainavo dvylika milijonų eurų.",
    "Russian": "Министры встретились в Баку в понедельник и обсудили договор о границе.",
    "Ukrainian": "Міністри зустрілися в Києві у понеділок і обговорили договір про кордон, її підписали.",
    "Greek": "Ο δήμαρχος της Αθήνας άνοιξε τη Δευτέρα τη νέα γέφυρα.",
    "Hebrew": "ראש העיר פתח ביום שני את הגשר החדש מעל הנהר.",
    "Arabic": "افتتح رئيس البلدية يوم الاثنين الجسر الجديد فوق النهر.",
    "Thai": "นายกเทศมนตรีเปิดสะพานใหม่เมื่อวันจันทร์",
    "Japanese": "市長は月曜日に新しい橋を開通させた。費用は千二百万円だった。",
    "Chinese": "市长星期一为新桥揭幕，费用为一千二百万元。",
    "Korean": "시장은 월요일에 새 다리를 개통했다. 비용은 천이백만 원이었다.",
}


def only_piece(path: Path, encoding: str = "") -> Piece:
    [piece] = read_file(InputFile(path, path.stem), encoding=encoding)
    return piece


def only_text(path: Path, encoding: str = "") -> str:
    item = only_piece(path, encoding).item
    assert isinstance(item, Article)
    return item.text


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("Turkish", "cp1254"), ("Turkish", "mac_turkish"), ("Polish", "cp1250"), ("Polish", "iso8859_2"),
        ("Polish", "mac_latin2"), ("Polish", "cp852"), ("Czech", "cp1250"), ("Hungarian", "cp1250"),
        ("English", "cp1252"), ("English", "mac_roman"), ("German", "cp850"), ("German", "mac_roman"),
        ("French", "cp1252"), ("French", "mac_roman"), ("French", "cp850"), ("Icelandic", "cp1252"),
        ("Lithuanian", "cp1257"), ("Russian", "cp1251"), ("Russian", "koi8_r"), ("Russian", "cp866"),
        ("Russian", "iso8859_5"), ("Russian", "mac_cyrillic"), ("Ukrainian", "cp1251"), ("Ukrainian", "koi8_u"),
        ("Greek", "cp1253"), ("Greek", "iso8859_7"), ("Hebrew", "cp1255"), ("Arabic", "cp1256"),
        ("Arabic", "iso8859_6"), ("Thai", "cp874"), ("Japanese", "shift_jis"), ("Japanese", "euc_jp"),
        ("Chinese", "gb18030"), ("Korean", "euc_kr"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 9])
def test_encoding_is_guessed_by_what_the_letters_make(language: str, encoding: str, times: int) -> None:
    data = TEXTS[language].encode(encoding) * times
    found = guess(data)
    assert found is not None
    assert data.decode(found.encoding) == TEXTS[language] * times


def test_bytes_by_chance_are_no_text() -> None:
    assert guess(bytes(range(256)) * 20) is None


@pytest.mark.parametrize("path", sorted((CASES / "B02").glob("*-*.txt")), ids=lambda path: path.stem)
def test_bad_byte_in_utf_8_costs_one_mark_and_is_told(path: Path) -> None:
    piece = only_piece(path)
    assert isinstance(piece.item, Article)
    assert piece.item.text.count("\ufffd") == 1
    assert piece.item.text.replace("\ufffd", "") in path.read_bytes().decode("utf-8", "ignore")
    assert "with bytes that are no letters in their encoding, each replaced by a mark (U+FFFD)" in piece.notes


@pytest.mark.parametrize("path", sorted((CASES / "B31").glob("*-*.txt")), ids=lambda path: path.stem)
def test_cases_in_old_encodings_have_the_right_letters(path: Path) -> None:
    encoding = path.stem.removesuffix("-long").rpartition("-")[2].replace("nobom", "utf-16-le")
    assert only_text(path) == path.read_bytes().decode(encoding).strip()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXTS["English"].encode(encoding))
    assert only_text(path) == TEXTS["English"]


def test_encoding_that_is_said_goes_before_the_guess(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Ağ".encode("cp1254"))
    assert only_text(path, "cp1254") == "Ağ"


def test_encoding_that_is_unknown_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Text.")
    assert only_piece(path, "cp9999").item == Unread(
        str(path), "is said to be in 'cp9999', which is no known encoding; cp1254 and utf-8 are"
    )


def test_lines_without_a_mark_are_read_as_their_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [f'{{"text": "{TEXTS["Turkish"]}"}}', '{"text": "Işık."}']
    path.write_bytes("\n".join(lines).encode("cp1254"))
    items = [piece.item for piece in read_file(InputFile(path, "a"))]
    assert [item.text for item in items if isinstance(item, Article)] == [TEXTS["Turkish"], "Işık."]


def test_doubtful_guess_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Xyz \xa4\xb5 qrs.")
    assert "in an encoding that is only guessed" in [note.partition(" to be ")[0] for note in only_piece(path).notes]
