"""Scoring somebody's answers to a SQuAD-format set, from files to figures."""

import json
from pathlib import Path

import pytest

from embeddings.types import Article
from fakes import near
from qa.evaluation.questions.squad import SquadQuestion, SquadSet
from qa.evaluation.reading_figures import read_no_answer, read_predictions, reading_results
from qa.evaluation.results.results import Kind, Provenance, Results

PARAGRAPH = Article("p#0", "Ada sold 7 boats . in Ganja", "p")
PROVENANCE = Provenance("pressmark evaluate reading set.json", {}, {})


def asked(id_: str, *golds: str) -> SquadQuestion:
    return SquadQuestion(id_, f"{id_}?", PARAGRAPH, golds)


SET = SquadSet("set.json", "v2.0", (PARAGRAPH,), (asked("who", "Ada"), asked("what", "7 boats"), asked("none")))
PREDICTIONS = {"who": "Ada", "what": "boats", "none": "Ganja"}


def of(predictions: dict[str, str], no_answer: dict[str, float] | None = None, squad: SquadSet = SET) -> Results:
    return reading_results(squad, predictions, PROVENANCE, no_answer)


def test_reading_results_by_hand() -> None:
    results = of(PREDICTIONS)
    em, f1, *_, no_answer_em, no_answer_f1 = results.figures
    assert (em.value, f1.value) == (near(1 / 3), near((1 + 2 / 3) / 3))
    assert em.low is not None
    assert em.high is not None
    assert em.low <= em.value <= em.high
    assert (no_answer_em.value, no_answer_f1.value, no_answer_em.count) == (0.0, 0.0, 1)
    assert (results.data, results.notes) == ("set.json", ())
    assert [(error.id, error.given, error.expected) for error in results.errors] == [
        ("none", "Ganja", ()),
        ("what", "boats", ("7 boats",)),
    ]
    assert results.errors[0].passages == (PARAGRAPH.text,)


def test_reading_results_count_missing_predictions_aloud() -> None:
    results = of({"who": "Ada"})
    assert [figure.value for figure in results.figures[:2]] == [near(1 / 3), near(1 / 3)]
    assert [error.note for error in results.errors] == ["no prediction", "no prediction"]
    assert results.notes == ("2 of 3 questions have no prediction; they count as wrong.",)


def test_reading_results_at_the_best_threshold_stand_apart() -> None:
    results = of(PREDICTIONS, {"who": 0.1, "what": 0.2, "none": 0.9})
    # Answering only "who": EM 2 of 3, and no other threshold gives more. Answering "what" as well adds 2/3 of F1.
    assert results.figures[0].value == near(1 / 3)
    assert [(figure.row, figure.name, figure.value) for figure in results.figures[-4:]] == [
        ("EM", "value", near(2 / 3)),
        ("EM", "threshold", 0.1),
        ("F1", "value", near((1 + 2 / 3 + 1) / 3)),
        ("F1", "threshold", 0.2),
    ]
    # F1 comes first: the surer error stands second, since part of it is right.
    assert [(error.id, error.confidence) for error in results.errors] == [
        ("none", near(0.1)),
        ("what", near(0.8)),
    ]


def test_reading_results_give_both_scores_where_the_scripts_differ() -> None:
    questions = (asked("dot", ".", "7 boats"), asked("none"))
    results = of({"dot": "", "none": ""}, squad=SquadSet("set.json", "v2.0", (PARAGRAPH,), questions))
    assert results.figures[0].value == 1.0
    assert [(figure.row, figure.name, figure.value) for figure in results.figures if "dropped" in figure.table] == [
        ("total", "EM", 0.5),
        ("total", "F1", 0.5),
        ("has answer", "EM", 0.0),
        ("has answer", "F1", 0.0),
    ]


def test_reading_results_reject_other_questions_and_missing_probabilities() -> None:
    with pytest.raises(ValueError, match="predictions for 1 question that is not in the set, such as 'when'"):
        of({"when": "now"})
    with pytest.raises(ValueError, match="3 predictions without a no-answer probability, such as that for 'who'"):
        of(PREDICTIONS, {})
    with pytest.raises(ValueError, match="no-answer probabilities for 1 question that is not in the set"):
        of(PREDICTIONS, dict.fromkeys([*PREDICTIONS, "when"], 0.5))


def test_reading_results_hold_every_question() -> None:
    results = of(PREDICTIONS)
    assert (results.kind, results.data, results.questions) == (Kind.READING, "set.json", ("who", "what", "none"))
    assert results.values["EM"] == (1.0, 0.0, 0.0)
    assert results.values["F1"] == (1.0, near(2 / 3), 0.0)
    assert [(figure.row, figure.name, figure.count) for figure in results.figures] == [
        ("total", "EM", 3),
        ("total", "F1", 3),
        ("has answer", "EM", 2),
        ("has answer", "F1", 2),
        ("no answer", "EM", 1),
        ("no answer", "F1", 1),
    ]


def test_reading_results_of_an_answerable_set_have_no_line_for_no_answer() -> None:
    answerable = SquadSet("set.json", "v1.1", (PARAGRAPH,), (asked("who", "Ada"),))
    results = of({"who": "Ada"}, squad=answerable)
    assert [(figure.row, figure.value) for figure in results.figures if figure.name == "EM"] == [
        ("total", 1.0),
        ("has answer", 1.0),
    ]
    assert {figure.table for figure in results.figures} == {"Exact match and F1 (script of SQuAD 1.1)"}


def test_read_predictions(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps({"q1": "Ada", "q2": ""}))
    assert read_predictions(tmp_path / "p.json") == {"q1": "Ada", "q2": ""}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"q1": null}', r"p\.json: the answer to question 'q1' is null, expected a string"),
        ("{}", r"p\.json: no prediction in it"),
        ('["Ada"]', "expected an object"),
        ('{"q1": "a", "q1": "b"}', "the name 'q1' comes twice"),
    ],
)
def test_read_predictions_rejects(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "p.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_predictions(tmp_path / "p.json")


def test_read_no_answer(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"q1": 0, "q2": 0.25}')
    assert read_no_answer(tmp_path / "p.json") == {"q1": 0.0, "q2": 0.25}


@pytest.mark.parametrize("value", ["1.1", "-0.1", "true", '"0.5"', "NaN", "null"])
def test_read_no_answer_rejects(tmp_path: Path, value: str) -> None:
    (tmp_path / "p.json").write_text(f'{{"q1": {value}}}')
    with pytest.raises(ValueError, match=r"the probability of question 'q1' is .*, expected a number in"):
        read_no_answer(tmp_path / "p.json")
