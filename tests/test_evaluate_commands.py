"""`pressmark evaluate` from the command line to its files."""

import json
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import SEEDS
from embeddings.encoder import OnnxEncoder
from embeddings.encoders import default_cache
from qa.evaluation.choosing_commands import ablations
from qa.evaluation.outputs import command_line
from qa.evaluation.results.results import Figure, Results, WorstError
from qa.evaluation.results.stored import read_results
from qa.explain import Stage
from web.commands import main

TEXT = "Ada Lovelace sold 7 boats in Ganja on Monday. The buyers came from Rabat."


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    asked = [
        {"id": "q1", "question": "Who sold 7 boats?", "answers": [{"text": "Ada Lovelace", "answer_start": 0}]},
        {"id": "q2", "question": "How many boats were sold?", "answers": [{"text": "7", "answer_start": 18}]},
        {"id": "q3", "question": "Who sank the ferry?", "answers": [], "is_impossible": True},
    ]
    path = tmp_path / "dev.json"
    paragraphs = [{"context": TEXT, "qas": asked}]
    path.write_text(json.dumps({"version": "v2.0", "data": [{"title": "Boats", "paragraphs": paragraphs}]}))
    return path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: OnnxEncoder) -> Path:
    """A cache of its own that has the compiled encoder."""
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "encoders").symlink_to(default_cache() / "encoders")
    monkeypatch.setenv("PRESSMARK_CACHE", str(folder))
    return folder


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def test_reading_scores_predictions(squad: Path, tmp_path: Path) -> None:
    given = write(tmp_path / "p.json", {"q1": "Ada Lovelace", "q2": "7 boats", "q3": ""})
    done = run("reading", squad, "--predictions", given, "--json", tmp_path / "out.json")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    # EM: 2 of 3. F1: 1, 2/3, 1.
    assert ["total", "3", "66.67"] in [line[:3] for line in lines]
    assert [line[-3] for line in lines if line[:1] == ["total"]] == ["88.89"]
    results = read_results(tmp_path / "out.json")
    assert results.values["EM"] == (1.0, 0.0, 1.0)
    assert results.provenance.command == (
        f"pressmark evaluate reading {squad} --predictions {given} --json {tmp_path / 'out.json'}"
    )


def test_reading_counts_missing_predictions_aloud(squad: Path, tmp_path: Path) -> None:
    done = run("reading", squad, "--predictions", write(tmp_path / "p.json", {"q1": "Ada Lovelace"}))
    assert "2 of 3 questions have no prediction; they count as wrong." in done.stdout


def test_reading_compares_with_older_results(squad: Path, tmp_path: Path) -> None:
    old = write(tmp_path / "old.json", {"q1": "Ganja", "q2": "7", "q3": ""})
    new = write(tmp_path / "new.json", {"q1": "Ada Lovelace", "q2": "7", "q3": ""})
    assert run("reading", squad, "--predictions", old, "--json", tmp_path / "r.json").exit_code == 0
    done = run(
        "reading", squad, "--predictions", new, "--compare", tmp_path / "r.json", "--report", tmp_path / "report"
    )
    moved = [line.split() for line in done.stdout.splitlines() if line.startswith("EM ")]
    assert moved[0][:5] == ["EM", "3", "0.6667", "1.0000", "+0.3333"]
    assert "What moved" in (tmp_path / "report" / "report.md").read_text()
    assert (tmp_path / "report" / "report.html").is_file()


