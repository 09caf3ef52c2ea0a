"""Calibration and abstention against values worked out by hand and a direct reading of the definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import near
from qa.evaluation.measures.calibration import (
    Bin,
    OperatingPoint,
    RiskCoverage,
    aurc,
    coverage_at_precision,
    equal_mass_bins,
    equal_width_bins,
    expected_calibration_error,
    risk_coverage,
)

PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=30
)


def test_equal_width_bins_by_hand() -> None:
    bins = equal_width_bins([0.1, 0.2, 0.6, 1.0], [0, 1, 1, 1], bins=2)
    assert bins == (Bin(0.0, 0.5, 2, near(0.15), 0.5), Bin(0.5, 1.0, 2, near(0.8), 1.0))
    assert expected_calibration_error(bins) == near((2 * 0.35 + 2 * 0.2) / 4)


@pytest.mark.parametrize(
    ("confidence", "number"), [(0.0, 0), (0.1, 0), (0.3, 2), (0.31, 3), (0.7, 6), (0.9, 8), (1.0, 9)]
)
def test_equal_width_bins_put_an_edge_into_the_bin_below(confidence: float, number: int) -> None:
    assert [item.count for item in equal_width_bins([confidence], [1])].index(1) == number


def test_equal_width_bins_without_answers_have_no_means() -> None:
    assert equal_width_bins([0.95], [1])[0] == Bin(0.0, 0.1, 0, None, None)


def test_equal_mass_bins_by_hand() -> None:
    bins = equal_mass_bins([0.9, 0.1, 0.8, 0.2, 0.3], [1, 0, 0, 0, 1], bins=2)
    assert bins == (
        Bin(0.1, 0.3, 3, near(0.2), near(1 / 3)),
        Bin(0.8, 0.9, 2, near(0.85), 0.5),
    )


def test_equal_mass_bins_fewer_answers_than_bins() -> None:
    assert [item.count for item in equal_mass_bins([0.4, 0.2], [1, 1])] == [1, 1]


@given(PAIRS)
def test_bins_hold_every_answer_once(pairs: list[tuple[float, float]]) -> None:
    confidences, correct = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for bins in (equal_width_bins(confidences, correct), equal_mass_bins(confidences, correct)):
        assert sum(item.count for item in bins) == len(pairs)
        assert sum(item.count * (item.accuracy or 0.0) for item in bins) == near(sum(correct))
        assert 0.0 <= expected_calibration_error(bins) <= 1.0


def test_expected_calibration_error_is_nought_when_confidence_is_accuracy() -> None:
    assert expected_calibration_error(equal_width_bins([0.75] * 4, [1, 1, 1, 0])) == 0.0


def test_risk_coverage_by_hand() -> None:
    curve = risk_coverage([0.2, 0.9, 0.5, 0.8], [1, 0, 0, 1])
    assert curve == RiskCoverage((0.9, 0.8, 0.5, 0.2), (0.25, 0.5, 0.75, 1.0), (0.0, 0.5, near(1 / 3), 0.5))
    assert aurc(curve) == near((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_risk_coverage_answers_ties_together() -> None:
    curve = risk_coverage([0.5, 0.5, 0.9], [1, 0, 0])
    assert curve == RiskCoverage((0.9, 0.5), (near(1 / 3), 1.0), (0.0, near(1 / 3)))
    assert aurc(curve) == near((0 + 1 / 3 + 1 / 3) / 3)


@given(PAIRS)
def test_aurc_is_the_mean_selective_risk(pairs: list[tuple[float, float]]) -> None:
    risks = []
    for threshold, _ in pairs:
        answered = [loss for confidence, loss in pairs if confidence >= threshold]
        risks.append(sum(answered) / len(answered))
    curve = risk_coverage([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    assert aurc(curve) == near(sum(risks) / len(risks))
    assert curve.coverage[-1] == 1.0
    assert curve.risk[-1] == near(sum(loss for _, loss in pairs) / len(pairs))


@given(PAIRS)
def test_risk_coverage_does_not_depend_on_order(pairs: list[tuple[float, float]]) -> None:
    shuffled = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
    assert risk_coverage(*zip(*pairs, strict=True)) == risk_coverage(*zip(*shuffled, strict=True))


def test_coverage_at_precision_takes_the_furthest_point() -> None:
    # Precision by coverage: 1/1, 1/2, 2/3, 3/4, 4/5, 4/6.
    curve = risk_coverage([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [0, 1, 0, 0, 0, 1])
    assert coverage_at_precision(curve, 0.8) == OperatingPoint(near(5 / 6), 0.5)
    assert coverage_at_precision(curve, 0.9) == OperatingPoint(near(1 / 6), 0.9)


def test_coverage_at_precision_out_of_reach() -> None:
    assert coverage_at_precision(risk_coverage([0.9, 0.1], [1, 0]), 0.9) == OperatingPoint(0.0, None)


@pytest.mark.parametrize(
    ("confidences", "losses", "message"),
    [
        ([], [], "expected two lists of one length, not 0"),
        ([0.5], [0, 1], r"confidences \(1,\) and losses \(2,\)"),
        ([1.5], [0], r"confidences hold 1.5, expected values in \[0, 1\]"),
        ([float("nan")], [0], "confidences hold nan"),
        ([0.5], [-1], "losses hold -1.0"),
    ],
)
def test_risk_coverage_rejects(confidences: list[float], losses: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        risk_coverage(confidences, losses)
