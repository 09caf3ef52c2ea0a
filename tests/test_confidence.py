"""Confidence: worked out by hand, bounded, and never lower for more evidence."""

import json
import math
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.confidence import FILE, Calibration, Evidence, Regression
from qa.reader.load import models_of
from qa.settings import SHIPPED_READER

WEIGHTS = Calibration(bias=-2.0, margin=0.5, retrieval=1.0, lead=0.25, supports=2.0, threshold=0.4, fitted_on="by hand")
SHIPPED = Calibration.load(SHIPPED_READER, models_of([SHIPPED_READER]))
FEATURES = [field.name for field in fields(Evidence) if field.name != "skimmed"]

LOGITS = st.floats(allow_nan=False)
COUNTS = st.integers(0, 1000)
EVIDENCE = st.builds(Evidence, margin=LOGITS, retrieval=st.floats(0, 1), lead=LOGITS, supports=COUNTS, relevance=LOGITS)


def test_confidence_is_the_logistic_function_of_the_weighed_evidence() -> None:
    # -2 + 0.5 · 4 + 1 · 0.5 + 0.25 · 2 + 2 · ln(1 + 1) = 1 + ln 4, and 1 / (1 + e^-(1 + ln 4)) = 4e / (4e + 1)
    evidence = Evidence(margin=4.0, retrieval=0.5, lead=2.0, supports=1)
    assert WEIGHTS.confidence(evidence) == pytest.approx(4 * math.e / (4 * math.e + 1))


def test_confidence_of_no_evidence_is_that_of_the_bias() -> None:
    nothing = Evidence(margin=0.0, retrieval=0.0, lead=0.0, supports=0)
    assert WEIGHTS.confidence(nothing) == pytest.approx(1 / (1 + math.exp(2)))
    assert replace(WEIGHTS, bias=0.0).confidence(nothing) == 0.5


@pytest.mark.parametrize("far", [15.0, 16.0, 1e300, math.inf])
def test_confidence_takes_margin_and_lead_only_so_far(far: float) -> None:
    near = Evidence(margin=15.0, retrieval=0.0, lead=-15.0, supports=0)
    assert WEIGHTS.confidence(replace(near, margin=far, lead=-far)) == WEIGHTS.confidence(near)


@pytest.mark.parametrize("calibration", [WEIGHTS, SHIPPED], ids=["by hand", "shipped"])
@given(evidence=EVIDENCE)
def test_confidence_is_a_probability(calibration: Calibration, evidence: Evidence) -> None:
    assert 0 < calibration.confidence(evidence) < 1


@pytest.mark.parametrize("calibration", [WEIGHTS, SHIPPED], ids=["by hand", "shipped"])
@pytest.mark.parametrize("feature", FEATURES)
@given(data=st.data(), evidence=EVIDENCE)
def test_confidence_never_falls_when_evidence_grows(
    calibration: Calibration, feature: str, data: st.DataObject, evidence: Evidence
) -> None:
    values = {"retrieval": st.floats(0, 1), "supports": COUNTS}.get(feature, LOGITS)
    less, more = sorted([data.draw(values), getattr(evidence, feature)])
    assert calibration.confidence(replace(evidence, **{feature: less})) <= calibration.confidence(
        replace(evidence, **{feature: more})
    )


BY_TWO = Calibration(margin=1.0, answerable=Regression(retrieval=4.0, bias=-2.0), share=0.5)
"""Two factors: that of the margin, and that of the retrieval score, which is a half at 0.5."""


def evidence(margin: float, retrieval: float = 0.5, *, skimmed: bool = False) -> Evidence:
    return Evidence(margin, retrieval, lead=0.0, supports=0, skimmed=skimmed)


def test_confidence_is_that_there_is_an_answer_times_that_it_is_this_one() -> None:
    assert BY_TWO.confidence(evidence(0.0)) == pytest.approx(0.5 * 0.5)
    assert BY_TWO.confidence(evidence(math.log(3), retrieval=1.0)) == pytest.approx(0.75 / (1 + math.exp(-2)))


def test_that_there_is_an_answer_is_told_by_the_first_one() -> None:
    # the second answer, though from a better hit, has the first one's chance that there is any: a half
    assert BY_TWO.confidences([evidence(-math.log(3), 1.0), evidence(0.0)]) == pytest.approx([0.25 / 2, 0.5 / 2])


def test_what_was_only_skimmed_has_a_regression_of_its_own() -> None:
    calibration = replace(BY_TWO, answerable=None, skimmed=Regression(bias=-math.log(3)))
    pair = [evidence(0.0), evidence(9.0, skimmed=True)]
    assert calibration.confidences(pair) == pytest.approx([0.5, 0.25])


@pytest.mark.parametrize(("share", "confidence"), [(None, 0.25), (0.5, 0.25), (0.75, 0.375), (1.0, 0.5), (0.0, 0.0)])
def test_the_expected_share_of_answers_moves_the_confidence(share: float | None, confidence: float) -> None:
    # half of the questions it was fitted on have one, and here nothing tells which: then it is the share that counts
    assert BY_TWO.expecting(share).confidence(evidence(0.0)) == pytest.approx(confidence, abs=1e-6)


def test_expected_share_leaves_a_calibration_alone_that_knows_nothing_of_it() -> None:
    assert WEIGHTS.expecting(0.9) is WEIGHTS


def test_no_answers_have_no_confidence() -> None:
    assert WEIGHTS.confidences([]) == []


def test_calibration_of_a_pair_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    calibration = replace(BY_TWO, skimmed=Regression(bias=-1.0, skim_margin=0.5), fitted_for="a, b")
    calibration.save(tmp_path)
    assert Calibration.load(tmp_path, "a, b") == calibration


def test_shipped_calibration_has_a_threshold_inside_the_scale() -> None:
    assert 0 < SHIPPED.threshold < 1


def test_calibration_is_loaded_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(asdict(WEIGHTS)), encoding="utf-8")
    assert Calibration.load(tmp_path, WEIGHTS.fitted_for) == WEIGHTS


def test_calibration_that_is_missing_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"{tmp_path} has no calibration.json; make one with: pressmark train"):
        Calibration.load(tmp_path, "")


def test_calibration_without_one_of_its_numbers_is_damaged(tmp_path: Path) -> None:
    values = asdict(WEIGHTS)
    del values["margin"]
    (tmp_path / FILE).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ValueError, match=r"calibration.json has no 'margin'; make it anew with: pressmark train"):
        Calibration.load(tmp_path, "")


@pytest.mark.parametrize("wrong", ["0.5", None, True, float("nan"), float("inf")])
def test_calibration_with_what_is_no_number_is_damaged(wrong: object, tmp_path: Path) -> None:
    values = {**asdict(Calibration(fitted_for="m")), "margin": wrong}
    (tmp_path / FILE).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ValueError, match=r"calibration\.json is damaged: margin is .*, expected a number"):
        Calibration.load(tmp_path, "m")
