import gzip
import io
import re
import sys
import zipfile
import zlib
from pathlib import Path
from time import process_time

import brotli
import pytest

from embeddings.files import articles
from embeddings.files.articles import read_articles
from embeddings.files.finding import find_files
from embeddings.files.gzipped import MAX_FAULTS
from embeddings.files.pieces import Unread
from embeddings.files.warc import reading as web_archives
from embeddings.files.warc import records as warc_records
from embeddings.folder.archive import Archive
from embeddings.indexing.reports import IndexReport
from embeddings.types import Article
from files_on_disk import index, only_article, only_reason, read_file, said
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


BROTLIED = brotli.compress(BODY)
BLANK = b" " * 30_000_000


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
        answer(BODY, Content_Encoding="br"),
        answer(BODY, Content_Encoding="zstd"),
        answer(brotli.compress(BODY), Content_Encoding="br"),
        answer(gzip.compress(brotli.compress(BODY)), Content_Encoding="br, gzip"),
        answer(gzip.compress(BODY[:400]) + gzip.compress(BODY[400:]), Content_Encoding="gzip"),
        answer(gzip.compress(BODY) + b"\0" * 8, Content_Encoding="gzip"),
        answer(chunked(gzip.compress(BODY)), Transfer_Encoding="gzip, chunked"),
        answer(chunked(gzip.compress(BODY)), Transfer_Encoding="Chunked", Content_Encoding="GZIP"),
        answer(BODY, Transfer_Encoding="chunked"),
        answer(chunked(BODY)[:-5], Transfer_Encoding="chunked"),  # whole but for the mark of the end
        answer(BODY, Content_Length=str(len(BODY))),
        answer(BODY, Content_Length=str(len(BODY) - 100)),
        answer(BODY, Content_Length=str(len(BODY) + 100)),  # a page that ends is whole
        answer(BODY, Content_Type=""),
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
        (answer(b"x", Content_Encoding="zstd"), "is packed with 'zstd', which is not read; gzip, deflate and br are"),
        (answer(b"no Brotli", Content_Encoding="br"), "is damaged: its packed content cannot be unpacked"),
        (answer(brotli.compress(BODY)[:-30], Content_Encoding="br"), "is cut short: its packed content ends too early"),
        (
            answer(brotli.compress(b" " * 30_000_000), Content_Encoding="br"),
            "holds a page of more than 20,000,000 bytes",
        ),
        (answer(chunked(BODY)[:-60], Transfer_Encoding="chunked"), "is cut short: its chunks end too early"),
        (answer(BODY[:-60], Content_Length=str(len(BODY))), "is cut short: it is shorter than its server said"),
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
        ("a.warc#2", "not read: is cut short: the file ends before it does"),
    ]


@pytest.mark.parametrize("cut", [1, 5, 30, 60, 120, 170])
def test_web_archive_cut_in_a_header_is_named(tmp_path: Path, cut: int) -> None:
    items = read_file(tmp_path, "a.warc", record(answer()) + record(answer(), "https://example.org/b")[:cut])
    assert said(items) == [("a.warc#1", TEXT), ("a.warc#2", "not read: is broken: its header is cut short")]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("version", [b"WARC/x.y", b"\0\0\0\0/1.0", b"warc 1"])
def test_record_without_a_header_costs_itself_alone(tmp_path: Path, name: str, version: bytes) -> None:
    broken = record(answer(), "https://example.org/b").replace(b"WARC/1.0", version)
    records = [record(answer()), broken, record(answer(), "https://example.org/c")]
    content = b"".join(map(gzip.compress, records)) if name.endswith(".gz") else b"".join(records)
    why = "not read: is broken: no header of a record stands there"
    assert said(read_file(tmp_path, name, content)) == [(f"{name}#1", TEXT), (f"{name}#2", why), (f"{name}#3", TEXT)]


PAGES = [record(answer(BODY.replace(b"Two talks", title)), f"https://example.org/{title.decode()}")
         for title in (b"One", b"Two", b"Three")]  # fmt: skip


