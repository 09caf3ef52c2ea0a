"""A checkpoint and the reader exported from it, on the tiny model."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from embeddings.types import Article, Passage
from qa.metrics import GroupScore
from qa.reader.onnx_reader import OnnxReader
from qa.training.commands import parity as command
from qa.training.parity import Parity, changed, checkpoint_reader, parity
from tiny_model import write_tiny_model

pytestmark = pytest.mark.slow


def write_squad(folder: Path, path: Path) -> Path:
    """The first five made-up questions and an unanswerable one in SQuAD's format."""
    records = [json.loads(line) for line in (folder / "data.jsonl").read_text(encoding="utf-8").splitlines()[:5]]
    paragraphs = [
        {
            "context": record["text"],
            "qas": [
                {
                    "id": str(number),
                    "question": record["question"],
                    "answers": [{"text": one["text"], "answer_start": one["start"]} for one in record["answers"]],
                }
            ],
        }
        for number, record in enumerate(records)
    ]
    paragraphs[0]["qas"].append({"id": "none", "question": "Why?", "answers": [], "is_impossible": True})
    path.write_text(json.dumps({"version": "v2.0", "data": [{"title": "", "paragraphs": paragraphs}]}))
    return path


def test_an_exported_reader_reads_as_its_checkpoint_does(tiny_reader: Path) -> None:
    found = parity(tiny_reader / "reader", tiny_reader / "data.jsonl", checkpoint=tiny_reader / "trained")
    assert found.float32 == GroupScore(50, 1.0, 1.0)
    assert found.reader == GroupScore(50, 1.0, 1.0)
    assert (found.difference, found.changed, found.kept) == (0.0, 0.0, True)


def test_both_give_the_same_scores_but_for_the_rounding_of_int8(tiny_reader: Path) -> None:
    text = "In Baku lives Anna since spring. There Anna owns two boats by the river."
    passage = Passage(Article("a", text, ""), 0, len(text))
    readers = (
        checkpoint_reader(tiny_reader / "reader", tiny_reader / "trained"),
        OnnxReader.open(tiny_reader / "reader"),
    )
    (one,), (other,) = (reader.read("Where does Anna live?", [passage]) for reader in readers)
    assert one.spans[0].text == other.spans[0].text == "Baku"
    assert one.spans[0].score != other.spans[0].score
    assert one.spans[0].score == pytest.approx(other.spans[0].score, abs=0.5)
    assert one.relevance == pytest.approx(other.relevance, abs=0.5)


def test_unanswerable_questions_are_left_out(tiny_reader: Path, tmp_path: Path) -> None:
    found = parity(tiny_reader / "reader", write_squad(tiny_reader, tmp_path / "squad.json"))
    assert (found.float32.count, found.reader.count) == (5, 5)


def test_a_sample_is_drawn_the_same_every_time(tiny_reader: Path) -> None:
    found = [parity(tiny_reader / "reader", tiny_reader / "data.jsonl", 10) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0].reader.count == 10


def test_the_command_says_both_scores_and_ends_with_0_if_they_agree(tiny_reader: Path) -> None:
    names = [str(tiny_reader / name) for name in ("reader", "data.jsonl")]
    run = CliRunner().invoke(command, [*names, "--checkpoint", str(tiny_reader / "trained")])
    assert run.exit_code == 0, run.output
    assert "float32: on 50 questions EM 1.0000, F1 1.0000" in run.output
    assert "difference of F1: +0.00 points; changed in meaning: 0.00 %" in run.output


def test_the_command_ends_with_1_for_the_reader_of_another_checkpoint(tiny_reader: Path) -> None:
    names = [str(tiny_reader / name) for name in ("reader", "data.jsonl")]
    run = CliRunner().invoke(command, [*names, "--checkpoint", str(tiny_reader / "start"), "--questions", "10"])
    assert run.exit_code == 1
    assert "reader: on 10 questions EM 1.0000, F1 1.0000" in run.output


@pytest.mark.parametrize(
    ("before", "after", "share", "kept"),
    [(0.9, 0.898, 0.01, True), (0.9, 0.896, 0.0, False), (0.9, 0.904, 0.0, False), (0.9, 0.9, 0.011, False)],
)
def test_what_counts_as_kept(before: float, after: float, share: float, kept: bool) -> None:
    assert Parity(GroupScore(1, 0.0, before), GroupScore(1, 0.0, after), share, {}).kept is kept


def test_an_answer_changes_with_most_of_its_words_or_where_one_is_none() -> None:
    before = {"1": "the red house", "2": "two boats", "3": "", "4": "", "5": "on Friday"}
    after = {"1": "red house", "2": "two", "3": "", "4": "a mill", "5": "in Baku"}
    assert changed(before, after) == 2 / 5


def test_spans_of_all_questions_are_written(tiny_reader: Path, tmp_path: Path) -> None:
    data, spans = write_squad(tiny_reader, tmp_path / "squad.json"), tmp_path / "spans.json"
    run = CliRunner().invoke(command, [str(tiny_reader / "reader"), str(data), "--spans", str(spans)])
    assert run.exit_code == 0, run.output
    found = json.loads(spans.read_text())
    assert list(found) == ["0", "none", "1", "2", "3", "4"]
    # "In Agdam lives Anna since spring. There Anna owns a red house by the river."
    start, end, margin = found["0"]
    assert (start, end) == (3, 8)
    assert margin > 1


def test_another_tokenizer_is_refused(tiny_reader: Path, tmp_path: Path) -> None:
    other = write_tiny_model(tmp_path / "other")
    (other / "tokenizer.json").write_bytes((other / "tokenizer.json").read_bytes() + b"\n")
    with pytest.raises(ValueError, match="give a reader exported from it"):
        parity(tiny_reader / "reader", tiny_reader / "data.jsonl", checkpoint=other)


def test_data_without_an_answer_is_refused(tiny_reader: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text(json.dumps({"id": "1", "question": "Why?", "text": "No reason.", "answers": []}))
    with pytest.raises(ValueError, match="no question in it has an answer"):
        parity(tiny_reader / "reader", path)
