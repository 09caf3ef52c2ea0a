"""The fit of the confidence, on trials made up by hand and on an archive with the fakes."""

from dataclasses import replace
from pathlib import Path

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration, Evidence
from qa.evaluation.questions.collections import Collection
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.evaluation.retrieval_runs import Searcher
from qa.reading import Readers
from qa.settings import Settings
from qa.training.calibrate import KS, InVain, PerturbedQuestion, ask, calibrate, judge, perturbed_questions
from qa.training.fitting import CalibrationTrial, ending, fit, with_threshold

RIGHT = Evidence(margin=6.0, retrieval=1.0, lead=5.0, supports=0, relevance=3.0)
WRONG = Evidence(margin=-6.0, retrieval=0.2, lead=-5.0, supports=0, relevance=-3.0)
MARGIN_ONLY = Calibration(margin=1.0, threshold=0.5)
BAKU = Article("a", "The treaty was signed in Baku.", "")
RABAT = Article("b", "The treaty was praised in Rabat.", "")
WHERE = Question("q1", "Where was the treaty signed?", ("Baku",), {"a": 1})

BAKU_ONLY = Readers(FakeReader({"Baku": 3.0}), Calibration())
BOTH = Readers(FakeReader({"Baku": 3.0, "Rabat": 1.0}), Calibration())


def answerable(*right: bool, k: int = 1) -> CalibrationTrial:
    return CalibrationTrial(tuple(RIGHT if one else WRONG for one in right), right, answerable=True, k=k)


def unanswerable(*evidence: Evidence, k: int = 1) -> CalibrationTrial:
    return CalibrationTrial(evidence, (False,) * len(evidence), answerable=False, k=k)


def trials(count: int) -> list[CalibrationTrial]:
    """Answerable ones, whose first answer is right, and as many without the article, whose only answer is wrong."""
    return [one for k in KS for one in [answerable(True, False, k=k), unanswerable(WRONG, k=k)] * count]


def test_fit_tells_right_from_wrong() -> None:
    fitted = fit(trials(20))
    report = judge([(with_threshold(fitted, trials(20)), trial) for trial in trials(5)], fitted, 5)
    assert (report.first_right, report.answered_rightly) == (1.0, 1.0)
    assert report.false_answers == dict.fromkeys(KS, 0.0)
    assert report.ece < 0.05


def test_fit_never_gives_a_negative_weight() -> None:
    contrary = [CalibrationTrial((RIGHT, WRONG), (False, True), answerable=True, k=1), unanswerable(RIGHT, RIGHT)] * 10
    found = fit(contrary)
    assert (found.margin, found.retrieval, found.lead, found.relevance) == (0.0, 0.0, 0.0, 0.0)


def test_fit_takes_what_was_only_skimmed_apart() -> None:
    skimmed = replace(RIGHT, skimmed=True)
    right = [CalibrationTrial((RIGHT, skimmed), (True, number < 5), answerable=True, k=1) for number in range(20)]
    found = fit(right)
    assert found.confidence(RIGHT) > 0.95
    assert found.confidence(skimmed) == pytest.approx(0.25, abs=0.05)


def test_fit_knows_what_share_has_an_answer_and_takes_another_into_account() -> None:
    """Half of the trials are answerable, and nothing tells which; the answer is right in four of five that are."""
    right = [CalibrationTrial((RIGHT,), (number < 16,), answerable=True, k=1) for number in range(20)]
    found = fit([*right, *[unanswerable(RIGHT)] * 20])
    assert found.share == 0.5
    assert found.confidence(RIGHT) == pytest.approx(0.4, abs=0.02)
    assert found.expecting(0.75).confidence(RIGHT) == pytest.approx(0.6, abs=0.02)
    assert found.expecting(1).confidence(RIGHT) == pytest.approx(0.8, abs=0.02)
    assert found.expecting(0).confidence(RIGHT) < 0.001


def test_fit_of_half_and_half_is_a_half() -> None:
    same = [answerable(True), CalibrationTrial((RIGHT,), (False,), answerable=True, k=1)] * 10
    assert fit(same).confidence(RIGHT) == pytest.approx(0.5, abs=0.01)


UNSURE = Evidence(margin=0.5, retrieval=0.0, lead=0.0, supports=0)  # confidence 0.62


@pytest.mark.parametrize(("right", "wrong", "threshold"), [(3, 3, 0.63), (8, 2, 0.05), (7, 2, 0.63)])
def test_threshold_is_the_lowest_at_which_four_in_five_of_what_is_shown_are_right(
    right: int, wrong: int, threshold: float
) -> None:
    made_up = [answerable(True)] * right + [unanswerable(UNSURE)] * wrong
    assert with_threshold(MARGIN_ONLY, made_up).threshold == threshold


def test_threshold_is_where_most_trials_end_well_if_too_little_is_right_at_any() -> None:
    wrong = CalibrationTrial((RIGHT,), (False,), answerable=True, k=1)
    made_up = [answerable(True), wrong, unanswerable(UNSURE), unanswerable(UNSURE)]
    assert with_threshold(MARGIN_ONLY, made_up).threshold == 0.63


def test_a_trial_without_answers_is_withheld() -> None:
    ended = ending(MARGIN_ONLY, unanswerable())
    assert (ended.confidence, ended.right) == (0.0, False)


