"""The fit of the confidence, on trials made up by hand and on an archive with the fakes."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest

from embeddings.archive import Archive
from fakes import FakeReader
from qa.confidence import Calibration, Evidence
from qa.settings import Settings
from qa.training.calibrate import Asked, Trial, ask_twice, fill, fit, judge, read_asked, sample, save, with_threshold

RIGHT = Evidence(margin=6.0, retrieval=1.0, lead=5.0, supports=0)
WRONG = Evidence(margin=-6.0, retrieval=0.2, lead=-5.0, supports=0)
MARGIN_ONLY = Calibration(bias=0.0, margin=1.0, retrieval=0.0, lead=0.0, supports=0.0, threshold=0.5)


def trials(count: int) -> list[Trial]:
    """Answerable ones, whose first answer is right, and as many without the text, whose only answer is wrong."""
    return [
        *[Trial((RIGHT, WRONG), (True, False), answerable=True) for _ in range(count)],
        *[Trial((WRONG,), (False,), answerable=False) for _ in range(count)],
    ]


def test_fit_tells_right_from_wrong() -> None:
    report = judge(fit(trials(20), "made up"), trials(5))
    assert (report.first_right, report.answered_rightly, report.abstained_rightly) == (1.0, 1.0, 1.0)
    assert report.trials == 10
    assert report.ece < 0.05


def test_fit_never_gives_a_negative_weight() -> None:
    contrary = [Trial((WRONG,), (True,), answerable=True), Trial((RIGHT,), (False,), answerable=False)] * 10
    calibration = fit(contrary, "")
    assert (calibration.margin, calibration.retrieval, calibration.lead) == (0.0, 0.0, 0.0)


def test_fit_of_half_and_half_is_a_half() -> None:
    same = [Trial((RIGHT,), (True,), answerable=True), Trial((RIGHT,), (False,), answerable=True)] * 10
    assert fit(same, "").confidence(RIGHT) == pytest.approx(0.5, abs=0.01)


def test_threshold_is_where_most_trials_end_well() -> None:
    unsure = Evidence(margin=0.5, retrieval=0.0, lead=0.0, supports=0)  # confidence 0.62
    made_up = [
        *[Trial((RIGHT,), (True,), answerable=True)] * 3,
        *[Trial((unsure,), (False,), answerable=False)] * 3,
    ]
    assert 0.62 < with_threshold(MARGIN_ONLY, made_up).threshold < 1.0


def test_a_trial_without_answers_counts_as_abstained() -> None:
    assert judge(MARGIN_ONLY, [*trials(1), Trial((), (), answerable=False)]).abstained_rightly == 1.0


def test_saved_calibration_is_loaded_unchanged(tmp_path: Path) -> None:
    save(MARGIN_ONLY, tmp_path)
    assert Calibration.load(tmp_path) == MARGIN_ONLY


def test_the_text_that_answers_is_taken_away_the_second_time(archive: Archive) -> None:
    fill(archive, {"a": "The treaty was signed in Baku.", "b": "The treaty was praised in Rabat."}, lambda _: None)
    asked = Asked("Where was the treaty signed?", ("Baku",), "a")
    with_text, without = ask_twice(archive, FakeReader({"Baku": 3.0, "Rabat": 1.0}), asked, Settings())
    assert with_text.answerable
    assert with_text.right == (True, False)
    assert [evidence.lead for evidence in with_text.evidence] == [2.0, -2.0]
    assert not without.answerable
    assert without.right == (False,)


@pytest.mark.parametrize("name", ["data.jsonl", "data.jsonl.gz"])
def test_reader_data_is_read(tmp_path: Path, name: str) -> None:
    line = json.dumps({"question": "Where?", "text": "In Baku.", "answers": [{"text": "Baku", "start": 3}]}) + "\n"
    path = tmp_path / name
    path.write_bytes(gzip.compress(line.encode()) if name.endswith(".gz") else line.encode())
    (asked,), texts = read_asked(path)
    assert asked.question == "Where?"
    assert asked.answers == ("Baku",)
    assert texts == {asked.article: "In Baku."}


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"question": "Where?", "text": "In Baku."}', '{"answers": [{}]}'])
def test_reader_data_of_another_form_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "data.jsonl"
    good = '{"question": "Where?", "text": "In Baku.", "answers": []}'
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"data\.jsonl, line 2: expected an object with question, text and answers"):
        read_asked(path)


def test_sample_is_the_same_every_time() -> None:
    asked = [Asked(str(number), (), "") for number in range(100)]
    draws = [sample(asked, 10) for _ in range(3)]
    assert all(one == other for one, other in pairwise(draws))
    assert len({one.question for one in draws[0]}) == 10
    assert sample(asked, 1000) == asked
