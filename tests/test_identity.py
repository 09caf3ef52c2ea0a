"""Which records are versions of one article, and that nothing is lost on the way, in whatever order files come."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import needs_milvus
from embeddings.archives import GrowingArchive
from embeddings.folder.archive import Archive
from embeddings.identity import Identity, link_of, rank_of
from embeddings.indexing.index import index_paths
from embeddings.indexing.reports import IndexReport
from embeddings.locations import open_or_create, parse_location
from embeddings.records import content_of
from embeddings.types import Article
from fakes import FakeEncoder
from files_on_disk import index, put

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent / "cases" / "B18"
"""Two exports that both count from 1, snapshots of a feed, and versions of articles in one folder."""


def record(text: str, **fields: object) -> str:
    return json.dumps({"text": text, "title": "Mill", **fields}) + "\n"


def kept(archive: GrowingArchive) -> list[str]:
    return sorted(article.text for article in archive.store.articles())


# --- what is told by what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/1", "http://A.example/1/", True),
        ("https://a.example/1", "https://a.example/1?utm_source=rss&utm_medium=x", True),
        ("https://a.example/?p=1", "https://a.example/?p=2", False),
        ("https://a.example/live#post-1", "https://a.example/live#post-2", False),
        ("https://a.example/1", "https://b.example/1", False),
        ("https://a.example/A", "https://a.example/a", False),
    ],
)
def test_links_are_equal(one: str, other: str, same: bool) -> None:
    keys = [link_of(Article("a", "Text.", "Title", url=url)) for url in (one, other)]
    assert (keys[0] == keys[1]) is same


@pytest.mark.parametrize("url", [None, "https://a.example", "https://a.example/", "HTTP://a.example//?"])
def test_the_front_page_is_no_link_of_an_article(url: str | None) -> None:
    assert link_of(Article("a", "Text.", "Title", url=url)) == ""


def test_a_link_that_is_no_address_is_compared_as_it_is() -> None:
    assert link_of(Article("a", "Text.", "Title", url="https://[a/1")) != ""


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (("2022", "", "Text."), ("2022-10", "", "Text.")),
        (("2022-10-19", "", "Text."), ("2022-10-20", "", "Text.")),
        (("2022-10-19", "2022-10-19T09:00:00", "Text."), ("2022-10-19", "2022-10-19T10:00:00", "Text.")),
        (("2022-10-19", "2022-10-19 r000000002", "Text."), ("2022-10-19", "2022-10-19 r000000010", "Text.")),
        (("2022-10-19", "", "Text."), ("2022-10-19", "", "Longer text.")),
        (("", "", "Longer text."), ("2022", "", "Text.")),
    ],
)
def test_rank_orders_versions(older: tuple[str, str, str], newer: tuple[str, str, str]) -> None:
    ranks = [
        rank_of(article, content_of(article))
        for published, version, text in (older, newer)
        for article in [Article("a", text, "Title", published, version=version)]
    ]
    assert ranks[0] < ranks[1]


LONG = " ".join(f"word{n}" for n in range(100))


@pytest.mark.parametrize(
    ("title", "text", "alike"),
    [
        ("Bridge closed for seven weeks", "Other.", True),
        ("Bridge closed for eleven weeks", "Other.", True),
        ("Bridge opened", "Other.", False),
        ("Other", LONG.replace("word50", "changed"), True),
        ("Other", f"{LONG[:400]} {LONG[400:].replace('word', 'other')}", False),
        ("Other", "Short words are the same or not.", False),
    ],
)
def test_articles_of_one_id_and_folder_are_versions_if_they_are_alike(title: str, text: str, alike: bool) -> None:
    first = Identity(Article("7", LONG, "Bridge closed for seven weeks", source="/in/a.jsonl#1"))
    other = Identity(Article("7", text, title, source="/in/b.jsonl#1"))
    assert other.versions(first.traces("7")) == (["7"] if alike else [])


# --- the cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
def test_two_exports_that_both_count_from_one_are_ten_articles(
    turned: bool, at_once: bool, archive: Archive, tmp_path: Path
) -> None:
    files = [CASES / "ids" / name for name in ("gazette.jsonl", "post.jsonl")][:: -1 if turned else 1]
    for paths in [files] if at_once else [[file] for file in files]:
        index(archive, *paths)
    ids = {(article.outlet, article.title[-1]): article.id for article in archive.store.articles()}
    assert len(ids) == 10
    first = "Post" if turned else "Gazette"
    assert all(len(name) == 1 if outlet == first else name[1] == "~" for (outlet, _), name in ids.items())
    assert index(archive, *files) == IndexReport(unchanged=10)


@pytest.mark.parametrize("names", [("feed-9.rss", "feed-10.rss"), ("feed-10.rss", "feed-9.rss")])
def test_of_two_snapshots_of_a_feed_the_later_stays(names: tuple[str, str], archive: Archive) -> None:
    reports = [index(archive, CASES / "ids" / "snap" / name) for name in names]
    assert kept(archive) == ["The Long Bridge will be closed for eleven weeks."]
    assert sum(report.replaced for report in reports) + sum(len(report.older) for report in reports) == 1


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "later",
    [{"dateModified": "2022-10-20"}, {"date": "2022-10-19T10:00:00Z"}, {"version": 2}, {"date": "2022-10-20"}],
)
def test_the_later_of_two_records_stays(
    later: dict[str, object], turned: bool, archive: Archive, tmp_path: Path
) -> None:
    told_by = {"id": 1, "outlet": "Post", "date": "2022-10-19", "version": 1}
    texts = [record("Seven weeks, as was said at first.", **told_by), record("Eleven weeks.", **{**told_by, **later})]
    for n, text in enumerate(reversed(texts) if turned else texts):
        index(archive, put(tmp_path / f"{n}.jsonl", text))
    assert kept(archive) == ["Eleven weeks."]


def test_versions_of_one_folder_are_told_by_date_and_being_alike(archive: Archive) -> None:
    report = index(archive, CASES / "in")
    assert kept(archive) == [
        "A cat was rescued from a tree in Westmoor.",
        "An entirely different report about fish.",
        "Identical words in two files.",
        "The Long Bridge will be closed for eleven weeks, the agency said in a correction.",
        "The mill was sold for 3 million euros, corrected.",
        "The report of spring says costs rose.",
    ]
    assert [Path(left.source).name for left in report.older] == ["b-old.jsonl#1", "b-old.rss#1"]
    assert [Path(left.source).name for left in report.alike] == ["b-old.jsonl#1"]


# --- any files in any order -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A record in a file: what it is told by, its date and what it says."""

    id: int | None
    outlet: str
    link: int | None
    day: int
    text: int

    @property
    def article(self) -> Article:
        """What is read of it."""
        text = f"What story {self.text} says: " + " ".join([f"number {self.text}."] * self.text)
        url = None if self.link is None else f"https://a.example/{self.link}"
        return Article(str(self.id), text, f"Story {self.text}", f"2022-10-{self.day:02}", self.outlet, "", url)

    @property
    def line(self) -> str:
        article = self.article
        fields: dict[str, object] = {"title": article.title, "date": article.published}
        given: dict[str, object] = {"id": self.id, "outlet": self.outlet, "url": article.url}
        return record(article.text, **fields, **{name: value for name, value in given.items() if value})

    def is_version_of(self, other: "Written") -> bool:
        """As the rule says it; a record without an id is named by its link, else by its words."""
        if self.link is not None and self.link == other.link:
            return True
        ids = [each.id or (f"link {each.link}" if each.link else f"text {each.text}") for each in (self, other)]
        if ids[0] != ids[1] or self.outlet != other.outlet:
            return False
        return self.outlet != "" or self.text == other.text