def with_length(page: bytes, length: int | bytes) -> bytes:
    """Return a record that says another length; a number is added to the right one."""
    start = page.index(b"Content-Length: ") + len(b"Content-Length: ")
    end = page.index(b"\r\n", start)
    said_length = b"%d" % (int(page[start:end]) + length) if isinstance(length, int) else length
    return page[:start] + said_length + page[end:]


def titles(folder: Path, name: str, content: bytes) -> tuple[list[str], list[str]]:
    """Return the titles of the articles in a file, and why others were not read."""
    items = read_file(folder, name, content)
    reasons = [item.reason for item in items if isinstance(item, Unread)]
    return [item.title for item in items if isinstance(item, Article)], reasons


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("length", [1, 4, 5, 8, 9, 30, 300, 3_000, 50_000_000, b"9" * 18])
def test_record_that_is_shorter_than_it_says_is_read_to_its_end(tmp_path: Path, name: str, length: int) -> None:
    pages = [PAGES[0], with_length(PAGES[1], length), PAGES[2]]
    content = b"".join(map(gzip.compress, pages)) if name.endswith(".gz") else b"".join(pages)
    assert titles(tmp_path, name, content) == (["One", "Two", "Three"], [])


@pytest.mark.parametrize("length", [-9, -20, -300, 0])
def test_record_that_is_longer_than_it_says_is_named_and_not_stored(tmp_path: Path, length: int) -> None:
    pages = [PAGES[0], with_length(PAGES[1], length), PAGES[2]]
    named = ["is broken: its length is wrong"] if length else []
    expected = ["One", "Three"] if length else ["One", "Two", "Three"]
    assert titles(tmp_path, "a.warc", b"".join(pages)) == (expected, named)


@pytest.mark.parametrize("length", [b"-1", b"x", b"", b"1e3", b"9" * 30])
def test_record_without_a_length_is_named(tmp_path: Path, length: bytes) -> None:
    found = titles(tmp_path, "a.warc", PAGES[0] + with_length(PAGES[1], length) + PAGES[2])
    assert found == (["One", "Three"], [f"is broken: its length is {length[:20].decode()!r}"])


def test_page_of_a_record_with_a_wrong_length_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(with_length(PAGES[0], 9) + PAGES[1])
    notes = [piece.notes for file in find_files([path]) for piece in articles.read_file(file)]
    assert notes == [("from a web archive that gives a wrong length for it",), ()]


def test_web_archive_in_a_page_is_no_record(tmp_path: Path) -> None:
    """A page about web archives, as long as it says, is one page."""
    inner = b"<pre>\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nHello</pre>"
    page = record(answer(BODY.replace(b"</article>", inner + b"</article>")))
    assert len(read_file(tmp_path, "a.warc", page + PAGES[1])) == 2


