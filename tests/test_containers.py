import gzip
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.files import containers, contents
from embeddings.files.articles import read_articles
from embeddings.files.pieces import Unread
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said, words

BLANK = (b" " * 9_999 + b"\n") * 3_000
"""30 million bytes of nothing, in few enough lines."""

LINES = '{"id": "1", "text": "One."}\n{"id": "2", "text": "Two."}\n'


def zipped(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("name", ["articles.jsonl.gz", "articles.ndjson.gz", "articles.JSONL.GZ"])
def test_packed_json_lines_have_the_sources_of_unpacked_ones(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert read_file(tmp_path, name, gzip.compress(LINES.encode())) == [
        Article("1", "One.", "One.", source=f"{path}#1"),
        Article("2", "Two.", "Two.", source=f"{path}#2"),
    ]


def test_packed_text_has_the_id_of_an_unpacked_one(tmp_path: Path) -> None:
    article = only_article(read_file(tmp_path, "report.v1.txt.gz", gzip.compress("Été.".encode("cp1252"))))
    assert article == Article("report.v1", "Été.", "Été.", source=str(tmp_path / "report.v1.txt.gz"))


def test_gz_of_many_members_is_read_to_its_end(tmp_path: Path) -> None:
    first, second = LINES.splitlines(keepends=True)
    items = read_file(tmp_path, "a.jsonl.gz", gzip.compress(first.encode()) + gzip.compress(second.encode()))
    assert said(items) == [("a.jsonl.gz#1", "One."), ("a.jsonl.gz#2", "Two.")]


@pytest.mark.slow
def test_json_lines_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the beginning is unpacked when the first article comes."""
    taken: list[int] = []
    monkeypatch.setattr(contents.Allowance, "take", lambda _, count: taken.append(count))
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("".join(f'{{"text": "Number {n}."}}\n' for n in range(20_000)).encode()))
    items = read_articles([path])
    assert words(next(items)) == "Number 0."
    assert sum(taken) <= 2 * contents.SAMPLE
    assert sum(isinstance(item, Article) for item in items) == 19_999


def test_gz_cut_short_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    data = gzip.compress("".join(f'{{"text": "Number {n * n}."}}\n' for n in range(1000)).encode())
    *articles, last = read_file(tmp_path, "a.jsonl.gz", data[: len(data) // 2])
    assert [words(article) for article in articles] == [f"Number {n * n}." for n in range(len(articles))]
    assert len(articles) > 300
    assert last == Unread(str(tmp_path / "a.jsonl.gz"), "is cut short: its end is missing; copy or download it again")


def test_gz_of_one_text_cut_short_is_unread(tmp_path: Path) -> None:
    data = gzip.compress(("The treaty was signed. " * 100).encode())
    assert only_reason(read_file(tmp_path, "a.txt.gz", data[:-20])).startswith("is cut short: its end is missing")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl.gz", b"no\0gzip", "is damaged: no gzip file; copy or download it again"),
        ("a.txt.gz.gz", b"no gzip", "is damaged: no gzip file; copy or download it again"),
        ("a.dat.gz", b"no gzip", "has the suffix '.dat', which is none of "),
        ("a.jsonl", b"7z\xbc\xaf\x27\x1c\0\4", "is packed as 7z, which is not read; unpack it first"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "is an old Office or Outlook file, which is not read; save"),
        ("a.xlsx", zipped({"[Content_Types].xml": "<Types/>", "xl/a.xml": "<a/>"}), "has the suffix '.xlsx', which is"),
        ("a.jsonl.gz", gzip.compress(b""), "is empty"),
        ("a.gz", gzip.compress(b"Text."), "has the suffix '', which is none of "),
        ("a.xlsx.gz", gzip.compress(b"Text."), "has the suffix '.xlsx', which is none of "),
        (
            "a.txt.gz",
            gzip.compress(b"Text.")[:-8] + b"\0" * 8,
            "is damaged: incorrect data check; copy",
        ),
        ("a.txt.gz.gz.gz", gzip.compress(gzip.compress(gzip.compress(b"T."))), "is a container that lies in 2 others"),
        ("a.zip", b"no zip", "is no zip file, is cut short or is damaged: File is not a zip file"),
        ("a.zip", zipped({"a.txt": "Text."})[:-30], "is no zip file, is cut short or is damaged: File is not a zip"),
        ("a.zip", zipped({}), "holds no articles"),
    ],
)
def test_container_that_is_broken_or_holds_nothing_is_unread(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    assert only_reason(read_file(tmp_path, name, content)).startswith(why)


CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("name", ["unpacked-by-the-browser", "packed-twice", "really-a-zip"])
def test_first_bytes_decide_what_a_gz_is(name: str) -> None:
    article = only_article(list(read_articles([CASES / "C16" / f"{name}.jsonl.gz"])))
    assert (article.title, article.published, article.outlet) == ("Ferry strike ends", "2021-03-12", "The Harbour Post")
    assert article.text.startswith("The crews of the Osby ferry go back to work on Monday after nine days.")


@pytest.mark.parametrize("name", ["a.zip", "a.jsonl", "a.dat", "download", "a.jsonl.gz"])
@pytest.mark.parametrize("container", ["zip", "gz", "zip in gz"])
def test_container_by_another_name_is_opened(tmp_path: Path, name: str, container: str) -> None:
    inner = zipped({"a.jsonl": LINES}) if container.startswith("zip") else named_gz("a.jsonl", LINES)
    content = inner if container != "zip in gz" else gzip.compress(inner)
    assert [words(item) for item in read_file(tmp_path, name, content)] == ["One.", "Two."]


def named_gz(name: str, text: str) -> bytes:
    """Return a .gz that says what the file in it was called."""
    data = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", fileobj=data) as packed:
        packed.write(text.encode())
    return data.getvalue()


def test_gz_of_an_unknown_name_has_the_one_that_it_says(tmp_path: Path) -> None:
    items = read_file(tmp_path, "2021-03.gz", named_gz("export.jsonl", LINES))
    assert said(items) == [("2021-03.gz#1", "One."), ("2021-03.gz#2", "Two.")]


def test_gz_with_zeros_behind_it_is_read(tmp_path: Path) -> None:
    content = gzip.compress(LINES.encode()) + b"\0" * 512
    assert [words(item) for item in read_file(tmp_path, "a.jsonl.gz", content)] == ["One.", "Two."]


@pytest.mark.parametrize("name", ["utf8-unmarked", "cp866"])
def test_names_in_zips_are_readable(name: str) -> None:
    article = only_article(list(read_articles([CASES / "C17" / f"{name}.zip"])))
    assert article.id == f"{name}.zip/статьи/паром"
    assert article.source.endswith(f"{name}.zip/статьи/паром.txt")


def renamed(name: str, raw: bytes, flag: int = 0) -> bytes:
    """Return a zip whose one file has a name of these bytes, of as many ASCII letters before."""
    data = zipped({name: "It rained."}).replace(name.encode(), raw)
    return data[:6] + bytes([0, flag]) + data[8:]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("Zürich/Straße.txt".encode("cp850"), "Zürich/Straße.txt"),
        ("Liman haberleri/kış fırtınası.txt".encode("cp857"), "Liman haberleri/kış fırtınası.txt"),
        ("gazeta/łódź i żegluga.txt".encode("cp852"), "gazeta/łódź i żegluga.txt"),
        ("новости/паром.txt".encode("cp1251"), "новости/паром.txt"),
        ("新闻/港口重建.txt".encode("gb18030"), "新闻/港口重建.txt"),
        ("café.txt".encode(), "café.txt"),
    ],
)
def test_names_in_old_code_pages_are_readable(tmp_path: Path, raw: bytes, path: str) -> None:
    article = only_article(read_file(tmp_path, "a.zip", renamed("x" * (len(raw) - 4) + ".txt", raw)))
    assert article.source == f"{tmp_path}/a.zip/{path}"


def test_name_that_leads_out_in_its_own_letters_is_unread(tmp_path: Path) -> None:
    raw = "../статьи.txt".encode("cp866")
    why = "has a name that leads out of the zip; pack it again with names below one folder"
    assert only_reason(read_file(tmp_path, "a.zip", renamed("x" * (len(raw) - 4) + ".txt", raw))) == why


def test_zip_members_have_the_zip_in_their_ids_and_sources(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    members: dict[str, str | bytes] = {
        "2022/report.v1.txt": "It rained.",
        "./many.jsonl": LINES,
        "more.jsonl.gz": gzip.compress(b'{"text": "Three.", "url": "http://a.b/c"}'),
        "empty/": "",
        "__MACOSX/._a.txt": "junk",
        ".hidden/a.txt": "junk",
        "README.md": "junk",
        "map.png": b"\x89PNG",
        "blank.txt": " ",
    }
    found = read_file(tmp_path, "export.zip", zipped(members))
    assert found[:-2] == [
        Article("export.zip/2022/report.v1", "It rained.", "It rained.", source=f"{path}/2022/report.v1.txt"),
        Article("1", "One.", "One.", source=f"{path}/many.jsonl#1"),
        Article("2", "Two.", "Two.", source=f"{path}/many.jsonl#2"),
        Article("uf3ddf43687ee", "Three.", "Three.", url="http://a.b/c", source=f"{path}/more.jsonl.gz#1"),
    ]
    png, blank = found[-2:]
    assert isinstance(png, Unread)
    assert png.source == f"{path}/map.png"
    assert png.reason.startswith("has the suffix '.png', which is none of .txt")
    assert blank == Unread(f"{path}/blank.txt", "holds no text")


def test_zip_in_a_zip_is_read_and_one_more_is_not(tmp_path: Path) -> None:
    inner = zipped({"a.txt": "Inner.", "b.zip": zipped({"c.txt": "Innermost."})})
    items = read_file(tmp_path, "outer.zip", zipped({"in/inner.zip": inner}))
    assert said(items) == [
        ("outer.zip/in/inner.zip/a.txt", "Inner."),
        ("outer.zip/in/inner.zip/b.zip", "not read: is a container that lies in 2 others; unpack the outer ones first"),
    ]
    assert isinstance(items[0], Article)
    assert items[0].id == "outer.zip/in/inner.zip/a"


@pytest.mark.parametrize(
    "name", ["/etc/a.txt", "../a.txt", "in/../../a.txt", "..\\a.txt", "C:\\a.txt", "\\\\host\\a.txt"]
)
def test_member_whose_name_leads_out_is_unread(tmp_path: Path, name: str) -> None:
    items = read_file(tmp_path, "a.zip", zipped({name: "Text.", "b.txt": "Text."}))
    why = "has a name that leads out of the zip; pack it again with names below one folder"
    assert items[0] == Unread(str(PurePosixPath(f"{tmp_path}/a.zip/{name}")), why)
    assert words(items[1]) == "Text."


def test_member_with_a_very_long_name_is_unread(tmp_path: Path) -> None:
    why = "has a name of more than 1,000 characters; shorten it"
    assert only_reason(read_file(tmp_path, "a.zip", zipped({"x" * 2000 + ".txt": "Text."}))) == why


def test_member_that_is_a_link_is_unread(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        info = zipfile.ZipInfo("a.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert (
        only_reason(read_file(tmp_path, "a.zip", data.getvalue())) == "is a link, and links in a zip are not followed"
    )


def test_member_written_twice_is_read_as_it_was_last(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a.txt", "Old.")
        archive.writestr("a.txt", "New.")
    assert said(read_file(tmp_path, "a.zip", data.getvalue())) == [
        ("a.zip/a.txt", "not read: is replaced by a later member of the same name"),
        ("a.zip/a.txt", "New."),
    ]


def test_encrypted_member_is_unread(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "Secret."}))
    data[6] |= 1  # the flags in the member's own header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    why = "is encrypted; unpack it with its password first"
    assert only_reason(read_file(tmp_path, "a.zip", bytes(data))) == why


def test_member_packed_in_an_unknown_way_is_unread(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "Text."}))
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 97
    why = "is packed in a way that is not read here; pack it with deflate, as zips mostly are"
    assert only_reason(read_file(tmp_path, "a.zip", bytes(data))) == why


def test_damaged_member_is_unread_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "The treaty.", "b.txt": "The border."}, zipfile.ZIP_STORED))
    data[data.index(b"The treaty.")] ^= 1
    assert said(read_file(tmp_path, "a.zip", bytes(data))) == [
        ("a.zip/a.txt", "not read: is damaged: Bad CRC-32 for file 'a.txt'; copy or download it again"),
        ("a.zip/b.txt", "The border."),
    ]


def test_member_with_a_damaged_name_is_unread_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"é.txt": "One.", "b.txt": "Two."}))
    data[data.index("é".encode())] = 0xFF  # the first is beside the member, that in the directory comes later
    broken, whole = said(read_file(tmp_path, "a.zip", bytes(data)))
    assert broken[0] == "a.zip/é.txt"
    assert broken[1].startswith("not read: is damaged: ")
    assert whole == ("a.zip/b.txt", "Two.")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_member_packed_without_a_bound_is_unread(tmp_path: Path, method: int) -> None:
    why = "is packed in a way that is not read here; pack it with deflate, as zips mostly are"
    assert only_reason(read_file(tmp_path, "a.zip", zipped({"a.txt": "Text."}, method))) == why


def test_member_with_damaged_packing_is_unread(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "".join(map(str, range(1000)))}))
    data[60:80] = b"\xff" * 20
    assert "damaged" in only_reason(read_file(tmp_path, "a.zip", bytes(data)))


def test_zip_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr(contents.Allowance, "take", lambda _, count: taken.append(count))
    bomb = zipped({"a.txt": "Text.", "b.txt": b"0" * 30_000_000})
    assert only_reason(read_file(tmp_path, "a.zip", bomb)) == (
        "says that it unpacks to 30,000,005 bytes, more than 20,000,000, which is much for its size: this may be a zip "
        "bomb; if it is none, unpack it first"
    )
    assert taken == []


def test_gz_bomb_is_refused_while_it_is_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b'{"text": "One."}\n' + BLANK)
    items = read_file(tmp_path, "a.jsonl.gz", bomb)
    assert said(items) == [
        ("a.jsonl.gz#1", "One."),
        (
            "a.jsonl.gz",
            "not read: unpacks to more than 20,000,000 bytes, which is much for its size: this may be a zip bomb; if "
            "it is none, unpack it first",
        ),
    ]


def test_bomb_in_a_member_ends_the_reading_of_its_zip(tmp_path: Path) -> None:
    bomb = gzip.compress(BLANK)
    items = read_file(tmp_path, "a.zip", zipped({"a.txt": "One.", "b.jsonl.gz": bomb, "c.txt": "Three."}))
    assert [where for where, _ in said(items)] == ["a.zip/a.txt", "a.zip"]
    assert "this may be a zip bomb" in words(items[1])


@pytest.mark.slow
def test_nested_zip_bomb_is_refused(tmp_path: Path) -> None:
    """Each layer alone stays below the bound: what they unpack to is counted together."""
    inner = zipped({f"{n}.txt": b"0" * 9_000_000 for n in range(2)})
    items = read_file(tmp_path, "a.zip", zipped({"a.zip": inner, "b.zip": inner}))
    assert "this may be a zip bomb" in words(items[-1])
    assert sum(isinstance(item, Article) for item in items) <= 2


def test_member_that_lies_about_its_size_is_unread(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"0" * 1_000_000}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert "damaged" in only_reason(read_file(tmp_path, "a.zip", bytes(data)))


def test_zip_of_too_many_members_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_MEMBERS", 2)
    why = "holds 3 files, more than 2; unpack it first"
    assert only_reason(read_file(tmp_path, "a.zip", zipped({f"{n}.txt": "Text." for n in range(3)}))) == why


def test_zip_with_a_huge_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_FILE", 100_000)
    data = zipped({f"{n:0500}.txt": "" for n in range(200)})
    reason = only_reason(read_file(tmp_path, "a.zip", data))
    assert reason == "has a directory of 110,000 bytes, more than 100,000; unpack it first"


@pytest.mark.slow
def test_packed_text_that_is_too_large_is_unread(tmp_path: Path) -> None:
    text = "".join(f"{n} " for n in range(3_000_000))  # 23 MB that pack to a third
    why = "holds more than 20,000,000 bytes; split it, or write it as JSON Lines"
    assert only_reason(read_file(tmp_path, "a.txt.gz", gzip.compress(text.encode(), 1))) == why


@pytest.mark.slow
def test_member_that_is_too_large_is_unread_by_its_size(tmp_path: Path) -> None:
    text = "".join(f"{n} " for n in range(3_000_000))
    why = f"holds {len(text):,} bytes, more than 20,000,000; split it, or write it as JSON Lines"
    assert only_reason(read_file(tmp_path, "a.zip", zipped({"a.txt": text}))) == why


def test_zip_that_is_read_twice_has_the_same_ids(tmp_path: Path) -> None:
    data = zipped({"a.txt": "Text.", "b.json": json.dumps([{"text": "One."}, {"text": "Two."}])})
    assert read_file(tmp_path, "a.zip", data) == read_file(tmp_path, "a.zip", data)


INNER = zipped({"é.txt": "Text."})


@pytest.mark.slow
@settings(max_examples=200)
@given(data=st.data())
@pytest.mark.parametrize("name", ["a.zip", "a.jsonl.gz"])
def test_damaged_bytes_never_raise(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = (
        zipped({"é.txt": "Text.", "b.jsonl": LINES, "c.zip": INNER})
        if name == "a.zip"
        else gzip.compress(LINES.encode())
    )
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert read_file(tmp_path, name, bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", LINES),
        ("a.json", LINES.replace("\n", "\r\n\n")),
        ("a.jsonl", f"[{LINES.strip()}]".replace("}\n", "},\n")),
        ("a.ndjson", "[\n" + LINES.strip().replace("}\n", "},\n") + "\n]\n"),
        ("a.jsonl.gz", gzip.compress(json.dumps([json.loads(line) for line in LINES.splitlines()]).encode())),
    ],
)
def test_json_lines_called_json_and_a_list_called_lines_are_read(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    assert [words(item) for item in read_file(tmp_path, name, content)] == ["One.", "Two."]