def test_results_are_written_though_they_cannot_be_compared(squad: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(squad.read_text())
    given = write(tmp_path / "p.json", {"q1": "Ganja", "q2": "7", "q3": ""})
    run("reading", other, "--predictions", given, "--json", tmp_path / "r.json")
    done = run(
        "reading", squad, "--predictions", given, "--compare", tmp_path / "r.json", "--json", tmp_path / "new.json"
    )
    assert done.exit_code == 2
    assert "the old results are of reading on 'other.json', the new ones of reading on 'dev.json'" in done.stderr
    assert read_results(tmp_path / "new.json").data == "dev.json"


def test_the_command_of_results_is_what_was_typed() -> None:
    typed = ["questions.jsonl", "--asked", "2022", "--only", "fusion", "--only", "k", "--json", "a b.json"]
    context = ablations.make_context("pressmark evaluate ablations", list(typed))
    assert shlex.split(command_line(context)) == ["pressmark", "evaluate", "ablations", *typed]


@pytest.mark.parametrize("name", [item.name for item in [*fields(Results), *fields(Figure), *fields(WorstError)]])
def test_the_json_is_documented(name: str) -> None:
    assert f"`{name}`" in (SEEDS.parent / "docs" / "evaluation-json.md").read_text()


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_documented(stage: str) -> None:
    assert f'`"{stage}"`' in (SEEDS.parent / "docs" / "evaluation-json.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["reading", "DATA", "--no-answer", "p.json"], 2, "--no-answer belongs to --predictions FILE"),
        (
            ["reading", "DATA", "--predictions", "p.json", "--questions", "1"],
            2,
            "leave out --reader, --questions and --typed",
        ),
        (["reading", "DATA", "--predictions", "other.json"], 2, "predictions for 1 question that is not in the set"),
        (["reading", "none.json"], 1, "none.json"),
        (["reading", "DATA", "--json", "no/such/folder.json"], 1, "there is no folder"),
        (["reading", "DATA", "--predictions", "p.json", "--report", "p.json"], 2, "is a file, expected a folder"),
        (["reading", "DATA", "--predictions", "p.json", "--compare", "p.json"], 2, "format and format_version are"),
        (["retrieval", "none.jsonl"], 1, "no such file; give a question file"),
        (["retrieval", "none-relevant.jsonl"], 2, "no question has a relevant article"),
        (["answers", "p.json"], 2, "no field 'data'"),
        (["answers", "DATA", "--asked", "2022"], 2, "no question was asked in '2022'"),
        (["tune", "broken.jsonl"], 2, "broken.jsonl:1: not JSON"),
    ],
)
def test_wrong_use_is_named(
    squad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "p.json", {"q1": "Ada"})
    write(tmp_path / "other.json", {"q9": "Ada"})
    write(
        tmp_path / "none-relevant.jsonl",
        {"id": "1", "question": "Who?", "answers": ["Ada"], "asked": "2022-06-16", "relevant": []},
    )
    (tmp_path / "broken.jsonl").write_text("{")
    done = run(*[squad if argument == "DATA" else argument for argument in arguments])
    assert (done.exit_code, done.stdout) == (status, "")
    assert message in done.stderr


@pytest.mark.model
def test_reading_with_the_reader(squad: Path) -> None:
    done = run("reading", squad, "--questions", "2")
    assert done.exit_code == 0
    assert "A sample: 2 of 3 questions, drawn at random with seed 0." in done.stdout
    assert "The reader abstains below a confidence of" in done.stdout
    assert "At the best threshold, known only in hindsight" in done.stdout


@pytest.mark.model
def test_reading_of_questions_as_people_type_them(squad: Path) -> None:
    done = run("reading", squad, "--typed", "keywords")
    assert done.exit_code == 0
    assert "Questions as people type them in a hurry, in lower case, without question mark: keywords." in done.stdout


@pytest.mark.model
def test_retrieval_writes_a_run_for_each_way(squad: Path, tmp_path: Path, cache: Path) -> None:
    done = run("retrieval", squad, "--read", "1", "--run", tmp_path / "boats.trec")
    assert done.exit_code == 0, done.stderr
    assert "1 of 3 questions have no relevant article." in done.stdout
    assert "Measured on the 2 questions that have a relevant article." in done.stdout
    assert sorted(path.name for path in tmp_path.glob("*.trec")) == [
        "boats.fused.trec",
        "boats.keywords.trec",
        "boats.reordered.trec",
        "boats.vectors.trec",
    ]
    assert (tmp_path / "boats.vectors.trec").read_text().startswith("q1 Q0 Boats#0 1 ")
    assert len(list((cache / "evaluation" / "collections").iterdir())) == 1


@pytest.mark.model
def test_retrieval_without_weight_for_the_reader_leaves_it_out(
    squad: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSMARK_RELEVANCE_WEIGHT", "0")
    monkeypatch.setenv("PRESSMARK_READER", str(tmp_path / "none"))
    done = run("retrieval", squad, "--run", tmp_path / "boats.trec")
    assert done.exit_code == 0, done.stderr
    assert not (tmp_path / "boats.reordered.trec").exists()


@pytest.mark.model
def test_answers_on_the_seeds_explain_every_loss(tmp_path: Path, cache: Path) -> None:
    out = tmp_path / "out.json"
    done = run("answers", SEEDS / "questions.jsonl", "--questions", "6", "--explain", "--json", out)
    assert done.exit_code == 0, done.stderr
    results = read_results(out)
    scores = zip(results.questions, results.values["F1"], strict=True)
    # Half of the words make an answer right; an unanswerable question has F1 0 or 1.
    assert [loss.id for loss in results.losses] == [id_ for id_, f1 in scores if f1 is not None and f1 < 0.5]
    assert all(f"{loss.id}: {loss.stage}: {loss.detail}" in done.stdout for loss in results.losses)


@pytest.mark.model
def test_ask_explains_where_an_answer_was_lost(tmp_path: Path) -> None:
    arguments = ["ask", "Who signed the memorandum?", "--archive", str(tmp_path / "archive")]
    done = CliRunner().invoke(main, [*arguments, "--explain", "--expect", "Napoleon"])
    assert "“Napoleon” not in the archive: no article holds the words of an accepted answer" in done.stderr
    assert CliRunner().invoke(main, [*arguments, "--explain"]).exit_code == 2
