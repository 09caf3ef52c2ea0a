"""What its newsroom took back, or put under an embargo, is stored and not shown: in every kind of archive."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from adding import add
from embeddings import withdrawals
from embeddings.archives import GrowingArchive
from embeddings.files.articles import read_articles
from embeddings.folder.archive import Archive
from embeddings.folder.check import rebuild, save_articles
from embeddings.folder.shelves import Shelves
from embeddings.locations import Location, open_or_create
from embeddings.types import Article, Filter
from embeddings.withdrawals import Withdrawal
from fakes import FakeEncoder
from files_on_disk import index
from three_articles import TREATY, by_keywords, by_vectors
from web.commands import main

QUESTION = "Who opened the bridge at noon?"


@pytest.fixture
def opened(location: Location) -> Iterator[GrowingArchive]:
    """An archive of every kind, empty."""
    with closing(open_or_create(location, FakeEncoder())) as found:
        yield found


def item(number: int = 1, version: int = 1, status: str = "usable", **fields: object) -> dict[str, object]:
    """Return an agency's item; each version of it is an hour later than the one before."""
    return {
        "uri": f"tag:npa.example,2021:{number}",
        "pubstatus": status,
        "version": str(version),
        "versioncreated": f"2021-03-12T{version:02}:00:00Z",
        "headline": f"Bridge {number} opens",
        "body_text": f"The mayor opened bridge {number} at noon, in version {version}.",
        "infosource": [{"name": "NPA"}],
        **fields,
    }


def put(path: Path, *items: dict[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in items))
    return path


def take_in(archive: GrowingArchive, *paths: Path, prune: bool = False) -> tuple[int, int, int]:
    """Index paths; return how many articles were added, changed and taken out of sight."""
    report = index(archive, *paths, prune=prune)
    return report.added, report.changed, report.withdrawn


def shown(archive: GrowingArchive) -> list[str]:
    """Return the texts that may be shown, in every way that they can be asked for: all must agree."""
    archive.refresh()
    texts = sorted(article.text for article in archive.store.articles())
    for leg in (by_vectors, by_keywords):
        for only in (Filter(), Filter("2021"), Filter(outlets=("NPA",))):
            passages = archive.passages(leg(archive, QUESTION, only=only).numbers)
            assert sorted(passage.text for passage in passages.values()) == texts
    for article in archive.store.articles():
        assert archive.store.article(article.id) == article
    return texts


def text(number: int, version: int) -> str:
    return f"The mayor opened bridge {number} at noon, in version {version}."


# --- taken back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_item_that_is_taken_back_takes_its_earlier_version_out_of_sight(
    opened: GrowingArchive, tmp_path: Path, status: str
) -> None:
    assert take_in(opened, put(tmp_path / "a.jsonl", item(1), item(2))) == (2, 0, 0)
    assert shown(opened) == [text(1, 1), text(2, 1)]
    assert take_in(opened, put(tmp_path / "b.jsonl", item(1, 2, status))) == (0, 0, 1)
    assert shown(opened) == [text(2, 1)]
    with pytest.raises(KeyError):
        opened.store.article("tag:npa.example,2021:1")
    assert take_in(opened, tmp_path / "a.jsonl", tmp_path / "b.jsonl") == (0, 0, 0)
    assert shown(opened) == [text(2, 1)]


