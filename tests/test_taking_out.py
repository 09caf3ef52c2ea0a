"""What was read in a place or a batch: named when it is indexed, taken out, and gone from every file then."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from embeddings.folder.archive import Archive
from fakes import FakeEncoder
from files_on_disk import put
from web.commands import main

pytestmark = pytest.mark.slow

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("PRESSMARK_ARCHIVE", "PRESSMARK_ENCODER", "PRESSMARK_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("embeddings.commands.load_encoder", lambda *_: FakeEncoder())

    def invoke(*words: Path | str, typed: str = "") -> Result:
        return CliRunner().invoke(main, [*map(str, words), "--archive", str(folder)], input=typed)

    return invoke


def stored(folder: Path) -> dict[str, str]:
    """The texts in an archive, by id."""
    with closing(Archive(folder, FakeEncoder())) as archive:
        return {article.id: article.text for article in archive.store.articles()}


def lines(*records: dict[str, object]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def test_the_outlet_that_is_said_is_that_of_articles_without_one(run: Run, folder: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", lines({"text": "It rained."}, {"text": "It snowed.", "outlet": "Post"}))
    assert run("index", path, "--outlet", " Gazette ").exit_code == 0
    with closing(Archive(folder, FakeEncoder())) as archive:
        found = {article.text: article.outlet for article in archive.store.articles()}
    assert found == {"It rained.": "Gazette", "It snowed.": "Post"}


@pytest.mark.parametrize("option", ["--outlet", "--collection"])
def test_ids_of_two_batches_are_two_articles_each(option: str, run: Run, folder: Path, tmp_path: Path) -> None:
    for name, text in (("one", "It rained."), ("two", "It snowed.")):
        path = put(tmp_path / "in" / f"{name}.jsonl", lines({"id": 1, "title": "Weather", "text": text}))
        run("index", path, option, name)
    assert sorted(stored(folder).values()) == ["It rained.", "It snowed."]
    assert "1" in stored(folder)


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("below", ["", "a.jsonl"])
def test_what_was_read_in_a_place_is_removed_even_if_that_is_gone(
    gone: bool, below: str, run: Run, folder: Path, tmp_path: Path
) -> None:
    path = put(tmp_path / "in" / "a.jsonl", lines({"text": "It rained."}, {"text": "It snowed."}))
    run("index", tmp_path / "in", put(tmp_path / "inner.txt", "It hailed."))
    if gone:
        path.unlink()
        path.parent.rmdir()
    would = run("remove", "--from-file", tmp_path / "in" / below, "--dry-run")
    assert would.stdout.endswith(f"{folder}: 2 articles would be removed\n")
    assert len(stored(folder)) == 3
    assert run("remove", "--from-file", tmp_path / "in" / below, "--yes").exit_code == 0
    assert list(stored(folder).values()) == ["It hailed."]
    assert run("remove", "--from-file", tmp_path / "in" / below, "--yes").exit_code == 1


def test_an_article_that_was_read_elsewhere_too_goes_on_as_that(run: Run, folder: Path, tmp_path: Path) -> None:
    run("index", put(tmp_path / "one" / "a.txt", "It rained."), "--collection", "first")
    run("index", put(tmp_path / "two" / "b.txt", "It rained."), "--collection", "second")
    would = run("remove", "--collection", "first", "--dry-run")
    assert would.stderr == "1 article read elsewhere, too, will go on as read there\n"
    assert run("remove", "--collection", "first", "--yes").stdout == f"{folder}: 0 articles removed\n"
    assert stored(folder) == {"b": "It rained."}
    assert run("remove", "--collection", "second", "--yes").exit_code == 0
    assert stored(folder) == {}


@pytest.mark.parametrize("words", [[], ["a", "--collection", "b"], ["--from-file", "a", "--outlet", "b"]])
def test_remove_wants_one_way_of_naming(words: list[str], run: Run) -> None:
    assert run("remove", *words).exit_code == 2


SECRET = "Zyzzyvaville Quetzalcoatlus Xylophonist"


@pytest.mark.parametrize("how", ["remove", "prune", "changed"])
def test_nothing_of_removed_text_is_left_in_any_file(how: str, run: Run, folder: Path, tmp_path: Path) -> None:
    put(tmp_path / "in" / "stays.txt", "It rained. " * 50)
    secret = put(tmp_path / "in" / "goes.txt", f"{SECRET} said so. " * 50)
    run("index", tmp_path / "in")
    assert any(mark in read_all(folder) for mark in marks())
    if how == "remove":
        run("remove", "goes", "--yes")
    elif how == "prune":
        secret.unlink()
        run("index", tmp_path / "in", "--prune")
    else:
        put(secret, "It was all withdrawn.")
        run("index", tmp_path / "in")
    assert [mark for mark in marks() if mark in read_all(folder)] == []


def marks() -> list[bytes]:
    return [each for word in SECRET.split() for each in (word.encode(), word.lower()[:8].encode())]


def read_all(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_prune_of_a_folder_that_is_gone_says_how(run: Run, tmp_path: Path) -> None:
    result = run("index", tmp_path / "gone", "--prune")
    assert result.exit_code == 1
    assert f"pressmark remove --from-file {tmp_path / 'gone'}" in result.stderr


def test_standard_input_is_read(run: Run, folder: Path) -> None:
    result = run("index", "-", "--format", "jsonl", typed=lines({"text": "It rained."}, {"no": "text"}))
    assert list(stored(folder).values()) == ["It rained."]
    assert "standard-input-" in result.stderr
    assert "#2: " in result.stderr
    run("index", "-", "--format", ".csv", typed="title,text\nSnow,It snowed.\n")
    assert sorted(stored(folder).values()) == ["It rained.", "It snowed."]


@pytest.mark.parametrize(
    "words", [["-"], ["-", "--format", "exe"], ["-", "x", "--format", "txt"], ["-", "--format", "txt", "--prune"]]
)
def test_standard_input_wants_a_format_and_nothing_beside_it(words: list[str], run: Run) -> None:
    assert run("index", *words, typed="It rained.").exit_code == 2


def test_everything_unread_is_written_and_the_screen_says_where(run: Run, tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", "{broken\n" * 25 + lines({"text": "It rained."}))
    put(tmp_path / "b.exe", "x")
    unread = tmp_path / "unread.jsonl"
    result = run("index", path, tmp_path / "b.exe", "--unread", unread)
    found = [json.loads(line) for line in unread.read_text().splitlines()]
    assert len(found) == 26
    assert (found[0]["file"], found[0]["place"]) == (str(path), "1")
    assert found[0]["reason"].startswith("is not valid JSON")
    assert (found[-1]["file"], found[-1]["place"]) == (str(tmp_path / "b.exe"), "")
    assert f"not read: 6 more; all of them are in {unread}\n" in result.stderr
    assert result.stderr.endswith("1 article without a date\n")
    again = run("index", path, tmp_path / "b.exe")
    assert "not read: 6 more; name a file for all of them with --unread FILE\n" in again.stderr


def test_what_was_left_out_for_a_newer_version_is_counted_and_named(run: Run, tmp_path: Path) -> None:
    new = put(tmp_path / "a.jsonl", lines({"id": 1, "outlet": "Post", "text": "New.", "date": "2022-10-20"}))
    old = put(tmp_path / "b.jsonl", lines({"id": 1, "outlet": "Post", "text": "Old.", "date": "2022-10-19"}))
    result = run("index", new, old, "--unread", tmp_path / "unread")
    assert "1 older version left out: a newer one is in the archive\n" in result.stdout
    assert f"left out: {old}#1: is left out: a newer version of it is stored, 1\n" in result.stderr
    assert json.loads((tmp_path / "unread").read_text())["place"] == "1"
