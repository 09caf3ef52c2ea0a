"""The reader on a SQuAD-format set, from its spans to the figures."""

import math

from fakes import FakeReader, near
from qa.confidence import Calibration
from qa.evaluation.questions.squad import Paragraph, SquadQuestion, SquadSet
from qa.evaluation.reading_runs import Given, abstaining_note, read_paragraphs, score_given
from qa.metrics import GroupScore
from qa.reading import Readers

PARAGRAPH = Paragraph("p#0", "p", "Ada sold 7 boats in Ganja")
MARGIN_ONLY = Calibration(margin=1, threshold=0.5)
RETRIEVAL_ONLY = Calibration(retrieval=1, threshold=0.5)


def asked(id_: str, *golds: str) -> SquadQuestion:
    return SquadQuestion(id_, f"{id_}?", PARAGRAPH, golds)


def squad(version: str, *questions: SquadQuestion) -> SquadSet:
    return SquadSet("set.json", version, (PARAGRAPH,), questions)


def test_read_paragraphs_gives_the_most_confident_answer() -> None:
    given = read_paragraphs(
        squad("1.1", asked("who", "Ada")), Readers(FakeReader({"Ada": 2.0, "Ganja": 1.0}), MARGIN_ONLY)
    )
    assert given == {"who": Given("Ada", near(1 / (1 + math.exp(-2))))}


def test_read_paragraphs_counts_a_paragraph_as_one_hit_of_score_1() -> None:
    given = read_paragraphs(squad("1.1", asked("who", "Ada")), Readers(FakeReader({"Ada": 2.0}), RETRIEVAL_ONLY))
    assert given["who"].confidence == near(1 / (1 + math.exp(-1)))


def test_read_paragraphs_without_a_span_gives_nothing() -> None:
    assert read_paragraphs(squad("1.1", asked("who", "Ada")), Readers(FakeReader({}), MARGIN_ONLY)) == {
        "who": Given("", 0.0)
    }


def test_score_given_keeps_the_shipped_threshold_and_the_best_one_apart() -> None:
    questions = squad("v2.0", asked("who", "Ada"), asked("what", "7 boats"), asked("none"))
    given = {"who": Given("Ada", 0.9), "what": Given("7 boats", 0.4), "none": Given("Ganja", 0.3)}
    report = score_given(questions, given, 0.5)
    # At 0.5 "what" is withheld though right; at 0.4 all three end well.
    assert report.score.total == GroupScore(3, near(2 / 3), near(2 / 3))
    assert report.score.no_answer == GroupScore(1, 1.0, 1.0)
    assert report.best is not None
    assert (report.best.em.value, report.best.em.threshold) == (1.0, near(0.6))
    assert [(error.id, error.given) for error in report.errors] == [("what", "")]


def test_score_given_never_abstains_under_the_rules_of_squad_1() -> None:
    questions = squad("1.1", asked("who", "Ada"))
    report = score_given(questions, {"who": Given("Ada", 0.1)}, 0.5)
    assert (report.score.total, report.best) == (GroupScore(1, 1.0, 1.0), None)
    assert "every question gets its best span" in abstaining_note(questions, 0.5)
