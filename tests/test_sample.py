"""The shipped reader on a small fixed sample, made up for it: its own figures, so that no change lowers them unseen."""

from pathlib import Path

import pytest

from qa.evaluation.questions.squad import SquadSet, read_squad
from qa.evaluation.reading_figures import ReadingReport
from qa.evaluation.reading_runs import read_paragraphs, score_given
from qa.reader.load import load_readers
from qa.settings import Settings

SAMPLE = Path(__file__).parent / "sample" / "reading.json"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def sample() -> SquadSet:
    return read_squad(SAMPLE)


@pytest.fixture(scope="module")
def report(sample: SquadSet) -> ReadingReport:
    readers = load_readers(Settings())
    return score_given(sample, read_paragraphs(sample, readers), readers.calibration.threshold)


def test_sample_has_questions_of_both_sorts(sample: SquadSet) -> None:
    unanswerable = sum(not question.answers for question in sample.questions)
    assert (len(sample.paragraphs), len(sample.questions), unanswerable) == (13, 91, 26)


def test_shipped_reader_does_as_well_as_it_did(report: ReadingReport) -> None:
    # It had 62 of the 65 answers word for word, F1 0.978, and abstained on 5 of the 26 questions made to look
    # answerable. Two questions less of each: processors round int8 differently.
    assert report.score.has_answer.em >= 60 / 65
    assert report.score.has_answer.f1 >= 0.95
    assert report.score.no_answer.em >= 3 / 26
