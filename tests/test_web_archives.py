import gzip
import io
import sys
import zlib
from pathlib import Path

import pytest

from embeddings.files import web_archives
from embeddings.files.articles import Unread
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said
from test_articles import PAGE, PARAGRAPHS, RUSSIAN

TEXT = "\n\n".join(PARAGRAPHS)
BODY = PAGE.format(url="/two-talks", head='<meta name="date" content="2022-10-19">').encode()


def record(block: bytes, uri: str = "https://example.org/a", kind: str = "response", http: bool = True) -> bytes:
    """Return a record of a web archive as the standard writes it, ISO 28500."""
    content_type = "application/http; msgtype=response" if http else "text/html"
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2023-01-01T00:00:00Z\r\n"
        f"WARC-Target-URI: {uri}\r\nContent-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return header.encode() + block + b"\r\n\r\n"


def answer(body: bytes = BODY, status: str = "200 OK", **headers: str) -> bytes:
    """Return an HTTP response; underscores in the names of headers are hyphens."""
    lines = {"Content-Type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


INFO = record(b"software: test\r\n", kind="warcinfo", http=False)
REQUEST = record(b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n", kind="request")


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_of_a_web_archive(tmp_path: Path, name: str) -> None:
    records = [INFO, REQUEST, record(answer()), record(BODY, "https://example.org/b", "resource", http=False)]
    content = b"".join(map(gzip.compress, records)) if name.endswith(".gz") else b"".join(records)
    path = tmp_path / name
    first, second = read_file(tmp_path, name, content)
    # the first 12 digits of the address's SHA-256, by coreutils
    assert first == Article(
        "ub5b10dd0429e", TEXT, "Two talks", "2022-10-19", "The Gazette", "Ann Lee", "https://example.org/a", f"{path}#3"
    )
    assert isinstance(second, Article)
    assert (second.text, second.url, second.source) == (TEXT, "https://example.org/b", f"{path}#4")


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)


def raw_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize(
    "sent",
    [
        answer(gzip.compress(BODY), Content_Encoding="gzip"),
        answer(zlib.compress(BODY), Content_Encoding="deflate"),
        answer(raw_deflate(BODY), Content_Encoding="deflate"),
        answer(BODY, Content_Encoding="identity"),
        answer(BODY, Content_Encoding="gzip"),  # unpacked by the tool that stored it
        answer(chunked(BODY), Transfer_Encoding="chunked"),
        answer(chunked(gzip.compress(BODY)), Transfer_Encoding="chunked", Content_Encoding="gzip"),
        answer(BODY, Content_Type="Text/HTML; charset=utf-8"),
        answer(BODY, Content_Type="application/xhtml+xml"),
    ],
)
def test_page_as_it_was_sent(tmp_path: Path, sent: bytes) -> None:
    assert only_article(read_file(tmp_path, "a.warc", record(sent))).text == TEXT


def test_page_in_the_encoding_that_its_header_declares(tmp_path: Path) -> None:
    body = BODY.decode().replace(PARAGRAPHS[0], RUSSIAN).encode("koi8-r")
    items = read_file(tmp_path, "a.warc", record(answer(body, Content_Type='text/html; charset="koi8-r"')))
    assert only_article(items).text.startswith(RUSSIAN)


def test_what_is_no_page_is_counted(tmp_path: Path) -> None:
    records = [
        record(answer(b"png", Content_Type="image/png"), "https://example.org/1"),
        record(answer(b"png", Content_Type="image/png; x=y"), "https://example.org/2"),
        record(answer(b"", "404 Not Found"), "https://example.org/3"),
        record(answer(b"", "200 OK", Content_Type=""), "https://example.org/4"),
        record(b"HTTP/1.1 200 OK\r\n\r\n", "https://example.org/5", "revisit"),
        record(answer(), "https://example.org/6"),
    ]
    assert said(read_file(tmp_path, "a.warc", b"".join(records))) == [
        ("a.warc#6", TEXT),
        (
            "a.warc",
            "not read: also holds 5 captures that are no page with an article: 2 image/png, 1 with the HTTP status "
            "404, 1 without a content type, 1 unchanged since an earlier capture",
        ),
    ]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (answer(b"<html><body></body></html>"), "the page holds no article text"),
        (answer(b"\x89PNG\0\0"), "looks like a binary file"),
        (b"no HTTP at all", "is broken: its HTTP header cannot be read"),
        (b"", "is broken: its HTTP header cannot be read"),
        (answer(gzip.compress(BODY)[:-30], Content_Encoding="gzip"), "is cut short: its packed content ends too early"),
        (answer(b"no gzip", Content_Encoding="gzip"), "is damaged: its packed content cannot be unpacked"),
        (answer(b"x", Content_Encoding="br"), "is packed with 'br', which is not read; gzip, x-gzip, deflate are"),
        (
            answer(gzip.compress(b" " * 30_000_000), Content_Encoding="gzip"),
            "holds a page of more than 20,000,000 bytes",
        ),
    ],
)
def test_broken_page_is_unread_and_the_next_is_read(tmp_path: Path, sent: bytes, why: str) -> None:
    items = read_file(tmp_path, "a.warc", record(sent) + record(answer(), "https://example.org/b"))
    assert said(items) == [("a.warc#1", f"not read: {why}"), ("a.warc#2", TEXT)]