def expected(files: list[list[Written]]) -> set[tuple[object, ...]]:
    """Return what an archive of all these files says: of versions of versions the latest, the longest of a day."""
    groups: list[list[Written]] = []
    for written in (each for lines in files for each in lines):
        met = [group for group in groups if any(map(written.is_version_of, group))]
        groups = [group for group in groups if group not in met]
        groups.append([written, *(each for group in met for each in group)])
    latest = (
        max((each.article for each in group), key=lambda it: (it.published, len(it.text), content_of(it)))
        for group in groups
    )
    return {said(article) for article in latest}


WRITTEN = st.builds(
    Written,
    id=st.none() | st.integers(1, 3),
    outlet=st.sampled_from(["", "Gazette", "Post"]),
    link=st.none() | st.integers(1, 3),
    day=st.integers(1, 4),
    text=st.integers(1, 5),
)
FILES = st.lists(st.lists(WRITTEN, min_size=1, max_size=3), min_size=1, max_size=4)


def said(article: Article) -> tuple[object, ...]:
    return (article.text, article.title, article.published, article.outlet, article.url)


def indexed(archive: GrowingArchive, lots: Sequence[Sequence[Path]]) -> list[IndexReport]:
    return [index_paths(archive, lot, lambda _: None) for lot in lots]


