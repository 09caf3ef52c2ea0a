"""`pressmark list`, `info` and `remove`."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adding import add
from embeddings.folder.archive import Archive
from embeddings.folder.database import Database
from embeddings.folder.overview import Gap, longest_gaps
from embeddings.types import Article, Filter
from fakes import FakeEncoder
from web.commands import main

ARTICLES = [
    Article("a", "The treaty was signed.", "Treaty signed", "2022-10-19", "Azernews", "Ann Lee", None, "in/a.txt"),
    Article("b/1", "It rained.", "Rain", "2022-11", "Gazette"),
    Article("c", "It snowed.", "Snow", "2021-01-05", "Azernews"),
    Article("d", "Nobody knows when.", "Undated", "", "Azernews"),
    Article("e", "Some time that year.", "Year", "2021", ""),
]

Run = Callable[..., Result]


@pytest.fixture
def folder(archive: Archive) -> Path:
    add(archive, ARTICLES)
    archive.refresh()
    archive.close()
    return archive.folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("PRESSMARK_ARCHIVE", raising=False)

    def invoke(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, [*words, "--archive", str(folder)], input=typed)

    return invoke


def ids(folder: Path) -> list[str]:
    """The ids of the articles, after it was seen that both indexes find just these."""
    with closing(Archive(folder, FakeEncoder())) as archive:
        found = [article.id for article in archive.store.articles()]
        vector = archive.encoder.encode_questions(["treaty"])
        passages = archive.passages(archive.search_vectors(vector, 99, Filter()).numbers)
        assert sorted(passage.article.id for passage in passages.values()) == found
        assert len(archive.search_keywords("treaty rained snowed nobody time", 99, Filter()).numbers) == len(found)
    return found


def test_list_is_by_date_the_undated_first(run: Run) -> None:
    result = run("list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split("\t")[-1] for line in result.stdout.splitlines()] == ["d", "c", "e", "a", "b/1"]
    assert "2022-11\tGazette\tRain\tb/1\n" in result.stdout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--outlet", "Azernews"], ["d", "c", "a"]),
        (["--outlet", "Azernews", "--outlet", "Gazette"], ["d", "c", "a", "b/1"]),
        (["--from", "2022"], ["a", "b/1"]),
        (["--to", "2021-06"], ["c", "e"]),
        (["--from", "2022-11-30", "--to", "2022-12"], ["b/1"]),
    ],
)
def test_list_filters_as_ask_does(options: list[str], expected: list[str], run: Run) -> None:
    assert [line.split("\t")[-1] for line in run("list", *options).stdout.splitlines()] == expected


def test_list_as_json_lines(run: Run) -> None:
    first, *_ = [json.loads(line) for line in run("list", "--json", "--from", "2022").stdout.splitlines()]
    assert first == {
        "id": "a",
        "title": "Treaty signed",
        "published": "2022-10-19",
        "outlet": "Azernews",
        "byline": "Ann Lee",
        "url": None,
        "source": "in/a.txt",
        "family": 1,
        "copies": 0,
        "places": ["in/a.txt"],
        "withdrawn": "",
        "embargo": "",
    }


def test_a_full_disk_behind_the_output_is_told_as_that(folder: Path) -> None:
    command = [sys.executable, "-c", "from web.commands import main; main()", "list", "--archive", str(folder)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE)
    assert done.stderr.startswith(b"Error: what is printed cannot be written: No space left on device\n")
    assert done.returncode == 2


def test_list_of_nothing_says_so(run: Run, folder: Path) -> None:
    result = run("list", "--outlet", "Nobody")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: no article in {folder} is like that; what there is, says: pressmark info\n"


@pytest.mark.parametrize(("option", "value"), [("--from", "soon"), ("--to", "2022-13")])
def test_list_refuses_what_is_no_date(option: str, value: str, run: Run) -> None:
    result = run("list", option, value)
    assert result.exit_code == 2
    assert "is not a date; write it as 2022" in result.stderr


@pytest.mark.parametrize("words", [["list"], ["info"], ["remove", "a", "--yes"]], ids=lambda words: words[0])
def test_without_an_archive_it_is_said_how_to_make_one(words: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [*words, "--archive", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    folder = f"{tmp_path}/nowhere"
    assert f"no archive in {folder}; make one with: pressmark index PATH... --archive {folder}" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_list_yields_the_first_before_it_has_read_the_last(folder: Path) -> None:
    with (
        closing(Database(folder / "archive.sqlite")) as database,
        closing(Database(folder / "archive.sqlite")) as other,
    ):
        entries = database.entries(Filter())
        assert next(entries).id == "d"
        other.remove(["b/1"])  # the list stays as it began
        assert [entry.id for entry in entries] == ["c", "e", "a", "b/1"]


def test_info_in_json(run: Run) -> None:
    found = json.loads(run("info", "--json").stdout)
    sizes = found.pop("sizes")
    assert found == {
        "articles": 5,
        "passages": 5,
        "outlets": {"Azernews": 3, "": 1, "Gazette": 1},
        "languages": {"": 5},
        "first": "2021",
        "last": "2022-11",
        "undated": 1,
        "gaps": [{"first": "2021-01-06", "last": "2022-10-18", "days": 651}],
        "withdrawn": 0,
        "embargoed": 0,
        "copies": 0,
        "families": 0,
        "encoder": "fake",
        "dimension": 64,
        "splitting": "120 word pieces, 1 sentence overlap, v2",
        "generation": 1,
        "health": {"vectors": "up to date", "keywords": "up to date"},
    }
    assert all(sizes[name] > 0 for name in ("database", "vectors", "keywords"))


def test_info_in_words(run: Run) -> None:
    said = run("info").stdout
    assert "articles      5\n" in said
    assert "outlets       Azernews (3), unknown (1), Gazette (1)\n" in said
    assert "dates         2021 to November 2022; 1 undated\n" in said
    assert "longest gaps  6 January 2021 to 18 October 2022 (651 days)\n" in said


def test_info_of_an_empty_archive(archive: Archive) -> None:
    archive.close()
    result = CliRunner().invoke(main, ["info", "--archive", str(archive.folder)])
    assert result.exit_code == 0
    assert "dates         none; 0 undated\n" in result.stdout


def test_info_says_that_an_index_is_behind_or_gone(run: Run, folder: Path) -> None:
    with closing(Database(folder / "archive.sqlite")) as database:
        database.remove(["a"])
    (folder / "keywords" / "stamp.json").unlink()
    health = json.loads(run("info", "--json").stdout)["health"]
    assert health == {"vectors": "1 generation behind", "keywords": "to be built"}


def test_gaps_are_between_days_longest_first() -> None:
    dates = ["2022-01-01", "2022-01-02", "2022-01-10", "2022-02", "2022-01-12", "2022-02-20", "2022-02-20"]
    assert longest_gaps(dates) == (
        Gap("2022-01-13", "2022-02-19", 38),
        Gap("2022-01-03", "2022-01-09", 7),
        Gap("2022-01-11", "2022-01-11", 1),
    )
    assert longest_gaps(["0001-01-01", "9999-12-31"]) == (Gap("0001-01-02", "9999-12-30", 3652057),)
    assert longest_gaps([]) == ()


def test_remove_by_id_asks_and_says_what_went(run: Run, folder: Path) -> None:
    result = run("remove", "b/1", typed="y\n")
    assert (result.exit_code, result.stdout) == (0, f"{folder}: 1 article removed\n2022-11\tGazette\tRain\tb/1\n")
    assert f"Remove 1 article from {folder}?" in result.stderr
    assert ids(folder) == ["a", "c", "d", "e"]


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_remove_without_a_yes_removes_nothing(typed: str, run: Run, folder: Path) -> None:
    assert run("remove", "a", typed=typed).exit_code == 1
    assert ids(folder) == ["a", "b/1", "c", "d", "e"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--outlet", "Azernews"], ["b/1", "e"]),
        (["--before", "2022"], ["a", "b/1", "d"]),
        (["--before", "2021-12-31"], ["a", "b/1", "d", "e"]),
        (["--before", "2022-10-20", "--outlet", "Azernews"], ["b/1", "d", "e"]),
        (["a", "a", "d"], ["b/1", "c", "e"]),
    ],
)
def test_remove_takes_what_was_named(options: list[str], left: list[str], run: Run, folder: Path) -> None:
    assert run("remove", *options, "--yes").exit_code == 0
    assert ids(folder) == left


def test_remove_of_an_unknown_id_removes_nothing(run: Run, folder: Path) -> None:
    result = run("remove", "a", "nobody", "--yes")
    assert result.exit_code == 1
    assert result.stderr == "Error: there is no article 'nobody'; nothing was removed\n"
    assert ids(folder) == ["a", "b/1", "c", "d", "e"]


@pytest.mark.parametrize("words", [[], ["a", "--outlet", "Azernews"], ["a", "--before", "2022"]])
def test_remove_needs_either_ids_or_options(words: list[str], run: Run) -> None:
    result = run("remove", *words, "--yes")
    assert result.exit_code == 2
    assert "either ids, or --outlet or --before or both" in result.stderr
