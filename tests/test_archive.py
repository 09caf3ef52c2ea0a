"""An archive in a folder: what is added, changed and removed is found or not, and what opens it."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adding import Added, add
from conftest import SEEDS
from embeddings import vectors as vectors_module
from embeddings.folder.archive import Archive
from embeddings.folder.check import find_faults
from embeddings.folder.paths import exists
from embeddings.indexing.index import index_paths
from embeddings.passages import Splitting, heading
from embeddings.types import Article, Counts, Filter, Vectors
from fakes import FakeEncoder
from three_articles import BORDER, QUESTION, THREE, TREATY, Found, Leg, article, by_keywords, by_vectors, hits, names

pytestmark = pytest.mark.slow


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


# --- empty ------------------------------------------------------------------------------------------------------------


def test_an_empty_archive_holds_and_finds_nothing(archive: Archive) -> None:
    archive.refresh()
    assert archive.store.counts() == Counts(0, 0)
    assert archive.store.outlets() == []
    assert list(archive.store.articles()) == []
    assert by_vectors(archive).numbers.tolist() == []
    assert by_keywords(archive).numbers.tolist() == []


@pytest.mark.parametrize("only", [Filter("2022", "2022"), Filter(outlets=("Azernews",))])
def test_an_empty_archive_finds_nothing_through_a_filter(archive: Archive, only: Filter) -> None:
    assert by_vectors(archive, only=only).numbers.tolist() == []
    assert by_keywords(archive, only=only).numbers.tolist() == []


def test_an_empty_archive_opens_again(archive: Archive) -> None:
    archive.close()
    with closing(Archive(archive.folder, FakeEncoder())) as again:
        assert again.store.counts() == Counts(0, 0)


# --- add, change, remove ----------------------------------------------------------------------------------------------


def test_added_changed_and_unchanged_are_told_apart(filled: Archive) -> None:
    changed, new = replace(BORDER, text="The border post was closed."), article("new", "Something new.")
    done = add(filled, [TREATY, changed, new])
    assert done == Added(added=("new",), changed=("border",), unchanged=("treaty",))


def test_adding_the_same_again_changes_nothing_and_encodes_nothing(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    with closing(Archive.create(tmp_path / "archive", encoder)) as archive:
        add(archive, THREE)
        encoder.encoded.clear()
        generation = archive.store.generation
        assert add(archive, THREE) == Added((), (), ("treaty", "border", "weather"))
        assert archive.store.generation == generation
        assert encoder.encoded == []


def test_another_source_is_no_change(filled: Archive) -> None:
    assert add(filled, [replace(TREATY, source="elsewhere.txt")]).unchanged == ("treaty",)


def test_adding_nothing_changes_nothing(filled: Archive) -> None:
    generation = filled.store.generation
    assert add(filled, []) == Added((), (), ())
    assert filled.store.generation == generation


def test_the_last_of_equal_ids_counts(archive: Archive) -> None:
    assert add(archive, [replace(TREATY, text="First."), TREATY]).added == ("treaty",)
    assert archive.store.article("treaty") == TREATY


def test_one_generation_a_transaction(filled: Archive) -> None:
    assert filled.store.generation == 1
    add(filled, [replace(article_, title="Another") for article_ in THREE])
    assert filled.store.generation == 2


def test_a_change_replaces_the_passages_on_both_legs(filled: Archive) -> None:
    add(filled, [replace(TREATY, text="Ships left the harbour.", title="Ships")])
    filled.refresh()
    assert names(filled, by_keywords(filled, "treaty")) == []
    assert names(filled, by_keywords(filled, "harbour")) == ["treaty@0"]
    assert names(filled, by_vectors(filled, "Ships left the harbour.", 1)) == ["treaty@0"]
    found = filled.passages(by_vectors(filled).numbers)
    assert sorted(passage.text for passage in found.values() if passage.article.id == "treaty") == [
        "Ships left the harbour."
    ]


def test_a_change_of_the_title_alone_is_searchable(filled: Archive) -> None:
    add(filled, [replace(TREATY, title="Zanzibar")])
    filled.refresh()
    assert names(filled, by_keywords(filled, "zanzibar")) == ["treaty@0"]


def test_a_removed_article_is_gone_on_both_legs(filled: Archive) -> None:
    filled.remove(["treaty"])
    filled.refresh()
    assert names(filled, by_keywords(filled, "treaty")) == []
    assert "treaty@0" not in names(filled, by_vectors(filled))
    assert filled.store.counts().articles == 2
    with pytest.raises(KeyError, match="treaty"):
        filled.store.article("treaty")


def test_removing_an_unknown_article_removes_nothing(filled: Archive) -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled.remove(["treaty", "nobody"])
    assert filled.store.counts().articles == 3


def test_removing_all_and_adding_again_gives_the_same_hits(filled: Archive, filled_hits: Found) -> None:
    filled.remove(["treaty", "border", "weather"])
    filled.refresh()
    assert by_vectors(filled).numbers.tolist() == []
    assert by_keywords(filled).numbers.tolist() == []
    add(filled, THREE)
    filled.refresh()
    assert hits(filled) == filled_hits


def test_a_search_before_refresh_sees_the_generation_before_whole(filled: Archive, filled_hits: Found) -> None:
    filled.remove(["weather"])
    add(filled, [replace(TREATY, text="Ships left the harbour.")])
    assert hits(filled) == filled_hits
    found = filled.passages(by_vectors(filled).numbers).values()
    assert {passage.article.text for passage in found} == {article_.text for article_ in THREE}


@pytest.mark.parametrize("text", ["", " \n ", "\u2028"])
def test_an_article_without_text_is_kept_and_found_by_nothing(archive: Archive, text: str) -> None:
    add(archive, [article("blank", text)])
    archive.refresh()
    assert archive.store.counts() == Counts(1, 0)
    assert archive.store.article("blank").text == text
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
        (Filter(outlets=("of day",)), ["day"]),
        (Filter("2022", "2022", ("of later",)), []),
        (Filter(outlets=("of nobody",)), []),
    ],
    ids=str,
)
def test_filters_mean_the_same_on_both_legs(leg: Leg, only: Filter, expected: list[str], archive: Archive) -> None:
    add(archive, [article(name, "The treaty.", date, f"of {name}") for name, date in DATED.items()])
    archive.refresh()
    assert sorted(names(archive, leg(archive, "treaty", only=only))) == [f"{name}@0" for name in expected]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """300 passages about the treaty; the three of 1999, of the Gazette, fit the question worst."""
    archive = Archive.create(tmp_path_factory.mktemp("crowd") / "archive", FakeEncoder())
    add(archive, [article(f"a{n}", "Treaty treaty treaty.", "2022-10-19", "Azernews") for n in range(297)])
    worst = "Treaty, and then many other words that no question holds: " + "rain and fog, " * 20
    add(archive, [article(f"rare{n}", worst, "1999-05", "Gazette") for n in range(3)])
    archive.refresh()
    yield archive
    archive.close()


@pytest.mark.parametrize("leg", [by_vectors, by_keywords])
def test_in_the_crowd_the_rare_rank_last(leg: Leg, crowd: Archive) -> None:
    assert sorted(names(crowd, leg(crowd, "treaty"))[-3:]) == ["rare0@0", "rare1@0", "rare2@0"]


@pytest.mark.parametrize("leg", [by_vectors, by_keywords])
@pytest.mark.parametrize(
    "only", [Filter("1999", "1999"), Filter("1999-05-31", "1999-05-31"), Filter(outlets=("Gazette",))], ids=str
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
    [stored] = archive.store.articles()
    passages = list(archive.passages(range(1, 1000)).values())
    covered = np.zeros(len(stored.text), dtype=bool)
    for passage in passages:
        covered[passage.start : passage.end] = True
    assert "".join(np.array(list(stored.text))[~covered]).strip() == ""
    assert len({passage.id for passage in passages}) == len(passages) == archive.store.counts().passages
    assert [passage.text for passage in passages] == [stored.text[one.start : one.end] for one in passages]


def test_exists_only_where_there_is_one(filled_folder: Path, tmp_path: Path) -> None:
    assert exists(filled_folder)
    assert not exists(tmp_path)
    assert not exists(tmp_path / "nowhere")


def test_opening_where_there_is_none_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no archive in .*; make one with: pressmark index PATH"):
        Archive(tmp_path, FakeEncoder())


def test_creating_in_an_empty_folder_is_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with closing(Archive.create(tmp_path / "empty", FakeEncoder())) as made:
        assert made.store.counts() == Counts(0, 0)


def test_creating_makes_the_folders_above(tmp_path: Path) -> None:
    Archive.create(tmp_path / "one" / "two", FakeEncoder()).close()
    assert exists(tmp_path / "one" / "two")


def test_creating_in_a_folder_that_holds_other_things_raises_and_leaves_them(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(FileExistsError, match="exists and is not a pressmark archive; name a new or an empty folder"):
        Archive.create(tmp_path, FakeEncoder())
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_creating_where_an_archive_is_raises(filled_folder: Path) -> None:
    with pytest.raises(FileExistsError, match="exists"):
        Archive.create(filled_folder, FakeEncoder())


def test_creating_at_a_file_raises_and_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(FileExistsError, match=r"letter\.txt exists and is not a pressmark archive"):
        Archive.create(tmp_path / "letter.txt", FakeEncoder())
    assert (tmp_path / "letter.txt").read_text() == "Dear"


def test_another_encoder_is_refused_by_both_names(filled_folder: Path) -> None:
    with pytest.raises(ValueError, match=r"built with encoder 'fake', this is 'other'; .*index the articles again"):
        Archive(filled_folder, OtherEncoder())


def test_another_dimension_is_refused_by_both_numbers(filled_folder: Path) -> None:
    with pytest.raises(ValueError, match=r"built with dimension '64', this is '96'"):
        Archive(filled_folder, WideEncoder())


def test_another_way_of_splitting_is_refused(filled_folder: Path) -> None:
    with pytest.raises(ValueError, match=r"built with splitting '120 .*', this is '60 word pieces, .*'"):
        Archive(filled_folder, FakeEncoder(), Splitting(window=60))


@pytest.mark.parametrize("content", [b"", b"nonsense " * 1000], ids=["empty", "nonsense"])
def test_a_damaged_database_is_refused(content: bytes, filled_folder: Path) -> None:
    (filled_folder / "archive.sqlite").write_bytes(content)
    with pytest.raises(ValueError, match=r"archive\.sqlite is (damaged|not a pressmark archive)"):
        Archive(filled_folder, FakeEncoder())


def test_another_schema_version_is_refused(filled_folder: Path) -> None:
    with closing(sqlite3.connect(filled_folder / "archive.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 7")
    with pytest.raises(ValueError, match="has schema version 7, this program reads 4"):
        Archive(filled_folder, FakeEncoder())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a list of the open files")
def test_an_archive_that_is_refused_is_not_kept_open(filled_folder: Path) -> None:
    with pytest.raises(ValueError, match="built with encoder"):
        Archive(filled_folder, OtherEncoder())
    links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert str(filled_folder / "archive.sqlite") not in links


def test_a_large_archive_is_searched_by_codes_and_answers_alike(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Article(str(number), f"Word{number} met word{number + 1} here.", "", "2024") for number in range(300)]
    add(archive, many[:200])
    archive.refresh()
    vector = FakeEncoder().encode_questions(["Who met word70?"])
    exact = archive.search_vectors(vector, 5, Filter()).scores.tolist()
    monkeypatch.setattr(vectors_module, "EXACT_BELOW", 100)
    add(archive, many[200:])
    archive.remove(["299"])
    archive.refresh()
    with archive.indexes.shown() as shown:
        assert not shown.vectors.is_exact
    assert archive.search_vectors(vector, 5, Filter()).scores.tolist() == pytest.approx(exact)
    assert archive.search_vectors(vector, 5, Filter("2025")).numbers.tolist() == []
    assert len(archive.search_vectors(vector, 5, Filter("2024")).numbers) == 5
    archive.close()
    assert find_faults(archive.folder) == []
    opened = Archive(archive.folder, FakeEncoder())
    with opened.indexes.shown() as shown:
        assert not shown.vectors.is_exact
    assert opened.search_vectors(vector, 5, Filter()).scores.tolist() == pytest.approx(exact)
    opened.close()
