import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.folder.database import Database
from embeddings.folder.schema import APPLICATION_ID
from embeddings.folder.snapshot import Snapshot, StoredPassage
from embeddings.identity import link_of, rank_of, scope_of
from embeddings.records import Origin, Prepared, content_of, digest
from embeddings.types import Article, Counts, Filter, Passage

ABOUT = {"encoder": "fake", "dimension": "2"}
TALKS = Article(
    "talks", "One. Two.", "Talks", "2022-10-19", "Azernews", "Ann Lee", "https://example.org/1", "talks.txt"
)
PLAIN = Article("plain", "Three 😀.", "Plain")


def stored(article: Article, *ranges: tuple[int, int]) -> Prepared:
    """An article with passages; the vector of each is its range."""
    passages = [Passage(article, start, end) for start, end in ranges]
    return Prepared(article, content_of(article), passages, np.array(ranges, dtype=np.float32).reshape(-1, 2))


@contextmanager
def state_of(database: Database) -> Iterator[Snapshot]:
    """The state that it is in now."""
    with closing(database.snapshot()) as state:
        yield state


def added(database: Database, generation: int) -> list[StoredPassage]:
    with state_of(database) as state:
        return list(state.added_since(generation))


def removed(database: Database, generation: int) -> list[int]:
    with state_of(database) as state:
        return state.removed_since(generation)


def passages(database: Database, *numbers: int) -> dict[int, Passage]:
    with state_of(database) as state:
        return state.passages(numbers)


def allowed(database: Database, only: Filter) -> list[int] | None:
    with state_of(database) as state:
        found = state.allowed(only)
        return None if found is None else found.numbers.tolist()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database.create(path, ABOUT)
    yield opened
    opened.close()


@pytest.fixture
def filled(database: Database) -> Database:
    """Generation 1: talks, passages 1 and 2; plain, passage 3."""
    database.store([stored(TALKS, (0, 4), (5, 9)), stored(PLAIN, (0, 8))])
    return database


def test_a_new_database_is_empty_and_remembers_what_it_is_about(database: Database) -> None:
    assert (database.meta("encoder"), database.meta("dimension")) == ("fake", "2")
    assert database.generation == 0
    assert database.counts() == Counts(0, 0)
    assert database.outlets() == []
    assert list(database.articles()) == []
    assert added(database, 0) == []
    assert removed(database, 0) == []


def test_two_new_databases_are_two_archives(tmp_path: Path) -> None:
    first, second = (Database.create(tmp_path / name, ABOUT) for name in ("a.sqlite", "b.sqlite"))
    with closing(first), closing(second):
        assert first.meta("archive") != second.meta("archive")


def test_stored_articles_come_back_whole_in_the_order_of_ids(filled: Database) -> None:
    assert list(filled.articles()) == [PLAIN, TALKS]
    assert filled.article("talks") == TALKS
    assert filled.counts() == Counts(2, 3)
    assert filled.outlets() == ["Azernews"]
    assert filled.generation == 1


def test_stored_passages_come_back_with_numbers_and_vectors(filled: Database) -> None:
    found = [(one.number, one.passage, one.vector.tolist()) for one in added(filled, 0)]
    assert found == [
        (1, Passage(TALKS, 0, 4), [0.0, 4.0]),
        (2, Passage(TALKS, 5, 9), [5.0, 9.0]),
        (3, Passage(PLAIN, 0, 8), [0.0, 8.0]),
    ]


def test_passages_by_numbers_leave_out_those_that_are_gone(filled: Database) -> None:
    assert passages(filled, 3, 2, 99) == {3: Passage(PLAIN, 0, 8), 2: Passage(TALKS, 5, 9)}
    assert passages(filled) == {}


def test_unknown_article_raises(filled: Database) -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled.article("nobody")


