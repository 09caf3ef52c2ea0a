"""Reading the SQuAD format: every field arrives, and whatever is wrong is named with its place."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.questions.squad import read_squad
from qa.metrics import Rules

TEXT = "The 🚢 port reopened on Monday; the port of Baku stayed shut."


def qa(id_: str = "q1", **changes: Any) -> dict[str, Any]:
    answers = [{"text": "Monday", "answer_start": 23}, {"text": "on Monday", "answer_start": 20}]
    return {"id": id_, "question": "When did the port reopen?", "answers": answers} | changes


def write(path: Path, *qas: dict[str, Any], version: str = "v1.1", text: str = TEXT) -> Path:
    paragraphs = [{"context": text, "qas": list(qas)}]
    path.write_text(json.dumps({"version": version, "data": [{"title": "Old ports", "paragraphs": paragraphs}]}))
    return path


def test_read_squad_holds_every_field(tmp_path: Path) -> None:
    squad = read_squad(write(tmp_path / "set.json", qa(), qa("q2", answers=[], is_impossible=True), version="v2.0"))
    question, unanswerable = squad.questions
    assert (squad.name, squad.version, squad.rules) == ("set.json", "v2.0", Rules.V2)
    assert (question.id, question.question, question.answers) == (
        "q1",
        "When did the port reopen?",
        ("Monday", "on Monday"),
    )
    assert squad.paragraphs == (question.paragraph,)
    paragraph = question.paragraph
    assert (paragraph.id, paragraph.title, paragraph.text) == ("Old_ports#0", "Old ports", TEXT)
    assert unanswerable.answers == ()
    assert squad.golds == {"q1": ("Monday", "on Monday"), "q2": ()}


def test_read_squad_v1_is_scored_by_its_own_script(tmp_path: Path) -> None:
    assert read_squad(write(tmp_path / "set.json", qa())).rules is Rules.V1


def test_read_squad_gzip_is_the_same(tmp_path: Path) -> None:
    plain = read_squad(write(tmp_path / "set.json", qa()))
    (tmp_path / "set.json.gz").write_bytes(gzip.compress((tmp_path / "set.json").read_bytes()))
    zipped = read_squad(tmp_path / "set.json.gz")
    assert (zipped.questions, zipped.paragraphs) == (plain.questions, plain.paragraphs)


def test_read_squad_paragraph_ids_are_unique_when_titles_come_twice(tmp_path: Path) -> None:
    articles = [
        {"title": title, "paragraphs": [{"context": TEXT, "qas": [qa(f"{title}{number}")]}]}
        for number, title in enumerate(["A b", "A  b", "C"])
    ]
    (tmp_path / "set.json").write_text(json.dumps({"data": articles}))
    assert [paragraph.id for paragraph in read_squad(tmp_path / "set.json").paragraphs] == ["A_b#0", "A_b#1", "C#0"]


PLACE = r"set\.json: data\[0\]\.paragraphs\[0\]"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"question": None}, rf'{PLACE}\.qas\[0\] \(question "q1"\): \'question\' is null, expected a string'),
        ({"question": "  "}, "'question' is blank, expected text"),
        ({"id": 7}, r"\(question 7\): 'id' is 7, expected a string"),
        ({"answers": "Monday"}, r"'answers' is \"Monday\", expected a list"),
        ({"answers": []}, "no answers, expected at least one, or is_impossible: true"),
        ({"answers": ["Monday"]}, r"answers\[0\]: \"Monday\", expected an object"),
        ({"answers": [{"text": "Monday"}]}, r"answers\[0\]: no field 'answer_start', expected a whole number"),
        ({"answers": [{"text": "Monday", "answer_start": "22"}]}, "'answer_start' is \"22\", expected a whole number"),
        ({"answers": [{"text": "Monday", "answer_start": True}]}, "'answer_start' is true, expected a whole number"),
        ({"answers": [{"text": "Monday", "answer_start": -1}]}, "'answer_start' is -1, expected 0 or more"),
        (
            {"answers": [{"text": "Monday", "answer_start": 24}]},
            r'\(question "q1"\)\.answers\[0\]: expected "Monday" at offset 24 of the paragraph, found "onday;"',
        ),
        ({"answers": [{"text": "Monday", "answer_start": 900}]}, 'at offset 900 of the paragraph, found ""'),
        ({"is_impossible": True}, "is_impossible, yet it has 2 answers"),
        ({"is_impossible": "no"}, "'is_impossible' is \"no\", expected true or false"),
    ],
)
def test_read_squad_names_the_question_that_is_wrong(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_squad(write(tmp_path / "set.json", qa(**changes)))


def test_read_squad_names_both_places_of_an_id_used_twice(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"{PLACE}\.qas\[1\]: question id 'q1' was used before, at .*qas\[0\]"):
        read_squad(write(tmp_path / "set.json", qa(), qa()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "set.json: not JSON"),
        ("{'data': 1}", "not JSON .*, expected a JSON object"),
        ("[]", r"set.json: \[\], expected an object"),
        ('{"version": "v1.1"}', "set.json: no field 'data', expected a list"),
        ('{"data": []}', "no question in it, expected at least one"),
        ('{"data": [{"paragraphs": [{"context": "x", "qas": []}]}]}', "no question in it"),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', r"paragraphs\[0\]: no field 'context'"),
        ('{"data": [], "data": []}', "the name 'data' comes twice"),
    ],
)
def test_read_squad_rejects_another_format(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "set.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_squad(tmp_path / "set.json")


@pytest.mark.parametrize(("name", "content"), [("set.json", b"\xff\xfe{}"), ("set.json.gz", b"{}")])
def test_read_squad_rejects_bytes_that_are_not_text(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name}: .*; expected .*UTF-8 text"):
        read_squad(tmp_path / name)


def test_read_squad_truncated_gzip(tmp_path: Path) -> None:
    write(tmp_path / "set.json", qa())
    (tmp_path / "set.json.gz").write_bytes(gzip.compress((tmp_path / "set.json").read_bytes())[:60])
    with pytest.raises(ValueError, match="expected gzipped UTF-8 text"):
        read_squad(tmp_path / "set.json.gz")


def test_read_squad_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_squad(tmp_path / "nothing.json")