def test_the_order_of_files_makes_no_difference(opened: GrowingArchive, tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", item(1, 3, "canceled"))
    put(tmp_path / "b.jsonl", item(1, 1), item(1, 2), item(2))
    take_in(opened, tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert shown(opened) == [text(2, 1)]


def test_a_later_version_is_shown_again(opened: GrowingArchive, tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", item(1, 1), item(1, 2, "canceled"), item(1, 3))
    take_in(opened, tmp_path / "a.jsonl")
    assert shown(opened) == [text(1, 3)]
    take_in(opened, put(tmp_path / "b.jsonl", item(1, 2, "canceled")))
    assert shown(opened) == [text(1, 3)]


def test_file_that_is_replaced_by_what_takes_it_back(opened: GrowingArchive, tmp_path: Path) -> None:
    take_in(opened, put(tmp_path / "in" / "a.json", item(1)), prune=True)
    put(tmp_path / "in" / "a.json", item(1, 2, "canceled"))
    assert take_in(opened, tmp_path / "in", prune=True) == (0, 0, 1)
    assert shown(opened) == []
    (tmp_path / "in" / "a.json").unlink()
    put(tmp_path / "in" / "b.json", item(2))
    assert take_in(opened, tmp_path / "in", prune=True) == (1, 0, 0)
    assert list(opened.store.sources()) == ["tag:npa.example,2021:2"]


NITF = (
    '<nitf><head><docdata management-status="{}">{}<date.issue norm="{}"/></docdata>{}</head><body><body.head><hedline>'
    "<hl1>{}</hl1></hedline></body.head><body.content><p>The mayor opened the bridge at noon.</p></body.content>"
    "</body></nitf>"
)


@pytest.mark.parametrize(
    ("doc_id", "headline", "withdrawn"),
    [
        ('<doc-id id-string="npa.7"/>', "Please note", 1),
        ("", "WITHDRAWN: Bridge opens", 1),
        ("", "Kill – Bridge opens", 1),
        ("", "Bridge opens", 0),
        ("", "WITHDRAWN: Tunnel opens", 0),
        ('<doc-id id-string="npa.8"/>', "WITHDRAWN: Bridge opens", 0),
    ],
)
def test_nitf_is_taken_back_by_its_id_or_its_headline(
    opened: GrowingArchive, tmp_path: Path, doc_id: str, headline: str, withdrawn: int
) -> None:
    paper = '<pubdata name="NPA"/>'
    wall = NITF.format("usable", '<doc-id id-string="npa.7"/>', "20210312T064500Z", paper, "Bridge opens")
    (tmp_path / "a.xml").write_text(wall)
    (tmp_path / "b.xml").write_text(NITF.format("canceled", doc_id, "20210313T064500Z", "", headline))
    assert take_in(opened, tmp_path / "a.xml", tmp_path / "b.xml") == (1, 0, withdrawn)
    assert len(shown(opened)) == 1 - withdrawn


def test_nitf_without_an_id_that_stands_in_the_place_of_an_article_takes_it_back(
    opened: GrowingArchive, tmp_path: Path
) -> None:
    (tmp_path / "a.xml").write_text(NITF.format("usable", "", "20210312", "", "Bridge opens"))
    assert take_in(opened, tmp_path / "a.xml") == (1, 0, 0)
    (tmp_path / "a.xml").write_text(NITF.format("canceled", "", "20210312", "", "Please do not use"))
    assert take_in(opened, tmp_path / "a.xml") == (0, 0, 1)
    other = NITF.format("usable", "", "20210314", '<pubdata name="NPA"/>', "Tunnel opens")
    (tmp_path / "a.xml").write_text(other)
    take_in(opened, tmp_path / "a.xml")
    assert shown(opened) == ["The mayor opened the bridge at noon."]  # another article has come there


def test_withdrawal_that_is_older_than_an_article_is_not_its(opened: GrowingArchive, tmp_path: Path) -> None:
    take_in(opened, put(tmp_path / "a.jsonl", item(1, 5)))
    assert take_in(opened, put(tmp_path / "b.jsonl", item(1, 2, "canceled"))) == (0, 0, 0)
    assert shown(opened) == [text(1, 5)]


def test_case_in_one_folder(archive: Archive) -> None:
    """The withdrawn item of the case names the wall by its headline alone."""
    report = index(archive, Path(__file__).parent / "cases" / "C26")
    assert (report.added, report.withdrawn) == (6, 1)
    assert "Harbour wall to be rebuilt" not in [article.title for article in archive.store.articles()]


# --- under an embargo -------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The moment that archives take for now: the last one in the list."""
    moments = ["2021-03-12T05:00:00"]
    for module in ("folder.database", "folder.shelves", "folder.snapshot", "folder.withdrawn", "milvus.rows"):
        monkeypatch.setattr(f"embeddings.{module}.now", lambda: moments[-1])
    return moments


def test_embargo_ends_by_the_clock_without_anything_being_written(
    opened: GrowingArchive, tmp_path: Path, clock: list[str]
) -> None:
    put(
        tmp_path / "a.jsonl",
        item(1),
        item(2, embargoed="2021-03-12T07:00:00+01:00"),
        item(3, embargoed="2021-03-12T06:30:00Z"),
    )
    assert take_in(opened, tmp_path / "a.jsonl") == (3, 0, 0)
    generation = opened.store.generation
    assert shown(opened) == [text(1, 1)]
    with pytest.raises(KeyError):
        opened.store.article("tag:npa.example,2021:2")
    for moment, count in (("05:59:59", 1), ("06:00:00", 2), ("06:29:59", 2), ("06:30:00", 3)):
        clock.append(f"2021-03-12T{moment}")
        assert shown(opened) == [text(number, 1) for number in range(1, count + 1)]
    assert opened.store.generation == generation
    assert take_in(opened, tmp_path / "a.jsonl") == (0, 0, 0)


def test_change_of_an_embargo_alone_is_a_change(opened: GrowingArchive, tmp_path: Path, clock: list[str]) -> None:
    take_in(opened, put(tmp_path / "a.jsonl", item(1, embargoed="2027-01-01T00:00:00Z")))
    assert shown(opened) == []
    assert take_in(opened, put(tmp_path / "a.jsonl", item(1))) == (0, 1, 0)
    assert shown(opened) == [text(1, 1)]


def test_what_is_hidden_is_on_no_shelf(archive: Archive, tmp_path: Path, clock: list[str]) -> None:
    put(tmp_path / "a.jsonl", item(1), item(2, embargoed="2021-03-12T06:00:00Z"), item(3), item(3, 2, "canceled"))
    index(archive, tmp_path / "a.jsonl")
    shelves = Shelves(archive.store)
    assert [article.id[-1] for article in shelves.newest(Filter(), 9).articles] == ["1"]
    assert shelves.holdings().articles == 1
    clock.append("2021-03-12T06:00:00")
    assert [article.id[-1] for article in shelves.newest(Filter(outlets=("NPA",)), 9).articles] == ["2", "1"]
    assert shelves.holdings().articles == 2


def test_hidden_copies_are_not_shown_beside_an_article(archive: Archive) -> None:
    words = " ".join(f"word{n}" for n in range(200))
    articles = [
        Article(f"a{n}", words, f"Title {n}", "2021", embargo="2999-01-01T00:00:00" * (n == 2)) for n in range(3)
    ]
    add(archive, articles)
    found = Shelves(archive.store).copies_of("a0", 9)
    assert [article.id for article in found.articles] == ["a1"]


# --- list, info, check ------------------------------------------------------------------------------------------------


def typed(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_list_and_info_name_what_is_hidden(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", item(1), item(2, embargoed="2999-03-12T06:00:00Z"), item(3), item(3, 2, "canceled"))
    index(archive, tmp_path / "a.jsonl")
    lines = typed("list", "--archive", str(archive.folder)).splitlines()
    assert [line.split("\t")[4:] for line in lines] == [[], ["embargoed until 2999-03-12T06:00:00 UTC"], ["withdrawn"]]
    listed = [json.loads(line) for line in typed("list", "--json", "--archive", str(archive.folder)).splitlines()]
    assert [(each["withdrawn"], each["embargo"]) for each in listed] == [
        ("", ""), ("", "2999-03-12T06:00:00"), (f"{tmp_path}/a.jsonl#4", ""),
    ]  # fmt: skip
    assert "not shown     1 taken back by their newsrooms; 1 under embargo\n" in typed(
        "info", "--archive", str(archive.folder)
    )


def test_index_says_what_it_took_out_of_sight(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.commands.load_encoder", lambda *_: FakeEncoder())
    path = put(tmp_path / "a.jsonl", item(1), item(1, 2, "canceled"))
    said = typed("index", str(path), "--archive", str(archive.folder))
    assert "1 article taken back by the newsroom: kept out of sight\n" in said
    assert f"not read: {path}#2: is withdrawn by its newsroom: it is not stored" in said


def test_what_is_saved_of_a_damaged_archive_keeps_its_embargo(archive: Archive, tmp_path: Path) -> None:
    add(archive, [TREATY, replace(TREATY, id="later", embargo="2999-03-12T06:00:00"), replace(TREATY, id="killed")])
    archive.withdraw([Withdrawal(frozenset(["x"]), "~", "b.jsonl")])
    archive.store.connection.run("UPDATE articles SET withdrawn = 'b.jsonl' WHERE id = 'killed'")
    saved = save_articles(archive.folder)
    assert (saved.articles, saved.lost) == (2, 0)
    found = [each for each in read_articles([saved.path]) if isinstance(each, Article)]
    assert [(each.id, each.embargo) for each in found] == [("treaty", ""), ("later", "2999-03-12T06:00:00")]


def test_export_keeps_an_embargo_and_leaves_out_what_was_taken_back(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", item(1), item(2, embargoed="2999-03-12T06:00:00Z"), item(3), item(3, 2, "canceled"))
    index(archive, tmp_path / "a.jsonl")
    said = typed("export", str(tmp_path / "out.jsonl"), "--archive", str(archive.folder))
    assert "1 article taken back by the newsroom left out\n" in said
    found = [each for each in read_articles([tmp_path / "out.jsonl"]) if isinstance(each, Article)]
    assert [(each.text, each.embargo) for each in found] == [(text(1, 1), ""), (text(2, 1), "2999-03-12T06:00:00")]


def test_an_archive_with_hidden_articles_is_whole(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", item(1), item(2, embargoed="2999-03-12T06:00:00Z"), item(3), item(3, 2, "canceled"))
    index(archive, tmp_path / "a.jsonl")
    assert typed("check", "--archive", str(archive.folder)).endswith("is whole\n")
    archive.close()
    rebuild(archive.folder)
    with closing(Archive(archive.folder, FakeEncoder())) as again:
        assert shown(again) == [text(1, 1)]


def test_many_withdrawals_are_looked_for_once(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    means = withdrawals.Withdrawal.means

    def noting(self: Withdrawal, article: Article) -> bool:
        asked.append(article.id)
        return means(self, article)

    monkeypatch.setattr(withdrawals.Withdrawal, "means", noting)
    put(tmp_path / "a.jsonl", *[item(n) for n in range(5)], item(3, 2, "canceled"))
    index(archive, tmp_path / "a.jsonl")
    assert len(asked) == 5
    index(archive, tmp_path / "a.jsonl")
    assert len(asked) == 5
