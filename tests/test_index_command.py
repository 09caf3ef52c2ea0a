import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from conftest import SEEDS
from embeddings.command_line import SHOWN
from embeddings.commands import index
from embeddings.folder import locks
from embeddings.folder.archive import Archive
from embeddings.folder.paths import exists
from fakes import FakeEncoder
from files_on_disk import put
from pdf_layouts import LAYOUTS


class OtherEncoder(FakeEncoder):
    """Same vectors, another name."""

    name = "other"


Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the archive goes."""
    return tmp_path / "archive"


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command with the fake encoder and no settings from outside."""
    for name in ("PRESSMARK_ARCHIVE", "PRESSMARK_ENCODER", "PRESSMARK_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("embeddings.commands.load_encoder", lambda *_: FakeEncoder())

    def invoke(*arguments: Path | str) -> Result:
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(index, [*words] if "--archive" in words else [*words, "--archive", str(folder)])

    return invoke


def stored(folder: Path) -> list[str]:
    """The texts in an archive."""
    archive = Archive(folder, FakeEncoder())
    texts = sorted(article.text for article in archive.store.articles())
    archive.close()
    return texts


def test_seeds_are_added_and_counted(run: Run, folder: Path) -> None:
    result = run(SEEDS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{folder}: 2 articles read: 2 added, 0 changed, 0 unchanged; 0 not read\n"
    assert len(stored(folder)) == 2


def test_the_second_time_nothing_changes_and_it_says_so(run: Run, folder: Path) -> None:
    run(SEEDS)
    result = run(SEEDS)
    assert result.exit_code == 0
    assert result.stdout == f"{folder}: 2 articles read: 0 added, 0 changed, 2 unchanged; 0 not read\n"


def test_one_article_is_one_article(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run(put(tmp_path / "a.txt", "The treaty was signed."))
    assert result.stdout == f"{folder}: 1 article read: 1 added, 0 changed, 0 unchanged; 0 not read\n"


def test_a_changed_article_is_changed(run: Run, tmp_path: Path) -> None:
    run(put(tmp_path / "a.txt", "The treaty was signed."))
    assert "0 added, 1 changed, 0 unchanged" in run(put(tmp_path / "a.txt", "The treaty was broken.")).stdout


def test_no_such_path_is_said_and_makes_no_archive(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run(SEEDS, tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"Error: {tmp_path / 'nowhere'} does not exist; give a file or a folder of articles\n"
    assert not exists(folder)


def test_an_empty_folder_is_nothing_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(tmp_path / "empty")
    assert result.exit_code == 1
    assert result.stderr == f"Error: no article was found in {tmp_path / 'empty'}\n"


def test_no_path_at_all_is_wrong_use(run: Run) -> None:
    result = run()
    assert result.exit_code == 2
    assert "Missing argument 'PATHS...'" in result.stderr


def test_a_binary_file_named_txt_is_named_with_the_reason(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    result = run(path)
    assert result.exit_code == 1
    assert f"not read: {path}: looks like a binary file\n" in result.stderr
    assert f"Error: no article was found in {path}\n" in result.stderr


def test_a_broken_line_among_good_ones_is_named_and_the_rest_goes_in(run: Run, folder: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"text": "One."}\n{"text": \n{"text": "Three."}\n{"title": "no text"}\n')
    result = run(path)
    assert result.exit_code == 0
    assert result.stdout == f"{folder}: 2 articles read: 2 added, 0 changed, 0 unchanged; 2 not read\n"
    first, second, third = result.stderr.splitlines()
    assert first.startswith(f"not read: {path}#2: is not valid JSON: Expecting value")
    assert second.startswith(f"not read: {path}#4: holds no text")
    assert third == "2 articles without a date"
    assert stored(folder) == ["One.", "Three."]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("big.txt", "holds 104,857,600 bytes, more than 20,000,000; split it, or write it as JSON Lines"),
        ("big.html", "holds 104,857,600 bytes, more than 20,000,000; split it, or write it as JSON Lines"),
        ("big.json", "holds 104,857,600 bytes, more than 20,000,000; split it, or write it as JSON Lines"),
        ("big.jsonl", "looks like a binary file"),
        ("big.pdf", "is no PDF or is damaged: "),
        ("big.xlsx", "has the suffix '.xlsx', which is none of .txt, .md"),
    ],
)
def test_a_file_of_100_megabytes_is_refused_and_the_rest_goes_in(
    name: str, reason: str, run: Run, folder: Path, tmp_path: Path
) -> None:
    put(tmp_path / "in" / "a.txt", "The treaty was signed.")
    with (tmp_path / "in" / name).open("wb") as file:
        file.truncate(100 << 20)
    result = run(tmp_path / "in")
    assert result.exit_code == 0
    assert result.stderr.startswith(f"not read: {tmp_path / 'in' / name}: {reason}")
    assert stored(folder) == ["The treaty was signed."]


def test_a_newsroom_s_field_names_are_given(run: Run, folder: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "export.csv", "headline_main,story\nRain,It rained.\n")
    assert run(path, "--field", "title=headline_main", "--field", "text=story").exit_code == 0
    assert stored(folder) == ["It rained."]


def test_an_encoding_that_is_said_goes_before_the_guess(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("A\u011f.".encode("cp1254"))
    assert run(path, "--encoding", "cp1254").exit_code == 0
    assert stored(folder) == ["A\u011f."]


def test_an_encoding_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    result = run(put(tmp_path / "a.txt", "Text."), "--encoding", "cp9999")
    assert result.exit_code != 0
    assert "--encoding 'cp9999' is no known encoding; cp1254 and utf-8 are" in result.stderr


def test_a_field_that_is_none_is_refused_with_those_there_are(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run(put(tmp_path / "a.json", "{}"), "--field", "titel=headline")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: --field 'titel=headline': there is no field 'titel'; fields are text, title, published, outlet, "
        "byline, url, id\n"
    )
    assert not exists(folder)


def test_an_empty_file_is_named(run: Run, tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", "")
    assert f"not read: {path}: is empty\n" in run(path).stderr


def test_a_page_without_text_is_named(run: Run, tmp_path: Path) -> None:
    path = put(tmp_path / "a.html", "<html><head><title>Nothing</title></head><body></body></html>")
    result = run(path)
    assert result.exit_code == 1
    assert f"not read: {path}: the page holds no article text\n" in result.stderr


def test_a_script_in_title_and_text_is_text(run: Run, folder: Path, tmp_path: Path) -> None:
    text = "He said <script>alert(1)</script> twice."
    assert run(put(tmp_path / "a.txt", f"<script>alert(0)</script>\n\n{text}")).exit_code == 0
    assert stored(folder) == [text]


def test_many_unread_are_named_up_to_a_number(run: Run, tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"text": "One."}\n' + "{\n" * (SHOWN + 1005))
    result = run(path)
    said = result.stderr.splitlines()
    assert len(said) == SHOWN + 2
    assert said[-2] == "not read: 1,005 more; name a file for all of them with --unread FILE"
    assert said[-1] == "1 article without a date"
    assert "1,025 not read" in result.stdout


@pytest.mark.parametrize("kind", ["other things", "a file", "below a file"])
def test_an_archive_folder_that_is_not_one_is_refused(kind: str, run: Run, tmp_path: Path) -> None:
    letter = put(tmp_path / "home" / "letter.txt", "Dear")
    folder = {"other things": letter.parent, "a file": letter, "below a file": letter / "archive"}[kind]
    result = run(SEEDS, "--archive", folder)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert str(folder) in result.stderr
    assert result.stderr.count("\n") == 1
    assert [path.name for path in letter.parent.iterdir()] == ["letter.txt"]
    assert letter.read_text() == "Dear"


@pytest.mark.parametrize("kind", ["other things", "a file"])
def test_an_archive_folder_that_is_not_one_is_refused_with_the_cure(kind: str, run: Run, tmp_path: Path) -> None:
    letter = put(tmp_path / "home" / "letter.txt", "Dear")
    folder = {"other things": letter.parent, "a file": letter}[kind]
    assert run(SEEDS, "--archive", folder).stderr == (
        f"Error: {folder} exists and is not a pressmark archive; name a new or an empty folder\n"
    )


def test_an_archive_built_with_another_encoder_is_refused(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(SEEDS)
    monkeypatch.setattr("embeddings.commands.load_encoder", lambda *_: OtherEncoder())
    result = run(SEEDS)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: the archive in {folder} was built with encoder 'fake', this is 'other'; set PRESSMARK_ENCODER as it "
        "was then, or delete the folder and index the articles again\n"
    )


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is not a pressmark archive; name another"), (b"x" * 5000, "is damaged: ")]
)
def test_a_damaged_archive_is_refused(content: bytes, said: str, run: Run, folder: Path) -> None:
    run(SEEDS)
    (folder / "archive.sqlite").write_bytes(content)
    result = run(SEEDS)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {folder / 'archive.sqlite'} {said}")


def test_an_archive_that_another_writes_to_is_refused(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "in").mkdir()
    run(put(folder.parent / "in" / "a.txt", "One."))
    monkeypatch.setattr(locks, "WAIT", 0.05)
    with FileLock(folder / "writer.lock"):
        result = run(SEEDS)
    assert result.exit_code == 2
    assert result.stderr == f"Error: another process is writing to {folder}; try again when it is done\n"
    assert stored(folder) == ["One."]


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("there is no encoder 'x' here"), 2), (FileNotFoundError("model.onnx is gone"), 1)]
)
def test_an_encoder_that_cannot_be_loaded_is_said_and_makes_no_archive(
    error: Exception, status: int, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("embeddings.commands.load_encoder", fail)
    result = run(SEEDS)
    assert result.exit_code == status
    assert result.stderr == f"Error: {error}\n"
    assert not exists(folder)


def test_the_encoder_and_cache_named_are_the_ones_loaded(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def note(*arguments: object) -> FakeEncoder:
        asked.append(arguments)
        return FakeEncoder()

    monkeypatch.setattr("embeddings.commands.load_encoder", note)
    run(SEEDS, "--encoder", "mine", "--cache", tmp_path / "cache")
    run(SEEDS)
    assert asked == [("mine", tmp_path / "cache"), ("all-MiniLM-L6-v2", None)]


def test_the_archive_may_be_named_by_the_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_ARCHIVE", str(tmp_path / "named"))
    assert CliRunner().invoke(index, [str(SEEDS)]).exit_code == 0
    assert exists(tmp_path / "named")


def test_the_archive_is_in_the_current_folder_by_default(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(index, [str(SEEDS)])
    assert result.stdout.startswith(".pressmark: 2 articles read")
    assert exists(tmp_path / ".pressmark")


def test_an_archive_inside_the_indexed_folder_is_not_indexed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "a.txt", "The treaty was signed.")
    results = [CliRunner().invoke(index, ["."]) for _ in range(2)]
    assert [result.stdout.partition(": ")[2] for result in results] == [
        "1 article read: 1 added, 0 changed, 0 unchanged; 0 not read\n",
        "1 article read: 0 added, 0 changed, 1 unchanged; 0 not read\n",
    ]


def test_several_paths_are_all_read(run: Run, folder: Path, tmp_path: Path) -> None:
    one = put(tmp_path / "one.txt", "One.")
    two = put(tmp_path / "two.json", json.dumps({"text": "Two."}))
    assert run(one, two, one).exit_code == 0
    assert stored(folder) == ["One.", "Two."]


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_file_name_of_odd_characters_is_indexed(run: Run, folder: Path, tmp_path: Path) -> None:
    put(tmp_path / "in" / "новости «№ 1» 😀\nnext.txt", "The treaty was signed.")
    assert run(tmp_path / "in").exit_code == 0
    assert stored(folder) == ["The treaty was signed."]


def test_help_shows_examples_and_settings(run: Run) -> None:
    text = CliRunner().invoke(index, ["--help"]).stdout
    assert "pressmark index seeds/" in text
    assert "PRESSMARK_ARCHIVE" in text
    assert "PRESSMARK_ENCODER" in text


def test_prune_says_how_many_were_removed(run: Run, folder: Path, tmp_path: Path) -> None:
    for name in "abc":
        put(tmp_path / "in" / f"{name}.txt", f"Text {name}.")
    run(tmp_path / "in")
    (tmp_path / "in" / "a.txt").unlink()
    result = run(tmp_path / "in", "--prune")
    assert result.stdout == f"{folder}: 2 articles read: 0 added, 0 changed, 1 removed, 2 unchanged; 0 not read\n"
    assert stored(folder) == ["Text b.", "Text c."]


def test_prune_of_an_empty_folder_removes_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "in" / "a.txt", "The treaty was signed.")
    run(tmp_path / "in")
    path.unlink()
    result = run(tmp_path / "in", "--prune")
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: no article was found in {tmp_path / 'in'}: it may be a disk that is not there, so nothing is removed. "
        f"To take out what was read there: pressmark remove --from-file {tmp_path / 'in'}\n"
    )
    assert stored(folder) == ["The treaty was signed."]


def test_watching_a_path_that_does_not_exist_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "--watch")
    assert result.exit_code == 1
    assert "nowhere does not exist; give a file or a folder of articles" in result.stderr
    assert not exists(folder)


def test_pages_whose_order_is_doubtful_are_named(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "torn.pdf"
    path.write_bytes(LAYOUTS["torn"]().data)
    result = run(path)
    assert result.stdout.endswith("1 added, 0 changed, 0 unchanged; 0 not read\n")
    assert f"doubtful: {path}: the order of the columns on page 1 could not be told; answers from there say so\n" in (
        result.stderr
    )