def test_page_too_large_is_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_archives, "MAX_FILE", 100)
    items = read_file(tmp_path, "a.warc", record(answer()) + record(answer(b"<p>x</p>"), "https://example.org/b"))
    assert said(items)[0] == ("a.warc#1", "not read: holds a page of more than 100 bytes")
    assert len(items) == 2


def test_web_archive_cut_short_gives_what_stands_before(tmp_path: Path) -> None:
    whole = record(answer()) + record(answer(), "https://example.org/b")
    assert said(read_file(tmp_path, "a.warc", whole[:-200])) == [
        ("a.warc#1", TEXT),
        ("a.warc#2", "not read: is cut short: the file ends before the page does"),
    ]


@pytest.mark.parametrize("cut", [30, 60, 120, 170])
def test_web_archive_cut_in_a_header_is_named(tmp_path: Path, cut: int) -> None:
    items = read_file(tmp_path, "a.warc", record(answer()) + record(answer(), "https://example.org/b")[:cut])
    assert [place for place, _ in said(items)] == ["a.warc#1", "a.warc"]
    assert said(items)[1][1].startswith("not read: is broken at record 2: ")


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_web_archive_with_a_broken_record_gives_what_stands_before(tmp_path: Path, name: str) -> None:
    broken = record(answer(), "https://example.org/b").replace(b"WARC/1.0", b"WARC/x.y")
    records = [record(answer()), broken, record(answer(), "https://example.org/c")]
    content = b"".join(map(gzip.compress, records)) if name.endswith(".gz") else b"".join(records)
    items = read_file(tmp_path, name, content)
    assert said(items)[0] == (f"{name}#1", TEXT)
    assert said(items)[1][1].startswith("not read: is broken at record 2: ")
    assert len(items) == 2


@pytest.mark.parametrize("length", [b"700", b"99999", b"-1", b"x", b""])
def test_web_archive_with_a_wrong_length_is_named_and_nothing_goes_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], length: bytes
) -> None:
    right = f"Content-Length: {len(answer())}\r\n".encode()
    content = record(answer()).replace(right, b"Content-Length: %b\r\n" % length) + record(answer())
    items = read_file(tmp_path, "a.warc", content)
    assert any(isinstance(item, Unread) for item in items)
    assert capsys.readouterr().err == ""


def test_gz_of_a_web_archive_cut_short(tmp_path: Path) -> None:
    content = b"".join(map(gzip.compress, [record(answer()), record(answer(), "https://example.org/b")]))
    items = read_file(tmp_path, "a.warc.gz", content[:-100])
    assert said(items)[0] == ("a.warc.gz#1", TEXT)
    assert "is cut short" in said(items)[1][1]


@pytest.mark.parametrize("content", [b"<html>", b"\0" * 10, b"HTTP/1.1 200 OK"])
def test_file_that_is_no_web_archive_is_unread(tmp_path: Path, content: bytes) -> None:
    assert only_reason(read_file(tmp_path, "a.warc", content)) == 'is no web archive: it does not begin with "WARC/"'


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its writer closes no file
def test_archive_as_warcio_writes_it(tmp_path: Path) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    data = io.BytesIO()
    writer = WARCWriter(data, gzip=True)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
    page = writer.create_warc_record(
        "https://example.org/a", "response", payload=io.BytesIO(BODY), http_headers=headers
    )
    writer.write_record(page)
    assert only_article(read_file(tmp_path, "a.warc.gz", data.getvalue())).text == TEXT


def test_warcio_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    why = "needs warcio, which is not installed; install it with: pip install 'pressmark[formats]'"
    assert only_reason(read_file(tmp_path, "a.warc", record(answer()))) == why


def test_header_line_without_an_end_is_not_read_on(tmp_path: Path) -> None:
    endless = b"WARC/1.0\r\nWARC-Type: " + b"x" * (3 * web_archives.MAX_LINE)
    items = read_file(tmp_path, "a.warc", INFO + record(answer()) + endless)
    assert isinstance(items[0], Article)
    assert "a line of a header has 1,000,000 bytes or more" in only_reason(items[1:])


def test_page_with_an_endless_header_is_left_out_and_the_next_is_read(tmp_path: Path) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: " + b"x" * (3 * web_archives.MAX_LINE)
    page, left_out = read_file(tmp_path, "a.warc", record(endless) + record(answer(), "https://example.org/b"))
    assert isinstance(page, Article)
    assert page.url == "https://example.org/b"
    assert "also holds 1 captures that are no page with an article" in only_reason([left_out])
