"""Questions as people type them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.questions.typed import Form, in_form, keywords, with_typo
from qa.training.query_noise import as_typed
from qa.training.recipe import Recipe
from qa.training.windows import Window

ASKED = "Where did President Aliyev meet the leaders?"
WINDOW = Window("In Baku President Aliyev met them.")


def test_the_share_of_questions_is_in_lower_case_without_question_mark() -> None:
    assert as_typed("Where is Baku?", WINDOW, Recipe(typed=1.0), Random(0)) == "where is baku"
    assert as_typed("Where is Baku?", WINDOW, Recipe(typed=0.0), Random(0)) == "Where is Baku?"
    assert as_typed("??", WINDOW, Recipe(typed=1.0), Random(0)) == "??"


def test_only_typed_questions_become_keywords_or_get_a_typo() -> None:
    everything = Recipe(typed=0.0, keywords=1.0, typos=1.0)
    assert as_typed(ASKED, WINDOW, everything, Random(0)) == ASKED


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form.PLAIN, "where did president aliyev meet the leaders"),
        (Form.KEYWORDS, "president aliyev meet leaders"),
        (Form.TYPO, "where did president aliyev meet the leaedrs"),
    ],
)
def test_each_form_is_in_lower_case_without_question_mark(form: Form, expected: str) -> None:
    assert in_form(ASKED, form, "President Aliyev met them Where?", Random(0)) == expected


@pytest.mark.parametrize("seed", range(10))
def test_a_typo_comes_into_no_name_of_the_window(seed: int) -> None:
    typed = as_typed(ASKED, WINDOW, Recipe(typed=1.0, keywords=1.0, typos=1.0), Random(seed))
    words = typed.split()
    assert words[:3] == ["president", "aliyev", "meet"]
    assert words[3] != "leaders"
    assert sorted(set(words[3])) == sorted("leadrs") or len(words[3]) == 6


def test_shares_are_shares() -> None:
    recipe, random = Recipe(typed=0.5, keywords=0.5, typos=0.0), Random(0)
    made = [as_typed(ASKED, WINDOW, recipe, random) for _ in range(1000)]
    assert 420 < made.count(ASKED) < 580
    assert 180 < made.count("president aliyev meet leaders") < 320


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who signed the memorandum in Baku", "signed memorandum Baku"),
        ("what is the name of it", "what is the name of it"),
        ("where is baku", "where is baku"),
        ("", ""),
    ],
)
def test_keywords_are_what_is_left_without_stop_words_if_two_are(question: str, expected: str) -> None:
    assert keywords(question) == expected


@pytest.mark.parametrize("question", ["who won", "baku gas 2022", "", "who met aliyev"])
def test_a_question_of_short_or_spared_words_has_no_typo(question: str) -> None:
    assert with_typo(question, {"aliyev"}, Random(0)) == question


def test_a_typo_is_a_swap_a_drop_or_a_double() -> None:
    made = {with_typo("abcde", (), Random(seed)) for seed in range(300)}
    swapped = {"bacde", "acbde", "abdce", "abced"}
    dropped = {"bcde", "acde", "abde", "abce"}
    doubled = {"aabcde", "abbcde", "abccde", "abcdde"}
    assert made == swapped | dropped | doubled


@given(st.text(max_size=60), st.integers())
def test_at_most_two_neighbouring_letters_differ(question: str, seed: int) -> None:
    made = with_typo(question, (), Random(seed))
    assert abs(len(made) - len(question)) <= 1
    same = next((n for n, (a, b) in enumerate(zip(made, question, strict=False)) if a != b), len(question))
    assert question.endswith(made[same + 2 :])