@pytest.mark.parametrize("place", ["head", "middle", "check"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_damaged_member_costs_itself_alone(tmp_path: Path, number: int, place: str) -> None:
    members = [bytearray(gzip.compress(page)) for page in PAGES]
    at = {"head": 3, "middle": len(members[number]) // 2, "check": len(members[number]) - 6}[place]
    members[number][at] ^= 0xFF
    found, reasons = titles(tmp_path, "a.warc.gz", b"".join(members))
    assert found == [title for n, title in enumerate(["One", "Two", "Three"]) if n != number]
    assert len(reasons) == 1
    assert "damaged" in reasons[0]


def test_damage_in_a_long_member_is_that_of_its_record(tmp_path: Path) -> None:
    """Its content is all there when its check is found to be wrong."""
    noise = b"<!-- " + bytes(97 + n * n * 7919 % 26 for n in range(300_000)) + b" -->"
    long = bytearray(gzip.compress(record(answer(BODY + noise), "https://example.org/long")))
    long[-6] ^= 1
    content = gzip.compress(PAGES[0]) + bytes(long) + gzip.compress(PAGES[2])
    found, reasons = titles(tmp_path, "a.warc.gz", content)
    assert (found, reasons) == (["One", "Three"], ["is damaged: incorrect data check; copy or download it again"])


def test_bytes_between_members_cost_nothing_else(tmp_path: Path) -> None:
    content = gzip.compress(PAGES[0]) + b"junk of a crash" * 9 + gzip.compress(PAGES[1])
    found, reasons = titles(tmp_path, "a.warc.gz", content)
    assert found == ["One", "Two"]
    assert reasons == ["is damaged: no gzip file, or other bytes behind it; copy or download it again"]


def test_damage_in_one_member_costs_what_stands_behind_it(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"".join(PAGES * 2), compresslevel=1))
    data[-40:-30] = b"\xff" * 10
    found, reasons = titles(tmp_path, "a.warc.gz", bytes(data))
    assert found[:3] == ["One", "Two", "Three"]
    assert "damaged" in reasons[0]


def test_web_archive_in_one_member_is_read(tmp_path: Path) -> None:
    assert titles(tmp_path, "a.warc.gz", gzip.compress(b"".join(PAGES))) == (["One", "Two", "Three"], [])


@pytest.mark.parametrize("name", ["a.warc", "a.txt", "download"])
def test_web_archive_by_another_name_is_read(tmp_path: Path, name: str) -> None:
    assert titles(tmp_path, name, b"".join(PAGES))[0] == ["One", "Two", "Three"]


def test_line_ends_of_unix_are_read(tmp_path: Path) -> None:
    fewer = PAGES[0].partition(b"HTTP/")[2].count(b"\r\n") - 2
    page = with_length(PAGES[0], -fewer).replace(b"\r\n", b"\n")
    assert titles(tmp_path, "a.warc", page + PAGES[1]) == (["One", "Two"], [])


def test_many_broken_records_take_little_time(tmp_path: Path) -> None:
    header = b"\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 19000000\r\n\r\nx"
    began = process_time()
    items = read_file(tmp_path, "a.warc", header[4:] + header * 20_000)
    assert process_time() - began < 10
    assert [only_reason([item])[:40] for item in items] == [
        "is cut short: the file ends before it do",
        "also holds 20,000 captures that are no p",
    ]


def test_gz_of_many_damaged_members_is_given_up(tmp_path: Path) -> None:
    began = process_time()
    items = read_file(tmp_path, "a.warc.gz", gzip.compress(PAGES[0]) + gzip.compress(b"x")[:-9] * 50_000)
    assert process_time() - began < 10
    assert len(items) == 1 + MAX_FAULTS + 1


def test_gz_of_a_web_archive_cut_short(tmp_path: Path) -> None:
    content = b"".join(map(gzip.compress, [record(answer()), record(answer(), "https://example.org/b")]))
    items = read_file(tmp_path, "a.warc.gz", content[:-100])
    assert said(items)[0] == ("a.warc.gz#1", TEXT)
    assert "is cut short" in said(items)[1][1]


@pytest.mark.parametrize("kind", ["length", "time", "disconnect", "unspecified"])
def test_page_that_the_crawler_cut_is_named(tmp_path: Path, kind: str) -> None:
    page = PAGES[0].replace(b"WARC-Date", b"WARC-Truncated: %b\r\nWARC-Date" % kind.encode())
    why = f"is cut short: whoever captured it stopped ({kind})"
    assert titles(tmp_path, "a.warc", page + PAGES[1]) == (["Two"], [why])


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


def test_brotli_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    why = "is packed with Brotli, and brotli is not installed; install it with: pip install 'pressmark[formats]'"
    page = record(answer(brotli.compress(BODY), Content_Encoding="br"))
    assert only_reason(read_file(tmp_path, "a.warc", page)) == why


def test_header_without_an_end_is_not_read_on(tmp_path: Path) -> None:
    endless = b"WARC/1.0\r\nWARC-Type: " + b"x" * (3 * warc_records.MAX_HEADER)
    items = read_file(tmp_path, "a.warc", INFO + record(answer()) + endless)
    assert isinstance(items[0], Article)
    assert only_reason(items[1:]) == "is broken: no header of a record stands there"


def test_page_with_an_endless_header_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: " + b"x" * (3 * warc_records.MAX_HEADER)
    named, page = read_file(tmp_path, "a.warc", record(endless) + record(answer(), "https://example.org/b"))
    assert isinstance(page, Article)
    assert page.url == "https://example.org/b"
    assert only_reason([named]) == "is broken: its HTTP header cannot be read"


# --- what is no article, and which capture counts ---------------------------------------------------------------------

CASES = Path(__file__).parent / "cases"
LINE = b"<p>You will be taken to the page that you asked for. If not, <a href='/new'>click here</a>.</p>"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (
            b"<meta http-equiv=refresh content='0; url=/new'><title>The Post</title><p>Please wait.</p>",
            "send the reader",
        ),
        (b"<META HTTP-EQUIV='Refresh' CONTENT='3;URL=\"/new\"'><p>Please wait a moment.</p>", "send the reader"),
        (b"<title>Redirecting</title><script>window.location.replace('/new')</script>" + LINE, "send the reader"),
        (b"<script>document.location.href = '/new'</script>" + LINE, "send the reader"),
        (b"<title>404</title><h1>Oops!</h1><p>Try the search.</p>", "no such page"),
        (b"<title>The Post | Page not found</title><p>It may have been moved or deleted.</p>", "no such page"),
        (b"<title>The Post</title><h1>Sorry, this page isn't available.</h1><p>Try the search.</p>", "no such page"),
        ("<title>Страница не найдена — Курьер</title><p>Попробуйте поиск по сайту.</p>".encode(), "no such page"),
        ("<title>Seite nicht gefunden – Der Bote</title><p>Bitte nutzen Sie die Suche.</p>".encode(), "no such page"),
        ("<h1>Aradığınız sayfa bulunamadı</h1><p>Ana sayfaya dönün.</p>".encode(), "no such page"),
        (b"<title>Error 404 (Not Found)</title><p>That is all we know.</p>", "no such page"),
        (b"<title>Just a moment...</title><p>Checking your browser before you go on.</p>", "no such page"),
    ],
)
def test_page_that_is_no_article_is_counted(tmp_path: Path, page: bytes, kind: str) -> None:
    whole = b"<html><head><meta charset=utf-8></head><body>" + page + b"</body></html>"
    found, reasons = titles(tmp_path, "a.warc", record(answer(whole)) + PAGES[1])
    assert found == ["Two"]
    assert kind in reasons[0]
    why = "only sends its reader on" if kind == "send the reader" else "says that there is none"
    assert only_reason(read_file(tmp_path, "a.html", whole)) == f"is a page that {why}"


