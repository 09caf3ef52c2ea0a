"""Every command with every kind of archive: it works, or it says that it is for archives in a folder."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from adding import add
from embeddings.locations import Location, open_or_create
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.evaluation.questions.collections import Collection
from qa.feedback import Feedback, FeedbackFile, Verdict
from qa.reader.onnx_reader import SPEC
from qa.reading import Readers
from qa.settings import SHIPPED_READER
from three_articles import TREATY
from web.commands import main

HARBOUR = replace(TREATY, id="harbour", text="The treaty: ships left the harbour.", outlet="Times")

ANY = {
    "mcp": ("", "", ""),
    "ask": ("What did the ministers sign?", "treaty  ", ""),
    "evaluate ablations": ("questions.jsonl --only k", "questions.jsonl", ""),
    "evaluate answers": ("questions.jsonl --explain", "questions.jsonl", ""),
    "evaluate orders": ("questions.jsonl", "questions.jsonl", ""),
    "evaluate retrieval": ("questions.jsonl", "questions.jsonl", ""),
    "evaluate tune": ("questions.jsonl", "questions.jsonl", ""),
    "feedback export": ("judged.jsonl", "", "1 question written to judged.jsonl\n"),
    "index": ("more", "1 article read: 1 added, 0 changed, 0 unchanged; 0 not read\n", "1 article without a date\n"),
    "serve": ("--port 0", "2 articles, 2 passages in ", ""),
    "train calibration": ("questions.jsonl", "2 questions, each half judged by the fit on the other", ""),
}
"""What is typed to try the commands that take any archive, and what they print then on stdout and stderr."""

FOLDERS = {
    "backup": "out.sqlite",
    "benchmark": "",
    "check": "",
    "export": "out.jsonl",
    "info": "",
    "list": "",
    "remove": "treaty --yes",
    "restore": "out.sqlite",
}
"""What is typed to try those that are for archives in a folder."""


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield all commands below a group, by what is typed to call them."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def test_every_command_with_an_archive_is_tried_here() -> None:
    with_archive = {name for name, each in commands(main) if any("--archive" in one.opts for one in each.params)}
    assert with_archive == ANY.keys() | FOLDERS.keys()


@pytest.fixture
def typed(location: Location, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A filled archive as it is typed, beside questions about it and another article, with fakes for all models."""
    with closing(open_or_create(location, FakeEncoder())) as opened:
        add(opened, [TREATY, HARBOUR])
    asked = [
        {"id": article, "question": question, "answers": [answer], "asked": "2022-10-20", "relevant": [article]}
        for article, question, answer in (
            ("treaty", "What did the ministers sign?", "treaty"),
            ("harbour", "What did the ships leave?", "harbour"),
        )
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, asked)))
    start = TREATY.text.index("treaty")
    right = Feedback("What was it?", Verdict.RIGHT, "treaty", start, start + 6, "treaty", 1, (), "2022-10-20T08:00:00Z")
    FeedbackFile(tmp_path / "feedback.jsonl").give(right)
    monkeypatch.setenv("PRESSMARK_FEEDBACK", str(tmp_path / "feedback.jsonl"))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "rain.txt").write_text("It rained.")
    (tmp_path / "reader").mkdir()
    for name in (SPEC, "model.onnx", "embeddings.bin", "tokenizer.json"):  # not its calibration, which is written
        (tmp_path / "reader" / name).symlink_to(SHIPPED_READER / name)
    monkeypatch.setenv("PRESSMARK_READER", str(tmp_path / "reader"))
    loaded = Readers(FakeReader({"treaty": 9.0, "harbour": 9.0}, relevance=True), Calibration(margin=1.0))
    for module in (
        "embeddings.commands",
        "qa.pipeline",
        "qa.feedback_commands",
        "qa.evaluation.bench",
        "qa.evaluation.ablation_runs",
    ):
        monkeypatch.setattr(f"{module}.load_encoder", lambda *_: FakeEncoder())
    for function in ("qa.pipeline.load_readers", "qa.evaluation.bench.load_readers", "qa.reader.load.open_readers"):
        monkeypatch.setattr(function, lambda _: loaded)
    monkeypatch.setenv("PRESSMARK_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return str(location)


@pytest.fixture
def without_server_or_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve` ends at once, and `train calibration` reports on what it would have fitted to."""

    def calibrate(collections: Sequence[Collection], *_: object) -> SimpleNamespace:
        asked = sum(len(one.questions.questions) for one in collections)
        calibration = Calibration(margin=1.0)
        return SimpleNamespace(
            questions=asked,
            first_right=1,
            answered_rightly=1,
            ece=0,
            ece_answerable=0,
            false_answers={},
            calibration=calibration,
        )

    monkeypatch.setattr("web.serving.run", lambda _app, listening: listening.close())
    monkeypatch.setattr("mcp.server.mcpserver.MCPServer.run", lambda *_: None)
    monkeypatch.setattr("web.commands.signal.signal", lambda *_: None)
    monkeypatch.setattr("qa.training.calibrate.calibrate", calibrate)


@pytest.mark.parametrize("command", ANY)
def test_a_command_takes_any_archive(command: str, typed: str, without_server_or_fit: None) -> None:
    arguments, stdout, stderr = ANY[command]
    done = CliRunner().invoke(main, [*command.split(), *_split(arguments), "--archive", typed])
    assert (done.exit_code, done.stderr, done.exception) == (0, stderr, None)
    assert stdout in done.stdout


@pytest.mark.parametrize("command", FOLDERS)
def test_a_command_for_archives_in_a_folder_says_so(command: str) -> None:
    done = CliRunner().invoke(main, [*command.split(), *FOLDERS[command].split(), "--archive", "milvus://h:1/n"])
    assert done.exit_code == 2
    assert "is for archives in a folder, milvus://h:1/n is in Milvus" in done.stderr


def _split(arguments: str) -> list[str]:
    """The arguments typed: a question is one."""
    return [arguments] if arguments.endswith("?") else arguments.split()