def test_storing_an_article_again_replaces_it_with_its_passages(filled: Database) -> None:
    changed = replace(TALKS, text="Four.", outlet="Gazette")
    filled.store([stored(changed, (0, 5))])
    assert filled.article("talks") == changed
    assert filled.counts() == Counts(2, 2)
    assert filled.generation == 2
    assert removed(filled, 1) == [1, 2]
    assert [(one.number, one.passage) for one in added(filled, 1)] == [(4, Passage(changed, 0, 5))]


def test_removing_takes_articles_and_passages(filled: Database) -> None:
    filled.remove(["talks"])
    assert list(filled.articles()) == [PLAIN]
    assert filled.counts() == Counts(1, 1)
    assert removed(filled, 1) == [1, 2]
    assert removed(filled, 2) == []


def test_numbers_are_never_used_again(filled: Database) -> None:
    filled.remove(["talks", "plain"])
    filled.store([stored(TALKS, (0, 4))])
    assert [one.number for one in added(filled, 0)] == [4]


def test_removing_one_that_is_unknown_removes_nothing(filled: Database) -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled.remove(["talks", "nobody"])
    assert filled.counts() == Counts(2, 3)
    assert filled.generation == 1


def test_a_transaction_that_fails_leaves_nothing(filled: Database) -> None:
    whole = stored(replace(TALKS, id="new"), (0, 4), (5, 9))
    with pytest.raises(ValueError, match="zip"):
        filled.store([stored(replace(PLAIN, text="Changed."), (0, 8)), replace(whole, vectors=whole.vectors[:1])])
    assert list(filled.articles()) == [PLAIN, TALKS]
    assert filled.generation == 1
    filled.store([])  # and the connection can write again
    assert filled.generation == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(TALKS, text="One. Two!"),
        replace(TALKS, title="Talk"),
        replace(TALKS, published="2022-10"),
        replace(TALKS, outlet=""),
        replace(TALKS, byline="Ann"),
        replace(TALKS, url=None),
        replace(TALKS, id="talk"),
        replace(TALKS, title="Talks" + TALKS.published, published=""),
    ],
)
def test_digest_changes_with_what_an_article_says(other: Article) -> None:
    assert digest(other) != digest(TALKS)


def test_digest_does_not_change_with_the_source() -> None:
    assert digest(replace(TALKS, source="elsewhere.txt")) == digest(TALKS)


def test_origins_are_those_of_the_stored(filled: Database) -> None:
    told_by = (rank_of(TALKS, content_of(TALKS)), link_of(TALKS), scope_of(TALKS))
    assert filled.origins(["talks", "nobody"]) == {"talks": Origin("talks.txt", digest(TALKS), *told_by)}
    assert filled.origins([]) == {}


@pytest.fixture
def dated(database: Database) -> Database:
    """Passages 1 to 5: a day, its month, its year, undated, another year; the outlets take turns."""
    dates = ("2022-10-19", "2022-10", "2022", "", "2023-01-01")
    articles = [Article(f"a{n}", "x", "t", date, ("Odd", "Even")[n % 2]) for n, date in enumerate(dates)]
    database.store([stored(article, (0, 1)) for article in articles])
    return database


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter("2022-10-19", "2022-10-19"), [1, 2, 3]),
        (Filter("2022-10-20", "2022-10-31"), [2, 3]),
        (Filter("2022-12-31", "2023-01-01"), [3, 5]),
        (Filter(published_from="2023"), [5]),
        (Filter(published_to="2022"), [1, 2, 3]),
        (Filter(published_to="2021"), []),
        (Filter("0001", "9999"), [1, 2, 3, 5]),
        (Filter(outlets=("Odd",)), [1, 3, 5]),
        (Filter(outlets=("odd",)), []),
        (Filter(outlets=("odd", "Odd")), [1, 3, 5]),
        (Filter("2022", "2022", ("Odd",)), [1, 3]),
    ],
    ids=str,
)
def test_allowed_are_those_that_pass_the_filter(dated: Database, only: Filter, expected: list[int]) -> None:
    assert allowed(dated, only) == expected


def test_a_filter_that_restricts_nothing_allows_all(dated: Database) -> None:
    assert allowed(dated, Filter()) is None