@pytest.mark.parametrize(
    "head",
    [
        b"<meta http-equiv=refresh content=300>",
        b"<meta http-equiv=refresh content='600; url=/two-talks'>",
        b"<script>function go() { location.href = '/new' }</script>",
        b"<title>Body not found after three weeks of searching - The Post</title>",
        b"<title>404 houses to be built</title>",
        b"<title>Gone: the last ferry</title>",
    ],
)
def test_article_that_looks_like_none_is_read(tmp_path: Path, head: bytes) -> None:
    page = (
        b"<html><head>"
        + head
        + b"</head><body><article><h1>Two talks</h1><p>"
        + TEXT.encode()
        + b"</p></article></body>"
    )
    assert len(titles(tmp_path, "a.warc", record(answer(page)))[0]) == 1


def test_cases_of_what_is_no_page() -> None:
    found = list(read_articles([CASES / "C13" / "no-pages.warc"]))
    assert [item.title for item in found if isinstance(item, Article)] == ["Harbour wall to be rebuilt"]
    assert [item.reason for item in found if isinstance(item, Unread)][-1].endswith(
        "5 captures that are no page with an article: 1 that only send the reader on, 1 that say that there is no such "
        "page, 1 with the HTTP status 301, 1 text/css, 1 unchanged since an earlier capture"
    )


@pytest.mark.parametrize(
    ("name", "titles_read", "reasons"),
    [
        (
            "C11/sent.warc",
            ["One", "Two", "Three", "Four", "Five", "Six", "Seven"],
            ["(length)", "chunks end too early"],
        ),
        ("C14/short-length.warc", ["Harbour", "School"], ["length is wrong"]),
        ("C14/long-length.warc", ["Harbour", "Nowy", "School"], []),
        ("C14/one-bad-member.warc.gz", ["Harbour", "School"], ["incorrect data check"]),
        ("C15/clippings.wacz", ["Harbour", "School"], []),
    ],
)
def test_cases_of_broken_archives(name: str, titles_read: list[str], reasons: list[str]) -> None:
    found = list(read_articles([CASES / name]))
    read = [item for item in found if isinstance(item, Article)]
    assert [re.match(r"\w+", item.title)[0] for item in read] == titles_read  # type: ignore[index]
    assert all("Ross" in item.text or "snow" in item.text for item in read)
    unread = [item.reason for item in found if isinstance(item, Unread)]
    assert len(unread) == len(reasons)
    assert all(reason in said_reason for reason, said_reason in zip(reasons, unread, strict=True))


