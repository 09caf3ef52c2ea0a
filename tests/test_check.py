"""`pressmark check`, and what happens when a disk is damaged, full or may only be read."""

import errno
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from adding import add
from embeddings.folder import locks, sqlite
from embeddings.folder.archive import Archive
from embeddings.folder.check import KEYWORDS, VECTORS, Fault, find_faults
from embeddings.folder.database import Database
from embeddings.folder.locks import WriterLock
from embeddings.folder.sqlite import Connection
from embeddings.indexing.index import index_paths
from embeddings.types import Article, DamagedError, Filter, Stamp
from embeddings.vectors import VectorIndex
from fakes import FakeEncoder
from files_on_disk import flip_bit
from web.commands import main
from web_fakes import FakePipeline, app_over

pytestmark = pytest.mark.slow

ALL = Filter()
ARTICLES = [Article(f"a{n}", f"The treaty number {n} was signed. " * 30, f"Title {n}", "2022") for n in range(40)]
Run = Callable[..., Result]


@pytest.fixture
def folder(archive: Archive) -> Path:
    """A closed archive of two generations, whole."""
    add(archive, ARTICLES)
    add(archive, [Article("late", "A late treaty.", "Late")])
    archive.refresh()
    archive.close()
    return archive.folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("PRESSMARK_ARCHIVE", raising=False)
    return lambda *options: CliRunner().invoke(main, ["check", *options, "--archive", str(folder)])


def change(folder: Path, statement: str) -> None:
    """Do to the database what only a fault would do."""
    with closing(sqlite3.connect(folder / "archive.sqlite")) as connection, connection:
        connection.execute(statement)


def corrupt(folder: Path, table: str, statement: str) -> None:
    """Write to a table what its columns do not allow, as a flipped bit in a row's header does."""
    with closing(sqlite3.connect(folder / "archive.sqlite")) as connection, connection:
        (made,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        assert made.endswith(" STRICT")
        connection.execute("PRAGMA writable_schema = ON")
        for sql in (made.removesuffix(" STRICT"), made):
            connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))
            connection.execute(f"PRAGMA schema_version = {len(sql)}")
            if sql != made:
                connection.execute(statement)


def found(folder: Path, words: str = "treaty") -> list[set[str]]:
    """The texts that each leg finds."""
    with closing(Archive(folder, FakeEncoder())) as archive:
        legs = (
            archive.search_vectors(archive.encoder.encode_questions([words]), 1000, ALL),
            archive.search_keywords(words, 1000, ALL),
        )
        return [{passage.text for passage in archive.passages(leg.numbers).values()} for leg in legs]


def test_a_whole_archive_is_whole(run: Run, folder: Path) -> None:
    result = run()
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{folder} is whole\n", "")


def test_an_empty_archive_is_whole(archive: Archive) -> None:
    archive.close()
    assert find_faults(archive.folder) == []


@pytest.mark.parametrize("name", ["vectors.faiss", "keywords"])
def test_indexes_that_are_behind_or_gone_are_not_wrong(name: str, folder: Path) -> None:
    older = folder.parent / "older"
    shutil.copytree(folder, older)
    with closing(Database(folder / "archive.sqlite")) as database:
        database.remove(["a3"])
    assert find_faults(folder) == []
    path = folder / name
    (shutil.rmtree if path.is_dir() else os.unlink)(path)
    assert find_faults(folder) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('UPDATE passages SET "end" = 9999 WHERE number = 3', "is 0 to 9999 of "),
        ('UPDATE passages SET start = "end" WHERE number = 3', "is 543 to 543 of 960 characters"),
        ("UPDATE passages SET vector = zeroblob(256) WHERE number = 3", "has a vector of length 0.000, not 1"),
        ("UPDATE passages SET vector = zeroblob(8) WHERE number = 3", "has a vector of 8 bytes, not 256"),
        ("UPDATE passages SET generation = 9 WHERE number = 3", "is of generation 9, the archive of 2"),
        ("UPDATE articles SET text = text || '!' WHERE id = 'a2'", "article 'a2' is not what was stored"),
        ("DELETE FROM articles WHERE id = 'late'", "1 passages are of no article"),
    ],
)
def test_what_is_wrong_in_the_database_is_named(statement: str, said: str, run: Run, folder: Path) -> None:
    change(folder, statement)
    result = run()
    assert result.exit_code == 1
    assert result.stdout.startswith("database: ")
    assert said in result.stdout
    assert "the cure: pressmark check --repair" in result.stderr


