import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from conftest import SEEDS
from embeddings import vectors as vectors_module
from embeddings.folder import writer_lock
from embeddings.folder.archive import Added, Archive, exists
from embeddings.folder.checking import check
from embeddings.folder.database import Database
from embeddings.growing.indexing import index_paths
from embeddings.passages import Splitting, heading
from embeddings.types import Article, Counts, Filter, Ranking, Vectors
from fakes import FakeEncoder

ALL = Filter()
Leg = Callable[..., Ranking]
QUESTION = "Who signed the treaty in Baku?"


class OtherEncoder(FakeEncoder):
    """Same vectors, another name."""

    name = "other"


class WideEncoder(FakeEncoder):
    """Same name, longer vectors."""

    dimension = 96


class CountingEncoder(FakeEncoder):
    """Remembers what it encoded."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return super().encode_passages(texts)


def article(name: str, text: str, published: str = "", outlet: str = "") -> Article:
    return Article(name, text, f"Title of {name}", published, outlet)


def by_vectors(archive: Archive, question: str = QUESTION, k: int = 1000, only: Filter = ALL) -> Ranking:
    return archive.search_vectors(archive.encoder.encode_questions([question]), k, only)


def by_keywords(archive: Archive, question: str = QUESTION, k: int = 1000, only: Filter = ALL) -> Ranking:
    return archive.search_keywords(question, k, only)


def names(archive: Archive, ranking: Ranking) -> list[str]:
    """The ids of the passages found, best first."""
    passages = archive.passages(ranking.numbers)
    return [passages[number].id for number in ranking.numbers.tolist()]


def hits(archive: Archive) -> list[tuple[list[str], list[float]]]:
    """What both legs find, for two questions and with a filter."""
    rankings = [
        leg(archive, question, only=only)
        for leg in (by_vectors, by_keywords)
        for question in (QUESTION, "border post")
        for only in (ALL, Filter(outlet="Azernews"))
    ]
    return [(names(archive, ranking), ranking.scores.tolist()) for ranking in rankings]


TREATY = article("treaty", "The ministers signed the treaty in Baku.", "2022-10-19", "Azernews")
BORDER = article("border", "A border post was opened. Nobody signed anything.", "2022", "Gazette")
WEATHER = article("weather", "It rained. " * 100, "", "Azernews")
THREE = (TREATY, BORDER, WEATHER)


@pytest.fixture
def filled(archive: Archive) -> Archive:
    archive.add(THREE)
    archive.refresh()
    return archive


@pytest.fixture
def folder(filled: Archive) -> Path:
    """A closed archive of three articles, its indexes up to date."""
    filled.close()
    return filled.folder


@pytest.fixture
def expected(filled: Archive) -> list[tuple[list[str], list[float]]]:
    return hits(filled)


# --- empty ------------------------------------------------------------------------------------------------------------


def test_an_empty_archive_holds_and_finds_nothing(archive: Archive) -> None:
    archive.refresh()
    assert archive.counts() == Counts(0, 0)
    assert archive.outlets() == []
    assert list(archive.articles()) == []
    assert by_vectors(archive).numbers.tolist() == []
    assert by_keywords(archive).numbers.tolist() == []


@pytest.mark.parametrize("only", [Filter("2022", "2022"), Filter(outlet="Azernews")])
def test_an_empty_archive_finds_nothing_through_a_filter(archive: Archive, only: Filter) -> None:
    assert by_vectors(archive, only=only).numbers.tolist() == []
    assert by_keywords(archive, only=only).numbers.tolist() == []


def test_an_empty_archive_opens_again(archive: Archive) -> None:
    archive.close()
    with closing(Archive(archive.folder, FakeEncoder())) as again:
        assert again.counts() == Counts(0, 0)


# --- add, change, remove ----------------------------------------------------------------------------------------------


def test_added_changed_and_unchanged_are_told_apart(filled: Archive) -> None:
    changed, new = replace(BORDER, text="The border post was closed."), article("new", "Something new.")
    done = filled.add([TREATY, changed, new])
    assert done == Added(added=("new",), changed=("border",), unchanged=("treaty",))


def test_adding_the_same_again_changes_nothing_and_encodes_nothing(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    with closing(Archive.create(tmp_path / "archive", encoder)) as archive:
        archive.add(THREE)
        encoder.encoded.clear()
        generation = archive.generation
        assert archive.add(THREE) == Added((), (), ("treaty", "border", "weather"))
        assert archive.generation == generation
        assert encoder.encoded == []


def test_another_source_is_no_change(filled: Archive) -> None:
    assert filled.add([replace(TREATY, source="elsewhere.txt")]).unchanged == ("treaty",)


def test_adding_nothing_changes_nothing(filled: Archive) -> None:
    generation = filled.generation
    assert filled.add([]) == Added((), (), ())
    assert filled.generation == generation


def test_the_last_of_equal_ids_counts(archive: Archive) -> None:
    assert archive.add([replace(TREATY, text="First."), TREATY]).added == ("treaty",)
    assert archive.article("treaty") == TREATY


def test_one_generation_a_transaction(filled: Archive) -> None:
    assert filled.generation == 1
    filled.add([replace(article_, title="Another") for article_ in THREE])
    assert filled.generation == 2


def test_a_change_replaces_the_passages_on_both_legs(filled: Archive) -> None:
    filled.add([replace(TREATY, text="Ships left the harbour.", title="Ships")])
    filled.refresh()
    assert names(filled, by_keywords(filled, "treaty")) == []
    assert names(filled, by_keywords(filled, "harbour")) == ["treaty@0"]
    assert names(filled, by_vectors(filled, "Ships left the harbour.", 1)) == ["treaty@0"]
    found = filled.passages(by_vectors(filled).numbers)
    assert sorted(passage.text for passage in found.values() if passage.article.id == "treaty") == [
        "Ships left the harbour."
    ]


def test_a_change_of_the_title_alone_is_searchable(filled: Archive) -> None:
    filled.add([replace(TREATY, title="Zanzibar")])
    filled.refresh()
    assert names(filled, by_keywords(filled, "zanzibar")) == ["treaty@0"]


def test_a_removed_article_is_gone_on_both_legs(filled: Archive) -> None:
    filled.remove(["treaty"])
    filled.refresh()
    assert names(filled, by_keywords(filled, "treaty")) == []
    assert "treaty@0" not in names(filled, by_vectors(filled))
    assert filled.counts().articles == 2
    with pytest.raises(KeyError, match="treaty"):
        filled.article("treaty")


def test_removing_an_unknown_article_removes_nothing(filled: Archive) -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled.remove(["treaty", "nobody"])
    assert filled.counts().articles == 3


def test_removing_all_and_adding_again_gives_the_same_hits(
    filled: Archive, expected: list[tuple[list[str], list[float]]]
) -> None:
    filled.remove(["treaty", "border", "weather"])
    filled.refresh()
    assert by_vectors(filled).numbers.tolist() == []
    assert by_keywords(filled).numbers.tolist() == []
    filled.add(THREE)
    filled.refresh()
    assert hits(filled) == expected


def test_a_search_before_refresh_sees_the_generation_before_whole(
    filled: Archive, expected: list[tuple[list[str], list[float]]]
) -> None:
    filled.remove(["weather"])
    filled.add([replace(TREATY, text="Ships left the harbour.")])
    assert hits(filled) == expected
    found = filled.passages(by_vectors(filled).numbers).values()
    assert {passage.article.text for passage in found} == {article_.text for article_ in THREE}


@pytest.mark.parametrize("text", ["", " \n ", "\u2028"])
def test_an_article_without_text_is_kept_and_found_by_nothing(archive: Archive, text: str) -> None:
    archive.add([article("blank", text)])
    archive.refresh()
    assert archive.counts() == Counts(1, 0)
    assert archive.article("blank").text == text
    assert by_vectors(archive).numbers.tolist() == []


# --- search -----------------------------------------------------------------------------------------------------------


def test_vectors_agree_with_numpy(seeds_archive: Archive) -> None:
    encoder = FakeEncoder()
    everything = seeds_archive.passages(range(1, 1000))
    texts = {number: f"{heading(passage.article)}\n{passage.text}" for number, passage in everything.items()}
    query = encoder.encode_questions([QUESTION])
    scores = dict(zip(texts, (encoder.encode_passages(list(texts.values())) @ query[0]).tolist(), strict=True))
    found = by_vectors(seeds_archive)
    assert found.scores.tolist() == pytest.approx(sorted(scores.values(), reverse=True), abs=1e-6)
    assert found.scores.tolist() == pytest.approx([scores[number] for number in found.numbers.tolist()], abs=1e-6)


DATED = {"day": "2022-10-19", "month": "2022-10", "year": "2022", "undated": "", "later": "2023-01-01"}


@pytest.mark.parametrize("leg", [by_vectors, by_keywords])
@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter("2022-10-19", "2022-10-19"), ["day", "month", "year"]),
        (Filter("2022-10", "2022-10"), ["day", "month", "year"]),
        (Filter("2022-10-20", "2022-10-31"), ["month", "year"]),
        (Filter("2022-12-31", "2023"), ["later", "year"]),
        (Filter(published_from="2023-01-02"), []),
        (Filter(published_to="2022-09"), ["year"]),
        (Filter("0001", "9999"), ["day", "later", "month", "year"]),
        (Filter(outlet="of day"), ["day"]),
        (Filter("2022", "2022", "of later"), []),
        (Filter(outlet="of nobody"), []),
    ],
    ids=str,
)
def test_filters_mean_the_same_on_both_legs(leg: Leg, only: Filter, expected: list[str], archive: Archive) -> None:
    archive.add([article(name, "The treaty.", date, f"of {name}") for name, date in DATED.items()])
    archive.refresh()
    assert sorted(names(archive, leg(archive, "treaty", only=only))) == [f"{name}@0" for name in expected]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """300 passages about the treaty; the three of 1999, of the Gazette, fit the question worst."""
    archive = Archive.create(tmp_path_factory.mktemp("crowd") / "archive", FakeEncoder())
    archive.add([article(f"a{n}", "Treaty treaty treaty.", "2022-10-19", "Azernews") for n in range(297)])
    worst = "Treaty, and then many other words that no question holds: " + "rain and fog, " * 20
    archive.add([article(f"rare{n}", worst, "1999-05", "Gazette") for n in range(3)])
    archive.refresh()
    yield archive
    archive.close()


@pytest.mark.parametrize("leg", [by_vectors, by_keywords])
def test_in_the_crowd_the_rare_rank_last(leg: Leg, crowd: Archive) -> None:
    assert sorted(names(crowd, leg(crowd, "treaty"))[-3:]) == ["rare0@0", "rare1@0", "rare2@0"]


@pytest.mark.parametrize("leg", [by_vectors, by_keywords])
@pytest.mark.parametrize(
    "only", [Filter("1999", "1999"), Filter("1999-05-31", "1999-05-31"), Filter(outlet="Gazette")], ids=str
)
def test_a_filter_applies_before_the_search(leg: Leg, only: Filter, crowd: Archive) -> None:
    assert sorted(names(crowd, leg(crowd, "treaty", 3, only))) == ["rare0@0", "rare1@0", "rare2@0"]


# --- open, create -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name)
def test_a_seed_opened_again_gives_the_same_hits(path: Path, archive: Archive) -> None:
    index_paths(archive, [path], lambda _: None)
    before = hits(archive)
    archive.close()
    with closing(Archive(archive.folder, FakeEncoder())) as again:
        assert hits(again) == before
        assert before[0][0] != []


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name)
def test_passages_of_a_seed_cover_it_with_unique_ids(path: Path, archive: Archive) -> None:
    index_paths(archive, [path], lambda _: None)
    [stored] = archive.articles()
    passages = list(archive.passages(range(1, 1000)).values())
    covered = np.zeros(len(stored.text), dtype=bool)
    for passage in passages:
        covered[passage.start : passage.end] = True
    assert "".join(np.array(list(stored.text))[~covered]).strip() == ""
    assert len({passage.id for passage in passages}) == len(passages) == archive.counts().passages
    assert [passage.text for passage in passages] == [stored.text[one.start : one.end] for one in passages]


def test_exists_only_where_there_is_one(folder: Path, tmp_path: Path) -> None:
    assert exists(folder)
    assert not exists(tmp_path)
    assert not exists(tmp_path / "nowhere")


def test_opening_where_there_is_none_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no archive in .*; make one with: pressmark index PATH"):
        Archive(tmp_path, FakeEncoder())


def test_creating_in_an_empty_folder_is_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with closing(Archive.create(tmp_path / "empty", FakeEncoder())) as made:
        assert made.counts() == Counts(0, 0)


def test_creating_makes_the_folders_above(tmp_path: Path) -> None:
    Archive.create(tmp_path / "one" / "two", FakeEncoder()).close()
    assert exists(tmp_path / "one" / "two")


def test_creating_in_a_folder_that_holds_other_things_raises_and_leaves_them(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(FileExistsError, match="exists and is not a pressmark archive; name a new or an empty folder"):
        Archive.create(tmp_path, FakeEncoder())
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_creating_where_an_archive_is_raises(folder: Path) -> None:
    with pytest.raises(FileExistsError, match="exists"):
        Archive.create(folder, FakeEncoder())


def test_creating_at_a_file_raises_and_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(FileExistsError, match=r"letter\.txt exists and is not a pressmark archive"):
        Archive.create(tmp_path / "letter.txt", FakeEncoder())
    assert (tmp_path / "letter.txt").read_text() == "Dear"


def test_another_encoder_is_refused_by_both_names(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"built with encoder 'fake', this is 'other'; .*index the articles again"):
        Archive(folder, OtherEncoder())


def test_another_dimension_is_refused_by_both_numbers(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"built with dimension '64', this is '96'"):
        Archive(folder, WideEncoder())


def test_another_way_of_splitting_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"built with splitting '120 .*', this is '60 word pieces, .*'"):
        Archive(folder, FakeEncoder(), Splitting(window=60))


@pytest.mark.parametrize("content", [b"", b"nonsense " * 1000], ids=["empty", "nonsense"])
def test_a_damaged_database_is_refused(content: bytes, folder: Path) -> None:
    (folder / "archive.sqlite").write_bytes(content)
    with pytest.raises(ValueError, match=r"archive\.sqlite is (damaged|not a pressmark archive)"):
        Archive(folder, FakeEncoder())


def test_another_schema_version_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 7")
    with pytest.raises(ValueError, match="has schema version 7, this program reads 1"):
        Archive(folder, FakeEncoder())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a list of the open files")
def test_an_archive_that_is_refused_is_not_kept_open(folder: Path) -> None:
    with pytest.raises(ValueError, match="built with encoder"):
        Archive(folder, OtherEncoder())
    links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert str(folder / "archive.sqlite") not in links


# --- the indexes are caches -------------------------------------------------------------------------------------------


def flip(path: Path, place: float) -> None:
    """Turn one bit of the byte at a fraction of the file."""
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 0x10
    path.write_bytes(content)


def restamp(path: Path, **changes: object) -> None:
    """Change the stamp of either index, the first line of its file."""
    first, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps({**json.loads(first), **changes}).encode() + (b"\n" + rest if rest else b""))


def check_same_hits(folder: Path, expected: list[tuple[list[str], list[float]]]) -> None:
    """The archive opens with the hits it had, now and once more."""
    for _ in range(2):
        with closing(Archive(folder, FakeEncoder())) as again:
            assert hits(again) == expected


@pytest.mark.parametrize("left", [None, 0, 1, 100, 500], ids=["deleted", "empty", "1 byte", "100 bytes", "500 bytes"])
def test_vectors_that_are_not_whole_are_built_anew(
    left: int | None, expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    path = folder / "vectors.faiss"
    content = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(content[:left])
    check_same_hits(folder, expected)
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", [0.0, 0.02, 0.04, 0.06, 0.08, 0.2, 0.5, 0.9, 1.0])
def test_vectors_with_a_byte_flipped_are_built_anew(
    place: float, expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    flip(folder / "vectors.faiss", place)
    check_same_hits(folder, expected)


@pytest.mark.parametrize("file", ["vectors.faiss", "keywords/stamp.json"])
@pytest.mark.parametrize(
    "changes", [{"generation": 0}, {"generation": 99}, {"archive": "another"}], ids=["past", "future", "another's"]
)
def test_an_index_with_a_stamp_that_is_not_the_databases_is_caught_up_or_built_anew(
    file: str, changes: dict[str, object], expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    restamp(folder / file, **changes)
    check_same_hits(folder, expected)


@pytest.fixture
def grown(archive: Archive) -> Archive:
    """An archive whose indexes of generation 1 lie in "older", and which has changed twice since."""
    archive.add([replace(TREATY, text="An older treaty was signed."), article("gone", "The treaty of yore."), BORDER])
    archive.refresh()
    older = archive.folder.parent / "older"
    older.mkdir()
    shutil.copy(archive.folder / "vectors.faiss", older)
    shutil.copytree(archive.folder / "keywords", older / "keywords")
    archive.add(THREE)
    archive.remove(["gone"])
    archive.refresh()
    return archive


@pytest.mark.parametrize("name", ["vectors.faiss", "keywords"])
def test_an_index_of_an_older_generation_is_caught_up(name: str, grown: Archive) -> None:
    expected = hits(grown)
    grown.close()
    put_back(grown.folder.parent / "older" / name, grown.folder / name)
    check_same_legs(grown.folder, expected)


@pytest.mark.parametrize("name", ["vectors.faiss", "keywords"])
def test_an_index_of_another_archive_is_built_anew(
    name: str, expected: list[tuple[list[str], list[float]]], folder: Path, tmp_path: Path
) -> None:
    with closing(Archive.create(tmp_path / "other", FakeEncoder())) as other:
        other.add([replace(each, text=f"Treaty {each.id}. {each.text}") for each in THREE])
        other.refresh()
        assert other.generation == 1
        assert hits(other) != expected
    put_back(tmp_path / "other" / name, folder / name)
    check_same_hits(folder, expected)


def put_back(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def check_same_legs(folder: Path, expected: list[tuple[list[str], list[float]]]) -> None:
    """The same passages, and scores but for BM25's, which counts a deleted passage until segments merge."""
    with closing(Archive(folder, FakeEncoder())) as again:
        found = hits(again)
        assert [sorted(ids) for ids, _ in found] == [sorted(ids) for ids, _ in expected]
        assert found[:4] == expected[:4]