def test_outlets_are_sorted_and_each_once(dated: Database) -> None:
    assert dated.outlets() == ["Even", "Odd"]


def test_opened_again_it_holds_the_same(filled: Database, path: Path) -> None:
    with closing(Database(path)) as again:
        assert list(again.articles()) == [PLAIN, TALKS]
        assert again.meta("archive") == filled.meta("archive")
        assert again.generation == 1


def test_closing_leaves_one_file(path: Path) -> None:
    Database.create(path, ABOUT).close()
    assert [file.name for file in path.parent.iterdir()] == ["archive.sqlite"]


def test_a_half_made_draft_does_not_stand_in_the_way(path: Path) -> None:
    for ending in ("", "-journal", "-wal"):
        path.with_name(f"archive.draft{ending}").write_bytes(b"half")
    with closing(Database.create(path, ABOUT)) as database:
        assert database.generation == 0


def test_every_thread_reads_what_another_wrote(filled: Database) -> None:
    seen: list[Counts] = []
    thread = threading.Thread(target=lambda: seen.append(filled.counts()))
    thread.start()
    thread.join()
    assert seen == [Counts(2, 3)]


def test_a_state_stays_as_it_was_whatever_is_written_meanwhile(filled: Database) -> None:
    with state_of(filled) as before:
        filled.store([stored(replace(TALKS, text="Changed wholly."), (0, 15))])
        filled.remove(["plain"])
        assert before.passages([2, 3]) == {2: Passage(TALKS, 5, 9), 3: Passage(PLAIN, 0, 8)}
        assert (before.stamp.generation, before.counts()) == (1, Counts(2, 3))
    with state_of(filled) as after:
        assert list(after.passages([2, 3, 4])) == [4]
        assert (after.stamp.generation, after.counts()) == (3, Counts(1, 1))


DAMAGED = r"archive\.sqlite is damaged: .*; restore it from a copy, or see what can be saved with: pressmark check"
PAGE = 4096


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"archive\.sqlite is not a pressmark archive; name another folder with --archive"),
        (b"x" * 5000, DAMAGED),
        (b"SQLite format 3\0" + b"\xff" * 5000, DAMAGED),
    ],
    ids=["empty", "garbage", "only the first line"],
)
def test_opening_a_file_of_another_kind_raises(content: bytes, message: str, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        Database(path)


def test_opening_another_programs_database_raises(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    with pytest.raises(ValueError, match="is not a pressmark archive"):
        Database(path)


@pytest.mark.parametrize(
    ("version", "cure"),
    [(1, "an older one made it; delete the folder and index"), (5, "a newer one made it; install that one")],
)
def test_opening_another_schema_version_names_both(version: int, cure: str, database: Database, path: Path) -> None:
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(ValueError, match=f"has schema version {version}, this program reads 4: {cure}"):
        Database(path)


@pytest.mark.parametrize("left", [100, PAGE, PAGE + 7, 5 * PAGE])
def test_opening_a_truncated_file_raises(left: int, filled: Database, path: Path) -> None:
    filled.close()
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(ValueError, match=DAMAGED):
        Database(path)


@pytest.mark.parametrize("page", [1, 2], ids=["meta", "index of meta"])
def test_opening_a_file_whose_tables_are_overwritten_raises(page: int, filled: Database, path: Path) -> None:
    filled.close()
    content = path.read_bytes()
    path.write_bytes(content[: page * PAGE] + b"\0" * PAGE + content[(page + 1) * PAGE :])
    with pytest.raises(ValueError, match=DAMAGED):
        Database(path)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a list of the open files")
@pytest.mark.parametrize("content", [b"", b"x" * 5000])
def test_a_file_that_cannot_be_opened_is_not_kept_open(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"archive\.sqlite is"):
        Database(path)
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert str(path) not in [os.path.realpath(link) for link in links]


def test_the_file_says_whose_it_is(database: Database, path: Path) -> None:
    database.close()
    assert path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4, "big") == b"PRMK"