def test_later_capture_stays_whichever_comes_first(archive: Archive) -> None:
    assert index(archive, CASES / "C13" / "two-captures.warc").added == 1
    [article] = archive.store.articles()
    assert "16 million crowns" in article.text
    assert (article.published, article.version) == ("", "2023-05-02T08:15:00")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_later_capture_stays_of_two_archives(archive: Archive, tmp_path: Path, order: tuple[int, int]) -> None:
    captures = [
        PAGES[0].replace(b"2023-01-01", b"2021-03-12"),
        record(answer(BODY.replace(b"Two talks", b"One, corrected")), "https://example.org/One"),
    ]
    for number in order:
        (tmp_path / f"{number}.warc").write_bytes(captures[number])
        index(archive, tmp_path / f"{number}.warc")
    assert [article.title for article in archive.store.articles()] == ["One, corrected"]


def captured(tmp_path: Path, year: int, said: bytes = b"Two talks") -> Path:
    """Return a web archive with a page as it was in a year."""
    path = tmp_path / f"{year}.warc"
    path.write_bytes(
        record(answer(BODY.replace(b"Two talks", said)), "https://example.org/One").replace(
            b"2023-01-01", b"%d-03-12" % year
        )
    )
    return path


def test_page_captured_again_unchanged_is_no_new_version(archive: Archive, tmp_path: Path) -> None:
    index(archive, captured(tmp_path, 2021))
    generation, [stored] = archive.indexes.stamp.generation, archive.store.articles()
    assert index(archive, captured(tmp_path, 2023)) == IndexReport(unchanged=1)
    assert (archive.indexes.stamp.generation, list(archive.store.articles())) == (generation, [stored])


def test_what_was_unchanged_later_stays_before_a_version_between_and_goes_for_one_behind(
    archive: Archive, tmp_path: Path
) -> None:
    index(archive, captured(tmp_path, 2021), captured(tmp_path, 2023))
    between = index(archive, captured(tmp_path, 2022, b"One, corrected"))
    assert (between.changed, len(between.older)) == (0, 1)
    assert index(archive, captured(tmp_path, 2024, b"Three talks")).changed == 1
    assert [article.title for article in archive.store.articles()] == ["Three talks"]


def wacz(**members: bytes) -> bytes:
    """Return a .wacz: dots and slashes in the names of its files are _ and __."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("datapackage.json", '{"profile": "data-package", "wacz_version": "1.1.1"}')
        packed.writestr(
            "pages/pages.jsonl", '{"format": "json-pages-1.0", "text": "Nothing"}\n{"url": "x", "text": "y"}'
        )
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), content)
    return data.getvalue()


@pytest.mark.parametrize("name", ["a.wacz", "a.zip", "a.WACZ", "a.dat"])
def test_wacz_is_a_web_archive(tmp_path: Path, name: str) -> None:
    content = wacz(archive__a_warc=PAGES[0], archive__b_warc_gz=gzip.compress(PAGES[1]), fuzzy__x_warc=PAGES[2])
    assert titles(tmp_path, name, content) == (["One", "Two"], [])


def test_wacz_in_a_zip_is_read(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("in/a.wacz", wacz(archive__a_warc_gz=gzip.compress(PAGES[0])))
    items = read_file(tmp_path, "a.zip", data.getvalue())
    assert only_article(items).source == f"{tmp_path}/a.zip/in/a.wacz/archive/a.warc.gz#1"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (wacz(), "is no web archive: it has no .warc in a folder of the name archive"),
        (b"no zip", "is no zip file, is cut short or is damaged: File is not a zip file"),
        (wacz(archive__a_warc=b""), "is empty"),
    ],
)
def test_wacz_without_records_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    assert only_reason(read_file(tmp_path, "a.wacz", content)) == why
