import gzip
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.files import mail
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said

RUSSIAN = "Министры встретились в Баку в понедельник. Они обсудили договор о границе."


def letter(text: str = "It rained.\n", subtype: str = "plain", charset: str = "utf-8") -> EmailMessage:
    message = EmailMessage(policy=policy.default)
    message["From"] = "Ann Lee <ann@gazette.example>"
    message["Subject"] = "Rain in Baku"
    message["Date"] = "Wed, 19 Oct 2022 23:30:00 -0500"
    message.set_content(text, subtype=subtype, charset=charset)
    return message


def test_mail(tmp_path: Path) -> None:
    assert only_article(read_file(tmp_path, "a.eml", letter().as_bytes())) == Article(
        "a", "It rained.", "Rain in Baku", "2022-10-19", "", "Ann Lee", None, str(tmp_path / "a.eml")
    )


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "iso-8859-5"])
def test_mail_in_any_encoding(tmp_path: Path, charset: str) -> None:
    message = letter(RUSSIAN, charset=charset)
    message.replace_header("Subject", "Мир")
    article = only_article(read_file(tmp_path, "a.eml", message.as_bytes()))
    assert (article.title, article.text) == ("Мир", RUSSIAN)


def test_mail_in_a_japanese_encoding_of_ascii_bytes(tmp_path: Path) -> None:
    text = "東京で会談が行われた。"
    assert only_article(read_file(tmp_path, "a.eml", letter(text, charset="iso-2022-jp").as_bytes())).text == text


@pytest.mark.parametrize("charset", ["no-such-charset", "us-ascii", "rot13", "utf-8"])
def test_mail_with_a_wrong_charset_is_guessed(tmp_path: Path, charset: str) -> None:
    header = f'Subject: Rain\nContent-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: 8bit\n\n'
    assert only_article(read_file(tmp_path, "a.eml", header.encode() + RUSSIAN.encode("cp1251"))).text == RUSSIAN


def test_mail_s_plain_text_is_preferred(tmp_path: Path) -> None:
    message = letter("It rained.")
    message.add_alternative("<p>It <b>poured</b>.</p>", subtype="html")
    assert only_article(read_file(tmp_path, "a.eml", message.as_bytes())).text == "It rained."


@pytest.mark.parametrize("plain", [" \n", None])
def test_mail_in_html_alone_loses_its_marks_and_no_word(tmp_path: Path, plain: str | None) -> None:
    page = (
        "<html><head><title>no</title><style>p {}</style></head><body><h1>Rain</h1><p>It rained<br>in <b>Baku</b>&nbsp;"
        "&amp; <a href='http://a.b'>Ganja</a>.</p><!-- no --><table><tr><td>One</td><td>Two</td></tr></table>"
        "<script>no()</script><ul><li>three<li>four</ul>tail</body></html>"
    )
    message = letter(page, "html") if plain is None else letter(plain)
    if plain is not None:
        message.add_alternative(page, subtype="html")
    text = only_article(read_file(tmp_path, "a.eml", message.as_bytes())).text
    assert text == "Rain\n\nIt rained\nin Baku & Ganja.\n\nOne\n\nTwo\n\nthree\n\nfour\n\ntail"


def test_attachments_of_a_mail_are_named(tmp_path: Path) -> None:
    message = letter()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Отчёт.pdf")
    message.add_attachment(b"png", maintype="image", subtype="png")  # of the layout
    message.add_attachment(b"png", maintype="image", subtype="png", filename="map.png")
    message.add_attachment("-- \nThe list's footer.\n")
    message.add_attachment(letter("Forwarded."))
    assert said(read_file(tmp_path, "a.eml", message.as_bytes())) == [
        ("a.eml", "It rained.\n\n\n--\nThe list's footer."),
        ("a.eml/Отчёт.pdf", "not read: is attached to a mail; save it as a file to have it read"),
        ("a.eml/map.png", "not read: is attached to a mail; save it as a file to have it read"),
        ("a.eml/message/rfc822 5", "not read: is attached to a mail; save it as a file to have it read"),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Just words, no header.", "is no mail: it begins with no header"),
        ("Subject: Rain\n\n \n", "holds no text"),
        ("Subject: Rain\nContent-Type: multipart/mixed; boundary=x\n\n--x--\n", "holds no text"),
        ("Subject: Rain\nContent-Type: image/png\n\nxyz", "holds no text"),
        ("\0\1\2\n\n", "is no mail: it begins with no header"),
    ],
)
def test_mail_without_text_is_unread(tmp_path: Path, content: str, why: str) -> None:
    assert only_reason(read_file(tmp_path, "a.eml", content)) == why


