"""EM and F1 against values worked out by hand from the definitions of SQuAD's scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import near
from qa.metrics import (
    AnswerScore,
    GroupScore,
    Rules,
    best_threshold,
    f1,
    normalise,
    score_answer,
    score_answers,
    summarise,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Baku Summit", "baku summit"),
        ("a an the", ""),
        ("theatre, another; A.", "theatre another"),
        ("U.S.-led", "usled"),  # punctuation goes, and nothing takes its place
        ("a-the", "athe"),  # punctuation goes before articles do
        ("  two\t\n words ", "two words"),
        ("“quoted” — dash", "“quoted” — dash"),  # only ASCII's punctuation goes
        ("ÉTÉ", "été"),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("prediction", "gold", "em", "overlap"),
    [
        ("The port of Baku.", "port of baku", 1.0, 1.0),
        ("the old port", "port of baku", 0.0, 2 / 5),  # "old port" and 3 words share 1: 2·1 / (2+3)
        ("port port", "port", 0.0, 2 / 3),  # a bag: one of the two "port" counts
        ("oil", "gas", 0.0, 0.0),
        ("", "gas", 0.0, 0.0),
        ("", "", 1.0, 1.0),
        ("the", ".", 1.0, 1.0),
    ],
)
def test_exact_match_and_f1(prediction: str, gold: str, em: float, overlap: float) -> None:
    assert score_answer(prediction, [gold]).em == em
    assert f1(prediction, gold) == near(overlap)


def test_score_answer_takes_each_maximum_on_its_own() -> None:
    assert score_answer("the red house", ["red", "red house of brick"]) == AnswerScore(0.0, near(2 / 3))


@pytest.mark.parametrize("rules", list(Rules))
@pytest.mark.parametrize(("prediction", "value"), [("", 1.0), ("the.", 1.0), ("Baku", 0.0)])
def test_score_answer_unanswerable(rules: Rules, prediction: str, value: float) -> None:
    assert score_answer(prediction, [], rules) == AnswerScore(value, value)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules.V1, AnswerScore(1.0, 0.0)),
        (Rules.V2, AnswerScore(1.0, 1.0)),
        (Rules.V2_DROP, AnswerScore(0.0, 0.0)),
    ],
)
def test_score_answer_abstaining_where_a_gold_is_only_punctuation(rules: Rules, expected: AnswerScore) -> None:
    assert score_answer("", [".", "trade"], rules) == expected


def test_score_answer_v2_drop_wants_nothing_if_every_gold_is_dropped() -> None:
    assert score_answer("", [".", "the"], Rules.V2_DROP) == AnswerScore(1.0, 1.0)
    assert score_answer("x", ["."], Rules.V2_DROP) == AnswerScore(0.0, 0.0)


GOLDS = {"who": ["Leyla", "Leyla Aliyeva"], "where": ["in Baku"], "none": [], "trap": [], "lost": ["7"], "void": []}


def test_summarise_counts_missing_predictions_as_wrong() -> None:
    predictions = {"who": "Leyla Aliyeva", "where": "Baku", "none": "", "trap": "Ganja"}
    score = summarise(score_answers(GOLDS, predictions), GOLDS)
    # "Baku" against "in Baku": 2·1 / (1+2). "lost" and the unanswerable "void" have no prediction: 0.
    assert score.total == GroupScore(6, near(2 / 6), near((1 + 2 / 3 + 1) / 6))
    assert score.has_answer == GroupScore(3, near(1 / 3), near((1 + 2 / 3) / 3))
    assert score.no_answer == GroupScore(3, near(1 / 3), near(1 / 3))


def test_summarise_all_answerable_has_an_empty_group() -> None:
    assert summarise({"q": AnswerScore(1.0, 1.0)}, {"q": ["x"]}).no_answer == GroupScore(0, 0.0, 0.0)


def test_score_answers_keeps_the_order_of_the_set() -> None:
    assert list(score_answers(GOLDS, {"none": "", "who": "x"})) == list(GOLDS)


def test_score_answers_rejects_an_empty_set() -> None:
    with pytest.raises(ValueError, match="no question to score"):
        score_answers({}, {})


def test_score_answers_rejects_predictions_for_other_questions() -> None:
    with pytest.raises(ValueError, match=r"predictions for 2 questions that are not in the set, such as 'alien'"):
        score_answers(GOLDS, {"alien": "x", "other": "y", "who": "z"})


def test_best_threshold_by_hand() -> None:
    golds: dict[str, list[str]] = {"a": ["x"], "b": ["x"], "c": [], "d": []}
    values = {"a": 1.0, "b": 0.5, "c": 0.0, "d": 0.0}
    no_answer = {"a": 0.1, "c": 0.2, "b": 0.3, "d": 0.9}
    # Answering none: 2. Up to a: 3. Up to c: 2. Up to b: 2.5. Up to d: 1.5.
    best = best_threshold(values, golds, no_answer, {"a", "b", "c", "d"})
    assert (best.value, best.threshold) == (3 / 4, 0.1)


def test_best_threshold_answers_ties_together() -> None:
    best = best_threshold({"a": 1.0, "b": 0.0}, {"a": ["x"], "b": []}, {"a": 0.5, "b": 0.5}, {"a", "b"})
    # Answering both gives 1 of 2, as answering neither does; only a cut between equals would give 2 of 2.
    assert (best.value, best.threshold) == (1 / 2, 0.0)


def test_best_threshold_rejects_an_empty_set() -> None:
    with pytest.raises(ValueError, match="no question to score"):
        best_threshold({}, {}, {}, set())


def test_best_threshold_counts_questions_without_probability_as_wrong() -> None:
    best = best_threshold({"a": 1.0, "b": 0.0}, {"a": ["x"], "b": []}, {"a": 0.5}, {"a"})
    assert (best.value, best.threshold) == (1 / 2, 0.5)


@given(
    st.dictionaries(
        st.text(max_size=3),
        st.tuples(
            st.booleans(), st.booleans(), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.2, 0.6, 1.0])
        ),
        min_size=1,
    )
)
def test_best_threshold_is_the_best_of_all_thresholds(rows: dict[str, tuple[bool, bool, float, float]]) -> None:
    golds = {id_: ["x"] if answerable else [] for id_, (answerable, _, _, _) in rows.items()}
    answered = {id_ for id_, (_, given_one, _, _) in rows.items() if given_one}
    no_answer = {id_: row[3] for id_, row in rows.items()}
    values = {
        id_: (value if given_one else 0.0) if answerable else float(not given_one)
        for id_, (answerable, given_one, value, _) in rows.items()
    }

    def at(threshold: float) -> float:
        return sum(float(not golds[id_]) if no_answer[id_] > threshold else values[id_] for id_ in rows) / len(rows)

    best = best_threshold(values, golds, no_answer, answered)
    assert best.value == near(max(at(threshold) for threshold in (-1.0, *no_answer.values())))


@given(st.text(), st.text())
def test_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert f1(one, other) == f1(other, one)
    assert 0.0 <= f1(one, other) <= 1.0


@given(st.text(alphabet="ab .thé", max_size=12), st.lists(st.text(alphabet="ab .thé", max_size=12), max_size=4))
def test_em_is_never_above_f1(prediction: str, golds: list[str]) -> None:
    score = score_answer(prediction, golds)
    assert 0.0 <= score.em <= score.f1 <= 1.0


@given(st.text(max_size=20))
def test_a_text_is_its_own_answer(text: str) -> None:
    assert score_answer(text, [text]) == AnswerScore(1.0, 1.0)


@given(st.text())
def test_normalise_leaves_words_apart_by_one_space(text: str) -> None:
    assert normalise(text) == " ".join(normalise(text).split())