def test_a_question_is_asked_with_and_without_what_answers_it(archive: Archive) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    vector = FakeEncoder().encode_questions([WHERE.question])
    readers = Readers(FakeReader({"Baku": 3.0, "Rabat": 1.0}, relevance=True), Calibration())
    found = {(one.k, one.answerable): one for one in ask(WHERE, Searcher(archive, Settings()), vector, readers)}
    assert set(found) == {(k, answerable) for k in KS for answerable in (True, False)}
    assert found[5, True].right == (True, False)
    assert [(one.lead, one.relevance) for one in found[5, True].evidence] == [(2.0, 3.0), (-2.0, 1.0)]
    assert found[1, False].right == (False,)
    assert len(found[1, False].evidence) == 1


def test_a_question_made_to_have_no_answer_is_asked_as_it_is_and_nothing_is_right(archive: Archive) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    vector = FakeEncoder().encode_questions([WHERE.question])
    readers = Readers(FakeReader({"Baku": 3.0}), Calibration())
    unanswerable = Question("q", WHERE.question, ())
    found = list(ask(unanswerable, Searcher(archive, Settings()), vector, readers))
    assert [(one.k, one.answerable) for one in found] == [(k, False) for k in KS]
    assert not any(right for one in found for right in one.right)


def test_copies_are_no_supports_in_what_the_confidence_is_fitted_on(archive: Archive) -> None:
    add(archive, [BAKU, Article("copy", BAKU.text, "Signed"), Article("c", "In Baku the treaty was signed.", "")])
    archive.refresh()
    vector = FakeEncoder().encode_questions([WHERE.question])
    asked = ask(
        WHERE,
        Searcher(archive, Settings()),
        vector,
        Readers(FakeReader({"Baku": 3.0}), Calibration()),
        InVain.NOTHING_ELSE,
    )
    found = {one.k: one.evidence for one in asked}
    assert [one.supports for one in found[5]] == [1]


def test_a_perturbed_question_is_asked_over_everything_and_no_answer_is_right(archive: Archive) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    vector = FakeEncoder().encode_questions([WHERE.question])
    readers = Readers(FakeReader({"Baku": 3.0, "Rabat": 1.0}), Calibration())
    perturbed = PerturbedQuestion("Where was the treaty broken?", vector)
    found = {
        (one.k, one.answerable): one for one in ask(WHERE, Searcher(archive, Settings()), vector, readers, perturbed)
    }
    assert set(found) == {(k, answerable) for k in KS for answerable in (True, False)}
    assert found[5, True].right == (True, False)
    assert found[5, False].right == (False, False)


def test_a_question_may_be_asked_as_it_is_alone(archive: Archive) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    vector = FakeEncoder().encode_questions([WHERE.question])
    found = ask(
        WHERE,
        Searcher(archive, Settings()),
        vector,
        Readers(FakeReader({"Baku": 3.0}), Calibration()),
        InVain.NOTHING_ELSE,
    )
    assert [(one.k, one.answerable) for one in found] == [(k, True) for k in KS]


def test_every_fourth_question_is_perturbed(archive: Archive) -> None:
    add(archive, [BAKU, Article("c", "The treaty was accepted in Rome in 1999.", "")])
    archive.refresh()
    accepted = Question("q2", "Where was the treaty accepted?", ("Rome",), {"c": 1})
    vectors = FakeEncoder().encode_questions([WHERE.question, accepted.question])
    found = perturbed_questions(Collection(QuestionSet("made up", (WHERE, accepted)), archive, vectors))
    assert {id_: one.question for id_, one in found.items()} == {"q2": "Where was the treaty rejected?"}
    assert found["q2"].vector.shape == (1, FakeEncoder().dimension)


def test_a_calibration_is_fitted_and_written(archive: Archive, tmp_path: Path) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    who = Question("q2", "Where was the treaty praised?", ("Rabat",), {"b": 1})
    vectors = FakeEncoder().encode_questions([WHERE.question, who.question])
    collection = Collection(QuestionSet("made up", (WHERE, who)), archive, vectors)
    report = calibrate([collection], BOTH, Settings())
    assert report.questions == 2
    report.calibration.save(tmp_path)
    assert Calibration.load(tmp_path, "") == report.calibration
    assert report.calibration.fitted_on == "made up: 2 questions"


def test_questions_that_nothing_answers_are_too_few_alone(archive: Archive) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    unanswerable = [Question(f"q{number}", f"Who sank boat {number}?", ()) for number in range(3)]
    vectors = FakeEncoder().encode_questions([WHERE.question, *(each.question for each in unanswerable)])
    collection = Collection(QuestionSet("four", (WHERE, *unanswerable)), archive, vectors)
    with pytest.raises(ValueError, match="1 of 4 questions have an answer, too few to fit on one half and judge by"):
        calibrate([collection], BOTH, Settings())


def test_words_are_measured_with_ten_passages_by_the_fit_on_the_other_half(archive: Archive) -> None:
    articles = [Article(f"a{n}", f"Treaty number {n} was signed in Baku.", "") for n in range(4)]
    add(archive, articles)
    archive.refresh()
    asked = tuple(Question(f"q{n}", f"Where was treaty number {n} signed?", ("Baku",), {f"a{n}": 1}) for n in range(4))
    vectors = FakeEncoder().encode_questions([one.question for one in asked])
    report = calibrate([Collection(QuestionSet("made up", asked), archive, vectors)], BAKU_ONLY, Settings())
    # every question is asked once as it is and every other one in vain, too; "Baku" is found each time
    assert sum(one.answers for one in report.calibration.words) <= 6
    assert report.calibration.words


def test_one_question_is_too_few(archive: Archive, tmp_path: Path) -> None:
    add(archive, [BAKU, RABAT])
    archive.refresh()
    collection = Collection(QuestionSet("one", (WHERE,)), archive, FakeEncoder().encode_questions([WHERE.question]))
    with pytest.raises(ValueError, match="1 questions with a relevant article, expected at least 2"):
        calibrate([collection], BOTH, Settings())