@pytest.mark.parametrize("file", ["", "stamp.json", "meta.json", ".managed.json"])
def test_keywords_with_files_deleted_are_built_anew(
    file: str, expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    path = folder / "keywords" / file
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    check_same_hits(folder, expected)


@pytest.mark.parametrize("content", ["", "{}", "null", "nonsense", '{"archive": 1, "generation": "x"}'])
@pytest.mark.parametrize("file", ["stamp.json", "meta.json"])
def test_keywords_with_a_nonsensical_file_are_built_anew(
    file: str, content: str, expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    (folder / "keywords" / file).write_text(content)
    check_same_hits(folder, expected)


SEGMENT = [".term", ".idx", ".fast", ".fieldnorm", ".pos", ".store"]


@pytest.mark.parametrize("suffix", SEGMENT)
@pytest.mark.parametrize("left", [None, 0.0, 0.5], ids=["deleted", "empty", "half"])
def test_keywords_with_a_segment_file_that_is_not_whole_are_built_anew(
    left: float | None, suffix: str, expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    [path] = (folder / "keywords").glob(f"*{suffix}")
    content = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(content[: int(left * len(content))])
    check_same_hits(folder, expected)


@pytest.mark.parametrize("suffix", SEGMENT)
@pytest.mark.parametrize("place", [0.0, 0.25, 0.5, 0.75])
def test_keywords_with_a_byte_flipped_are_built_anew(
    place: float, suffix: str, expected: list[tuple[list[str], list[float]]], folder: Path
) -> None:
    [path] = (folder / "keywords").glob(f"*{suffix}")
    flip(path, place)
    check_same_hits(folder, expected)


def test_after_a_crash_between_database_and_indexes_opening_catches_them_up(filled: Archive) -> None:
    filled.add([replace(TREATY, text="Ships left the harbour."), article("new", "A new treaty.")])
    filled.remove(["border"])
    filled.close()  # without refresh
    with closing(Archive(filled.folder, FakeEncoder())) as again:
        assert names(again, by_keywords(again, "harbour")) == ["treaty@0"]
        assert "new@0" in names(again, by_keywords(again, "treaty"))
        assert names(again, by_keywords(again, "border")) == []
        assert {name.split("@")[0] for name in names(again, by_vectors(again))} == {"treaty", "new", "weather"}
        assert len(by_vectors(again).numbers) == again.counts().passages


def test_after_a_crash_of_the_first_indexing_opening_builds_both_indexes(archive: Archive, tmp_path: Path) -> None:
    archive.add(THREE)
    archive.close()
    with (
        closing(Archive(archive.folder, FakeEncoder())) as again,
        closing(Archive.create(tmp_path / "whole", FakeEncoder())) as whole,
    ):
        whole.add(THREE)
        whole.refresh()
        assert hits(again) == hits(whole)


def test_after_a_crash_inside_a_transaction_nothing_of_it_is_there(
    filled: Archive, expected: list[tuple[list[str], list[float]]]
) -> None:
    connection = sqlite3.connect(filled.folder / "archive.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM passages")
    connection.execute("UPDATE meta SET value = '2' WHERE key = 'generation'")
    connection.close()  # without commit
    filled.close()
    check_same_hits(filled.folder, expected)


# --- many at once -----------------------------------------------------------------------------------------------------


def test_another_open_archive_sees_a_new_generation_once_refreshed(filled: Archive) -> None:
    with closing(Archive(filled.folder, FakeEncoder())) as server:
        filled.add([article("new", "Zanzibar signed.")])
        filled.remove(["treaty"])
        filled.refresh()
        server.refresh()
        assert names(server, by_keywords(server, "zanzibar")) == ["new@0"]
        assert names(server, by_vectors(server, "Zanzibar signed. Title of new", 1)) == ["new@0"]
        assert "treaty@0" not in names(server, by_vectors(server))
        assert hits(server) == hits(filled)


def test_another_open_archive_catches_up_what_the_writer_did_not(filled: Archive) -> None:
    with closing(Archive(filled.folder, FakeEncoder())) as server:
        filled.add([article("new", "Zanzibar signed.")])
        filled.close()  # without refresh, as if it had crashed
        server.refresh()
        assert names(server, by_keywords(server, "zanzibar")) == ["new@0"]
        assert len(by_vectors(server).numbers) == server.counts().passages


def test_searching_while_another_thread_adds_never_fails_nor_loses_what_stays(archive: Archive) -> None:
    archive.add([TREATY])
    archive.refresh()
    done, faults = threading.Event(), list[str]()

    def search() -> None:
        while not done.is_set():
            archive.refresh()
            for ranking in (by_vectors(archive), by_keywords(archive)):
                passages = archive.passages(ranking.numbers)
                if TREATY not in [passage.article for passage in passages.values()]:
                    faults.append("the treaty is missing")
                faults.extend(
                    passage.id for passage in passages.values() if not passage.text.startswith(("The", "Version"))
                )

    def watched() -> None:
        try:
            search()
        except Exception as error:  # noqa: BLE001 - a thread's error is to fail the test
            faults.append(repr(error))

    threads = [threading.Thread(target=watched) for _ in range(2)]
    for thread in threads:
        thread.start()
    for version in range(12):
        filler = "and so on, " * version
        archive.add([article("changing", f"Version {version}, {filler}", outlet=f"Outlet {version}")])
        archive.add([article(f"new{version}", f"The number {version} signed.")])
        archive.refresh()
    done.set()
    for thread in threads:
        thread.join(timeout=30)
    assert faults == []
    archive.refresh()
    assert len(by_vectors(archive).numbers) == archive.counts().passages == 14


def test_two_threads_that_add_both_get_their_articles_in(archive: Archive) -> None:
    def add(mark: str) -> None:
        for number in range(5):
            archive.add([article(f"{mark}{number}", f"The treaty {mark} {number}.")])

    threads = [threading.Thread(target=add, args=(mark,)) for mark in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    archive.refresh()
    assert archive.counts().articles == 10
    assert archive.generation == 10
    assert len(by_keywords(archive, "treaty").numbers) == 10


@pytest.fixture
def held(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileLock]:
    """The writer's lock, held as by another process."""
    monkeypatch.setattr(writer_lock, "WAIT", 0.05)
    with FileLock(filled.folder / "writer.lock") as lock:
        yield lock


def test_writing_while_another_writes_is_refused_and_changes_nothing(filled: Archive, held: FileLock) -> None:
    message = "another process is writing to .*; try again when it is done"
    with pytest.raises(TimeoutError, match=message):
        filled.add([article("new", "Something new.")])
    with pytest.raises(TimeoutError, match=message):
        filled.remove(["treaty"])
    assert filled.generation == 1
    held.release()
    assert filled.add([article("new", "Something new.")]).added == ("new",)


def test_adding_what_is_unchanged_needs_no_lock(filled: Archive, held: FileLock) -> None:
    assert filled.add(THREE).unchanged == ("treaty", "border", "weather")


def test_searching_and_opening_while_another_writes_work(
    filled: Archive, expected: list[tuple[list[str], list[float]]], held: FileLock
) -> None:
    filled.refresh()
    assert hits(filled) == expected
    with closing(Archive(filled.folder, FakeEncoder())) as again:
        assert hits(again) == expected


def test_what_a_held_lock_kept_from_the_indexes_comes_with_the_next_refresh(
    filled: Archive, expected: list[tuple[list[str], list[float]]], held: FileLock
) -> None:
    with closing(Database(filled.folder / "archive.sqlite")) as other_process:
        other_process.remove(["treaty"])
    filled.refresh()
    assert hits(filled) == expected
    held.release()
    filled.refresh()
    assert "treaty@0" not in names(filled, by_vectors(filled))
    assert len(by_vectors(filled).numbers) == filled.counts().passages


def test_a_large_archive_is_searched_by_codes_and_answers_alike(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Article(str(number), f"Word{number} met word{number + 1} here.", "", "2024") for number in range(300)]
    archive.add(many[:200])
    archive.refresh()
    vector = FakeEncoder().encode_questions(["Who met word70?"])
    exact = archive.search_vectors(vector, 5, Filter()).scores.tolist()
    monkeypatch.setattr(vectors_module, "EXACT_BELOW", 100)
    archive.add(many[200:])
    archive.remove(["299"])
    archive.refresh()
    assert not archive._holdings._vectors.is_exact
    assert archive.search_vectors(vector, 5, Filter()).scores.tolist() == pytest.approx(exact)
    assert archive.search_vectors(vector, 5, Filter("2025")).numbers.tolist() == []
    assert len(archive.search_vectors(vector, 5, Filter("2024")).numbers) == 5
    archive.close()
    assert check(archive.folder) == []
    opened = Archive(archive.folder, FakeEncoder())
    assert not opened._holdings._vectors.is_exact
    assert opened.search_vectors(vector, 5, Filter()).scores.tolist() == pytest.approx(exact)
    opened.close()