def test_a_vector_that_is_not_a_number_is_wrong(folder: Path) -> None:
    blob = np.full(64, np.nan, dtype=np.float32).tobytes().hex()
    change(folder, f"UPDATE passages SET vector = x'{blob}' WHERE number = 3")
    assert "has a vector of length nan" in find_faults(folder)[0].what


def put_vectors(folder: Path, forget: int, alter: int, stamp: Stamp) -> None:
    """Write the vectors anew: one left out, one altered, one too many; the checksum is right."""
    index = VectorIndex.open(folder / "vectors.faiss", 64)
    numbers, vectors = index.held()
    made = VectorIndex(64, stamp)
    vectors[numbers.tolist().index(alter)] *= -1
    kept = numbers != forget
    made.add(np.append(numbers[kept], 999), np.vstack([vectors[kept], vectors[:1]]))
    made.save(folder / "vectors.faiss")


def test_vectors_that_are_not_the_databases_are_named_and_built_anew(run: Run, folder: Path) -> None:
    expected = found(folder)
    with closing(Database(folder / "archive.sqlite")) as database:
        stamp = Stamp(database.meta("archive"), database.generation)
    put_vectors(folder, 5, 7, stamp)
    said = [fault.what for fault in find_faults(folder)]
    assert said == [
        "1 passage is not in the index of vectors, as 5",
        "1 passage in the index of vectors is not in the database, as 999",
        "the vector of passage 7 is not the one in the database",
    ]
    result = run("--repair")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, f"{folder} is whole again")
    assert find_faults(folder) == []
    assert found(folder) == expected


