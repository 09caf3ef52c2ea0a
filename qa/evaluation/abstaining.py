"""The figures of abstaining: what each threshold gives, and how far a confidence can be trusted."""

from collections.abc import Sequence

from qa.confidence_words import CONFIDENCE_WORDS, confidence_word
from qa.evaluation.answer_runs import AskedQuestion
from qa.evaluation.measures.calibration import (
    RiskCoverage,
    aurc,
    coverage_at_precision,
    equal_mass_bins,
    equal_width_bins,
    expected_calibration_error,
)
from qa.evaluation.results.results import Figure, Unit, mean_figure
from qa.explain import candidates

PRECISIONS = (0.8, 0.9)
ALL = "all"
NO_ANSWER = "no answer"
THRESHOLDS = tuple(step / 10 for step in range(10))


def abstaining_figures(asked: Sequence[AskedQuestion]) -> list[Figure]:
    """Return how often the program abstained, and how often it was right to answer, of each kind of question."""
    table = "Abstaining at the shipped threshold"
    figures = []
    for row, members in groups(asked).items():
        if row != ALL:
            figures.append(mean_figure(table, row, "abstained", [float(one.prediction.abstained) for one in members]))
            right = [float(one.first_is_right and not one.prediction.abstained) for one in members]
            figures += [mean_figure(table, row, "right answer shown", right)] if row != NO_ANSWER else []
    return figures


def threshold_figures(asked: Sequence[AskedQuestion]) -> list[Figure]:
    """Return what each threshold gives: how much is answered, how much of that is right, EM and F1 over all."""
    figures = []
    for threshold in THRESHOLDS:
        table, row = "At every threshold", f"{threshold:.1f}"
        answers = {one.question.id: bool(candidates(one.prediction)) and one.confidence >= threshold for one in asked}
        answered = [one for one in asked if answers[one.question.id]]
        none = [one for one in asked if not one.question.answers]
        abstained = sum(not answers[one.question.id] for one in none)
        em = abstained + sum(one.always.em for one in answered)
        f1 = abstained + sum(one.always.f1 for one in answered)
        figures += [
            Figure(table, row, "answered", len(answered) / len(asked), len(asked)),
            Figure(table, row, "EM", em / len(asked), len(asked)),
            Figure(table, row, "F1", f1 / len(asked), len(asked)),
        ]
        if answered:
            precision = sum(one.first_is_right for one in answered) / len(answered)
            figures.append(Figure(table, row, "right, of those answered", precision, len(answered)))
        if none:
            figures.append(Figure(table, row, "abstained, of those without", abstained / len(none), len(none)))
    return figures


def confidence_figures(curve: RiskCoverage, rated: Sequence[AskedQuestion], count: int) -> list[Figure]:
    """Return AURC, the coverage at each precision, and ECE. `rated`: those with an answer, shown or not, of `count`."""
    table, row = "Risk and coverage", ALL
    figures = [Figure(table, row, "AURC", aurc(curve), count, unit=Unit.NUMBER)]
    for precision in PRECISIONS:
        point = coverage_at_precision(curve, precision)
        figures.append(Figure(table, row, f"coverage at {precision:.0%} precision", point.coverage, count))
        if point.threshold is not None:
            name = f"its threshold, {precision:.0%}"
            figures.append(Figure(table, row, name, point.threshold, count, unit=Unit.NUMBER))
    if rated:
        figures += word_figures(rated)
        values, right = [one.confidence for one in rated], [float(one.first_is_right) for one in rated]
        wide, even = equal_width_bins(values, right), equal_mass_bins(values, right)
        for name, bins in (("ECE, bins of equal width", wide), ("ECE, bins of equal count", even)):
            error = expected_calibration_error(bins)
            figures.append(Figure("Calibration", "first answers", name, error, len(rated), unit=Unit.NUMBER))
    return figures


def word_figures(rated: Sequence[AskedQuestion]) -> list[Figure]:
    """Return how many first answers each word for a confidence stands beside, and what share of them is right."""
    table = "What the words for a confidence mean"
    of_word = {
        word or "too low for a word": [one for one in rated if confidence_word(one.confidence) == word]
        for word in (*CONFIDENCE_WORDS.values(), "")
    }
    figures = []
    for word, members in {**of_word, ALL: rated}.items():
        if members:
            confidence = sum(one.confidence for one in members) / len(members)
            figures += [
                Figure(table, word, "first answers", len(members), len(rated), unit=Unit.COUNT),
                Figure(table, word, "mean confidence", confidence, len(members)),
                mean_figure(table, word, "right", [float(one.first_is_right) for one in members]),
            ]
    return figures


def groups(asked: Sequence[AskedQuestion]) -> dict[str, list[AskedQuestion]]:
    """Return the questions by the rows of a table; empty ones are left out."""
    kinds = {
        ALL: list(asked),
        "has answer": [one for one in asked if one.question.answers],
        "answer known to be in the archive": [one for one in asked if one.question.answers and one.question.relevant],
        NO_ANSWER: [one for one in asked if not one.question.answers],
    }
    if kinds["answer known to be in the archive"] == kinds["has answer"]:
        del kinds["answer known to be in the archive"]
    return {name: members for name, members in kinds.items() if members}