def test_mail_without_a_name_is_by_its_address_and_titled_by_its_words(tmp_path: Path) -> None:
    article = only_article(read_file(tmp_path, "a.eml", "From: ann@gazette.example\n\nIt rained. It poured.\n"))
    assert (article.title, article.byline, article.published) == ("It rained.", "ann@gazette.example", "")


BOX = (
    "From ann@gazette.example Wed Oct 19 23:30:00 2022\nSubject: One\n\nIt rained.\n>From Baku it was said.\n"
    "From here no mail begins.\n\n"
    "From bo@gazette.example Thu Oct 20 10:00:00 2022\nSubject: Two\n\n>>From quoted.\n\n"
    "From cy@gazette.example Thu Oct 20 11:00:00 2022\nSubject: Three\n\n\n"
)


@pytest.mark.parametrize("name", ["a.mbox", "a.mbox.gz"])
def test_mbox(tmp_path: Path, name: str) -> None:
    content = gzip.compress(BOX.encode()) if name.endswith(".gz") else BOX.encode()
    assert said(read_file(tmp_path, name, content)) == [
        (f"{name}#1", "It rained.\nFrom Baku it was said.\nFrom here no mail begins."),
        (f"{name}#2", ">From quoted."),
        (f"{name}#3", "not read: holds no text"),
    ]


def test_mbox_with_windows_line_ends(tmp_path: Path) -> None:
    items = read_file(tmp_path, "a.mbox", BOX.replace("\n", "\r\n"))
    assert [place for place, _ in said(items)] == ["a.mbox#1", "a.mbox#2", "a.mbox#3"]


def test_mbox_with_a_mail_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MAX_FILE", 100)
    content = (
        "From a\nSubject: One\n\nOne.\n\nFrom b\nSubject: Two\n\n" + "x" * 200 + "\n\nFrom c\nSubject: T\n\nThree.\n"
    )
    assert said(read_file(tmp_path, "a.mbox", content)) == [
        ("a.mbox#1", "One."),
        ("a.mbox#2", "not read: holds more than 100 bytes; save its attachments apart"),
        ("a.mbox#3", "Three."),
    ]


def test_file_that_is_no_mbox_is_unread(tmp_path: Path) -> None:
    assert only_reason(read_file(tmp_path, "a.mbox", "Subject: x\n\n")) == 'is no mbox: it does not begin with "From "'


@given(
    header=st.sampled_from(
        ["From", "Subject", "Date", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding"]
    ),
    value=st.text(max_size=80)
    | st.sampled_from(["=?utf-8?b?x?=", "multipart/mixed", "message/rfc822", '"', "a@", "<@>:;,"]),
)
def test_any_header_never_raises(tmp_path: Path, header: str, value: str) -> None:
    assert read_file(tmp_path, "a.eml", f"{header}: {value}\n\nText.\n".encode("utf-8", "surrogatepass"))


def test_line_that_begins_with_from_and_looks_like_a_header_below_stays_in_its_mail(tmp_path: Path) -> None:
    body = "One.\n\nFrom Monday on: the ferry stops.\nFrom: the harbour, to: the town.\n"
    box = f"From ann@gazette.example\nSubject: A\n\n{body}\nFrom bo@gazette.example\nSubject: B\n\nTwo.\n"
    texts = [article.text for article in read_file(tmp_path, "a.mbox", box.encode()) if isinstance(article, Article)]
    assert texts == [body.strip(), "Two."]