@pytest.mark.parametrize("part", [VECTORS, KEYWORDS])
def test_a_damaged_index_is_named_and_built_anew(part: str, run: Run, folder: Path) -> None:
    expected = found(folder)
    path = folder / "vectors.faiss" if part == VECTORS else next((folder / "keywords").glob("*.store"))
    flip_bit(path, path.stat().st_size // 2)
    [fault] = find_faults(folder)
    assert (fault.part, fault.cure) == (part, "pressmark check --repair")
    assert "damaged" in fault.what
    assert run("--repair").exit_code == 0
    assert found(folder) == expected


def test_keywords_that_miss_a_passage_are_named(folder: Path) -> None:
    with closing(Archive(folder, FakeEncoder())) as archive:
        stamp = archive.indexes.stamp
        with archive.indexes.shown() as shown:
            shown.keywords.update([4], [], stamp)
    assert find_faults(folder) == [Fault(KEYWORDS, "1 passage is not in the index of keywords, as 4")]


def test_check_waits_for_no_writer_and_says_who_it_is(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.05)
    with WriterLock(folder).held():
        result = run()
    assert result.exit_code == 2
    assert f"another process (process {os.getpid()} on " in result.stderr


# --- a damaged database -----------------------------------------------------------------------------------------------

PAGE = 4096


def damage(folder: Path, table: str) -> None:
    """Overwrite pages of a table that opening the archive does not read."""
    path = folder / "archive.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        roots = {root for (root,) in connection.execute("SELECT rootpage FROM sqlite_schema")}
        count = connection.execute("PRAGMA page_count").fetchone()[0]
    content = bytearray(path.read_bytes())
    marks = {"articles": b"was signed. The treaty number 17 was"}
    pages = [page for page in range(1, count + 1) if marks[table] in content[(page - 1) * PAGE : page * PAGE]]
    for page in set(pages) - roots:
        content[(page - 1) * PAGE : page * PAGE] = b"\xa5" * PAGE
    path.write_bytes(content)


def test_damage_that_only_a_search_meets_says_what_to_do(folder: Path) -> None:
    damage(folder, "articles")
    with closing(Archive(folder, FakeEncoder())) as archive:
        ranking = archive.search_keywords("treaty", 1000, ALL)
        with pytest.raises(DamagedError, match=r"archive\.sqlite is damaged: .*; restore .*: pressmark check"):
            archive.passages(ranking.numbers)


def test_articles_of_a_damaged_database_are_saved_and_can_be_indexed_anew(run: Run, folder: Path) -> None:
    damage(folder, "articles")
    assert run().exit_code == 1
    result = run("--repair")
    assert result.exit_code == 1
    path = folder.with_name("archive-saved-1.jsonl")
    saved = [json.loads(line) for line in path.read_text().splitlines()]
    assert 0 < len(saved) < 41
    known = {article.id: article.text for article in ARTICLES} | {"late": "A late treaty."}
    assert all(known[record["id"]] == record["text"] for record in saved)
    assert f"{len(saved)} articles saved to {path}; {41 - len(saved)} article" in result.stderr
    assert f"pressmark index {path} --archive {folder}" in result.stderr
    with closing(Archive.create(folder.with_name("anew"), FakeEncoder())) as anew:
        assert index_paths(anew, [path], lambda _: None).added == len(saved)


def test_saving_again_overwrites_nothing(run: Run, folder: Path) -> None:
    damage(folder, "articles")
    run("--repair")
    run("--repair")
    names = sorted(path.name for path in folder.parent.glob("*.jsonl"))
    assert names == ["archive-saved-1.jsonl", "archive-saved-2.jsonl"]


@pytest.mark.parametrize(("path", "type_"), [("/", "text/html"), ("/api/v1/ask", "application/problem+json")])
def test_the_server_says_that_the_archive_is_damaged(path: str, type_: str) -> None:
    pipeline = FakePipeline(failure=DamagedError("/home/keeper/archive.sqlite is damaged: malformed"))
    name = "q" if path == "/" else "question"
    response = app_over(pipeline).test_client().get(path, query_string={name: "Who signed it?"})
    assert response.status_code == 503
    assert response.content_type.startswith(type_)
    assert "pressmark check" in response.text
    assert "/home/keeper" not in response.text


# --- a full disk, a folder that may only be read ----------------------------------------------------------------------


def test_a_full_disk_says_so_and_loses_nothing(archive: Archive) -> None:
    add(archive, ARTICLES)
    archive.refresh()
    connection = archive.store.connection
    pages = connection.first("PRAGMA page_count")
    connection.run(f"PRAGMA max_page_count = {(pages or (0,))[0] + 2}")
    with pytest.raises(OSError, match="the disk is full; free some space") as caught:
        add(archive, [Article("big", "Many more words follow here. " * 3000, "Big")])
    assert caught.value.errno == errno.ENOSPC
    connection.run("PRAGMA max_page_count = 1000000")
    add(archive, [Article("small", "One more treaty.", "Small")])
    archive.refresh()
    assert archive.store.counts().articles == 41
    archive.close()
    assert find_faults(archive.folder) == []


def test_caches_that_cannot_be_written_fail_no_question(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add(archive, ARTICLES)
    archive.refresh()
    add(archive, [Article("new", "A new treaty.", "New")])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("embeddings.keywords.index.KeywordIndex.write", full)
        with pytest.raises(OSError, match="No space left"):
            archive.refresh()
        with archive.one_generation():
            ranking = archive.search_keywords("treaty", 1000, ALL)
            assert len({passage.article.id for passage in archive.passages(ranking.numbers).values()}) == 40
        assert "the indexes stay as they were" in caplog.text
    archive.refresh()
    assert "new@0" in {one.id for one in archive.passages(archive.search_keywords("new", 9, ALL).numbers).values()}


@pytest.fixture
def read_only(folder: Path) -> Iterator[Path]:
    """The archive in a folder that this process may only read, also if the tests are run by root."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "archive"
        shutil.copytree(folder, path)
        Path(temporary).chmod(0o755)
        for each in [*path.rglob("*"), path]:
            each.chmod(0o555 if each.is_dir() else 0o444)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        yield path
        if root:
            os.seteuid(0)
        for each in [path, *path.rglob("*")]:
            each.chmod(0o755)


@pytest.mark.parametrize("without", ["", "vectors.faiss", "keywords"])
def test_a_folder_that_may_only_be_read_is_searched(without: str, folder: Path, request: pytest.FixtureRequest) -> None:
    expected = found(folder)
    if without:
        path = folder / without
        (shutil.rmtree if path.is_dir() else os.unlink)(path)
    only_read: Path = request.getfixturevalue("read_only")
    before = sorted(only_read.rglob("*"))
    assert found(only_read) == expected
    assert find_faults(only_read) == []
    assert sorted(only_read.rglob("*")) == before


def test_writing_to_a_folder_that_may_only_be_read_says_so(read_only: Path) -> None:
    with (
        closing(Archive(read_only, FakeEncoder())) as archive,
        pytest.raises(PermissionError, match="may only be read; give this user the right to write to it"),
    ):
        add(archive, [Article("new", "Something new.", "New")])
    result = CliRunner().invoke(main, ["remove", "a1", "--yes", "--archive", str(read_only)])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "may only be read" in result.stderr


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (sqlite3.SQLITE_FULL, OSError, "the disk is full"),
        (sqlite3.SQLITE_IOERR_READ, OSError, "see to the disk"),
        (sqlite3.SQLITE_READONLY_DBMOVED, PermissionError, "the right to write"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, TimeoutError, "another process keeps"),
        (sqlite3.SQLITE_CORRUPT_INDEX, DamagedError, "pressmark check"),
    ],
)
def test_errors_of_sqlite_say_what_to_do(code: int, kind: type[Exception], said: str) -> None:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    plain = sqlite.plain_error(Path("archive.sqlite"), error)
    assert type(plain) is kind
    assert said in str(plain)


def test_a_mistake_of_ours_stays_what_it_is(folder: Path) -> None:
    connection = Connection(folder / "archive.sqlite")
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.first("SELECT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET text = replace(text, '2 was', '3 was') WHERE id = 'a2'",
        "UPDATE articles SET text = CAST(x'c328' AS TEXT) WHERE id = 'a2'",
        "UPDATE articles SET title = CAST(x'80' AS TEXT) WHERE id = 'a2'",
        "UPDATE articles SET outlet = x'00' WHERE id = 'a2'",
    ],
    ids=["another digit", "not UTF-8", "half a letter", "bytes"],
)
def test_an_article_that_is_not_what_was_stored_is_never_shown_and_the_others_are_saved(
    statement: str, folder: Path, run: Run
) -> None:
    corrupt(folder, "articles", statement)
    with closing(Database(folder / "archive.sqlite")) as database:
        with pytest.raises(DamagedError, match="pressmark check"):
            database.article("a2")
        assert database.article("a3") == ARTICLES[3]
    result = run("--repair")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "40 articles saved" in result.output
    assert "1 article could not be read whole" in result.output


@pytest.mark.parametrize("value", ["one", "", "1.5"])
def test_a_generation_that_is_no_number_is_damage(value: str, folder: Path, run: Run) -> None:
    change(folder, f"UPDATE meta SET value = '{value}' WHERE key = 'generation'")
    result = run()
    assert result.exit_code == 1
    assert "damaged" in result.output


@pytest.mark.parametrize("column", ["start", '"end"', "generation", "vector"])
def test_a_passage_of_another_type_is_a_fault(column: str, folder: Path) -> None:
    corrupt(folder, "passages", f"UPDATE passages SET {column} = 'x' WHERE number = 3")
    assert "passage 3 of article 'a1' is not what was stored" in [fault.what for fault in find_faults(folder)]


def test_a_passage_whose_article_is_gone_is_damage(folder: Path) -> None:
    change(folder, "UPDATE passages SET article = 9999 WHERE number = 3")
    with (
        closing(Database(folder / "archive.sqlite")) as database,
        closing(database.snapshot()) as state,
        pytest.raises(DamagedError, match=r"it has no article number 9999; .*pressmark check"),
    ):
        state.passages([3])


@pytest.mark.parametrize("key", ["splitting", "encoder", "archive"])
def test_what_an_archive_says_of_its_making_is_checked(key: str, folder: Path) -> None:
    corrupted = "120 word pieces, 1 sentence overlap, v3" if key == "splitting" else "fbke"
    change(folder, f"UPDATE meta SET value = '{corrupted}' WHERE key = '{key}'")
    [fault] = find_faults(folder)
    assert (fault.part, "of its making is not what was stored" in fault.what) == ("database", True)


def test_archive_whose_splitting_was_damaged_is_said_to_be_damaged(folder: Path) -> None:
    change(folder, "UPDATE meta SET value = '121 word pieces' WHERE key = 'splitting'")
    with pytest.raises(DamagedError, match=r"is damaged: what it says of its making .* pressmark check"):
        Archive(folder, FakeEncoder())
