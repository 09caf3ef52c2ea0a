"""What is Milvus' own: addresses, what a crash leaves, what is said when it cannot be reached, and the command line."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic, time_ns

import pytest
from click.testing import CliRunner

from adding import add
from conftest import SEEDS, needs_milvus
from embeddings.locations import FolderPlace, MilvusPlace, open_archive, open_or_create, parse_location
from embeddings.milvus.address import MilvusAddress
from embeddings.milvus.archive import HOUR, MilvusArchive
from embeddings.milvus.client import MilvusTable
from embeddings.milvus.rows import Head, passage_rows, piece_rows
from embeddings.records import prepare
from embeddings.types import Article, Filter
from fakes import FakeEncoder, FakeReader, near
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reader.load import OWN_ODDS
from qa.reading import Readers
from qa.settings import Settings
from web.commands import main

pytestmark = pytest.mark.slow

ALL = Filter()
TREATY = Article("treaty", "The ministers signed the treaty in Baku.", "Treaty", "2022-10-19", "Azernews")
HARBOUR = replace(TREATY, text="The treaty: ships left the harbour.", outlet="Times")


# --- where it lies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        ("milvus://h:19530/news", MilvusPlace(MilvusAddress("http://h:19530", "news")), "milvus://h:19530/news"),
        ("milvus://127.0.0.1/a_1", MilvusPlace(MilvusAddress("http://127.0.0.1", "a_1")), "milvus://127.0.0.1/a_1"),
        ("milvus://me:p@ss:w@h:1/n", MilvusPlace(MilvusAddress("http://h:1", "n", "me:p@ss:w")), "milvus://h:1/n"),
        ("milvus+tls://h:443/n", MilvusPlace(MilvusAddress("https://h:443", "n")), "milvus+tls://h:443/n"),
        ("some/news.db", MilvusPlace(MilvusAddress("some/news.db")), "some/news.db"),
    ],
)
def test_a_place_in_milvus_is_read_and_shown_without_its_password(text: str, place: MilvusPlace, shown: str) -> None:
    found = parse_location(text)
    assert (found, str(found)) == (place, shown)
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize("text", ["news", "/news/archive", "news.db/archive", ".db", "https://h/n", "milvus/news"])
def test_all_else_is_a_folder(text: str) -> None:
    assert parse_location(text) == FolderPlace(Path(text))


def test_a_folder_that_is_an_archive_stays_one_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "news.db").mkdir()
    (tmp_path / "news.db" / "archive.sqlite").touch()
    assert parse_location(str(tmp_path / "news.db")) == FolderPlace(tmp_path / "news.db")


@pytest.mark.parametrize("text", ["milvus:/h:1/n", "milvus://h:1", "milvus://h:1/", "milvus:///n", "milvus://h:1/a-b"])
def test_an_address_that_is_none_is_refused_with_its_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"PRESSMARK_ARCHIVE: .* is named milvus://host:port/name"):
        Settings.from_env({"PRESSMARK_ARCHIVE": text})


def test_the_setting_keeps_an_address_whole() -> None:
    assert str(Settings.from_env({"PRESSMARK_ARCHIVE": "milvus://h:1/n"}).archive) == "milvus://h:1/n"


# --- what is said when it cannot be opened ----------------------------------------------------------------------------


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(ValueError, match=r"needs pymilvus, which is not installed; .* 'pressmark\[milvus\]'"):
        open_or_create(MilvusPlace(MilvusAddress(str(tmp_path / "news.db"))), FakeEncoder())


@needs_milvus
def test_a_server_that_is_not_there_is_named_within_seconds() -> None:
    started = monotonic()
    with pytest.raises(
        ConnectionError, match=r"milvus://127\.0\.0\.1:1/news cannot be reached .* see that Milvus runs"
    ):
        parse_location("milvus://127.0.0.1:1/news").exists()
    assert monotonic() - started < 20


@needs_milvus
def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "news.db").write_text("mine")
    with pytest.raises(FileExistsError, match=r"news\.db exists and was not made by Milvus Lite"):
        open_or_create(parse_location(str(tmp_path / "news.db")), FakeEncoder())
    assert (tmp_path / "news.db").read_text() == "mine"


# --- what a crash leaves ----------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Iterator[MilvusPlace]:
    """A Milvus Lite file, closed at the end as when its process ends."""
    from milvus_lite.server_manager import server_manager_instance

    found = MilvusPlace(MilvusAddress(str(tmp_path / "news.db")))
    yield found
    server_manager_instance.release_server(found.address.uri)


@pytest.fixture
def archive(place: MilvusPlace) -> Iterator[MilvusArchive]:
    with closing(MilvusArchive.create(place.address, FakeEncoder())) as opened:
        add(opened, [TREATY])
        yield opened


def write_until_crash(archive: MilvusArchive, article: Article, *, revision: int, with_head: bool) -> None:
    """Store an article as `store` does, up to its head or with that, and nothing further."""
    [prepared] = prepare([article], archive.encoder, archive.splitting)
    archive._milvus.put(MilvusTable.PIECES, piece_rows(article, revision))
    archive._milvus.put(MilvusTable.PASSAGES, passage_rows(prepared, revision, archive._search.words))
    if with_head:
        archive._milvus.put(MilvusTable.ARTICLES, [Head.of(article, revision).to_row()])


def texts(archive: MilvusArchive, k: int = 10) -> list[list[str]]:
    """The texts of the passages that each leg finds, best first."""
    rankings = (
        archive.search_vectors(archive.encoder.encode_questions(["treaty"]), k, ALL),
        archive.search_keywords("treaty", k, ALL),
    )
    return [[passage.text for passage in archive.passages(found.numbers).values()] for found in rankings]


@needs_milvus
@pytest.mark.parametrize("k", [1, 10])
def test_of_a_crash_before_the_head_nothing_is_found(k: int, archive: MilvusArchive) -> None:
    for age in range(5):
        write_until_crash(archive, HARBOUR, revision=time_ns() - age, with_head=False)
    assert texts(archive, k) == [[TREATY.text], [TREATY.text]]
    assert archive.store.article("treaty") == TREATY
    assert archive.search_keywords("harbour", k, ALL).numbers.tolist() == []
    assert archive.search_keywords("treaty", k, Filter(outlets=("Times",))).numbers.tolist() == []


@needs_milvus
def test_of_a_crash_behind_the_head_the_new_revision_alone_is_found(archive: MilvusArchive) -> None:
    write_until_crash(archive, HARBOUR, revision=time_ns(), with_head=True)
    assert texts(archive) == [[HARBOUR.text], [HARBOUR.text]]
    assert list(archive.store.articles()) == [HARBOUR]
    assert add(archive, [HARBOUR]).unchanged == ("treaty",)


@needs_milvus
def test_what_a_crash_left_goes_when_the_article_is_stored_an_hour_later(archive: MilvusArchive) -> None:
    write_until_crash(archive, HARBOUR, revision=time_ns() - HOUR, with_head=False)
    write_until_crash(archive, HARBOUR, revision=time_ns(), with_head=False)
    assert archive.store.counts().passages == 3
    add(archive, [replace(TREATY, text="Another treaty.")])
    assert archive.store.counts().passages == 2  # the one that may be about to be current stays


@needs_milvus
def test_collections_left_of_a_first_try_are_no_archive_yet_and_are_used(place: MilvusPlace) -> None:
    archive = MilvusArchive.create(place.address, FakeEncoder())
    archive._milvus.delete(MilvusTable.NOTES, 'kind == "about"')
    archive.close()
    assert not place.exists()
    with closing(open_or_create(place, FakeEncoder())) as again:
        assert add(again, [TREATY]).added == ("treaty",)


@needs_milvus
def test_one_question_sees_one_revision_of_an_article(archive: MilvusArchive) -> None:
    with archive.one_generation():
        found = archive.search_keywords("treaty", 10, ALL)
        add(archive, [HARBOUR])
        assert archive.search_keywords("harbour", 10, ALL).numbers.tolist() == []
        assert archive.passages(found.numbers) == {}  # gone, and not the other revision's
    assert texts(archive) == [[HARBOUR.text], [HARBOUR.text]]


@needs_milvus
def test_another_open_archive_finds_what_is_added(archive: MilvusArchive, place: MilvusPlace) -> None:
    with closing(open_archive(place, FakeEncoder())) as server:
        add(archive, [HARBOUR])
        assert server.store.article("treaty") == HARBOUR
        assert len(server.search_keywords("harbour", 10, ALL).numbers) == 1


@needs_milvus
def test_more_than_milvus_returns_at_once_are_read_in_lots(archive: MilvusArchive) -> None:
    many = [Article(f"a{number}", f"The treaty {number}.", "", "2024", f"o{number % 7}") for number in range(1203)]
    add(archive, many)
    assert archive.store.counts().articles == 1204
    assert {each.id for each in archive.store.articles()} == {"treaty", *(each.id for each in many)}
    assert len(archive.store.origins([each.id for each in many])) == 1203
    assert len(archive.passages(archive.search_keywords("treaty", 2000, ALL).numbers)) == 1204
    archive.remove([each.id for each in many])
    assert (archive.store.counts().articles, archive.store.outlets()) == (1, ["Azernews"])


@needs_milvus
def test_an_id_longer_than_a_text_in_milvus_is_refused(archive: MilvusArchive) -> None:
    with pytest.raises(ValueError, match="an article's id has 65,536 bytes, Milvus stores at most 65,535"):
        add(archive, [replace(TREATY, id="x" * 65_536)])
    assert archive.store.counts().passages == 1


@needs_milvus
def test_no_copies_are_known_so_each_article_supports(archive: MilvusArchive) -> None:
    add(archive, [replace(TREATY, id="copy", outlet="Times"), replace(TREATY, id="other", outlet="Herald")])
    asked = Pipeline(archive, Readers(FakeReader({"treaty": 1.0}), Calibration(supports=1.0)), Settings())
    (answer,) = asked.ask("What was signed?").answers
    assert (len(answer.supports), answer.copies, answer.confidence) == (2, (), near(3 / 4))


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, cache: Path | None = None) -> FakeEncoder:
        return FakeEncoder()

    monkeypatch.setattr("embeddings.commands.load_encoder", load)
    monkeypatch.setattr("qa.pipeline.load_encoder", load)
    loaded = Readers(FakeReader({"memorandum": 15.0}), OWN_ODDS)
    monkeypatch.setattr("qa.pipeline.load_readers", lambda _: loaded)


@needs_milvus
def test_index_and_ask_over_a_milvus_lite_file(place: MilvusPlace, fake_models: None) -> None:
    run = CliRunner().invoke
    indexed = run(main, ["index", str(SEEDS), "--archive", place.address.uri])
    assert f"{place.address.uri}: 2 articles read: 2 added, 0 changed, 0 unchanged; 0 not read\n" in indexed.stdout
    again = run(main, ["index", str(SEEDS), "--archive", place.address.uri])
    assert "0 added, 0 changed, 2 unchanged" in again.stdout
    asked = run(main, ["ask", "What was signed?", "--archive", place.address.uri, "--outlet", "Azernews"])
    assert (asked.exit_code, asked.stdout.split("  ")[0]) == (0, "memorandum")