def check_orders(files: list[list[Written]], order: Sequence[int], open_at: Callable[[Path], GrowingArchive]) -> None:
    """Index files together, and one after the other in another order: the same archive, and all of it accounted for."""
    with TemporaryDirectory() as folder:
        paths = [
            put(Path(folder) / "in" / f"{n}.jsonl", "".join(written.line for written in lines))
            for n, lines in enumerate(files)
        ]
        found = []
        for name, lots in (("one", [paths]), ("two", [[paths[n]] for n in order])):
            with closing(open_at(Path(folder) / name)) as archive:
                for report in indexed(archive, lots):
                    assert report.unread == []
                    read = report.added + report.changed + report.unchanged + len(report.older)
                    assert report.read == read
                    assert all(left.reason for left in report.older)
                articles = list(archive.store.articles())
                assert len({article.id for article in articles}) == len(articles)
                ids = {said(article): article.id for article in articles}
                again = indexed(archive, lots)
                assert [(each.added, each.changed, each.joined) for each in again] == [(0, 0, 0)] * len(lots)
                assert {said(article): article.id for article in archive.store.articles()} == ids
                found.append(sorted(ids, key=repr))
        assert found[0] == found[1], found
        assert set(found[0]) == expected(files)


def test_copy_in_the_same_file_goes_on_when_its_twin_is_superseded_by_the_next_lines(tmp_path: Path) -> None:
    """An example that 2,000 of the property below found: the copy was lost until the file was read again."""
    files = [
        [Written(None, "Gazette", None, 1, 1), Written(1, "", None, 1, 1), Written(1, "Gazette", 1, 1, 1)],
        [Written(1, "Gazette", None, 1, 1)],
    ]
    check_orders(files, [1, 0], in_folder)


def in_folder(path: Path) -> GrowingArchive:
    return Archive.create(path, FakeEncoder())


@given(files=FILES, data=st.data())
@settings(max_examples=60)
def test_any_files_in_any_order_give_the_same_archive(files: list[list[Written]], data: st.DataObject) -> None:
    check_orders(files, data.draw(st.permutations(range(len(files)))), in_folder)


@needs_milvus
@given(files=FILES, data=st.data())
@settings(max_examples=3)
def test_any_files_in_any_order_give_the_same_in_milvus(files: list[list[Written]], data: st.DataObject) -> None:
    def in_milvus(path: Path) -> GrowingArchive:
        return open_or_create(parse_location(str(path.with_suffix(".db"))), FakeEncoder())

    check_orders(files, data.draw(st.permutations(range(len(files)))), in_milvus)
