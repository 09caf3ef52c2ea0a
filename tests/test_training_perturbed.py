"""Perturbed questions: each rule by example, and what holds for all of them."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.training.antonyms import OPPOSITES, PAIRS
from qa.training.data import Example, Text
from qa.training.perturbed import Perturber
from qa.training.windows import Window

TEXT = Text(
    "In spring the treaty was signed in Tbilisi by Anna Meyer. A bridge followed in 1998, after Boris Karimov went "
    "home. It is 515 metres long and the largest in Shusha.",
    "made up",
)


def about(question: str, answer: str = "Tbilisi", text: Text = TEXT) -> Example:
    start = text.text.index(answer)
    return Example(question, text, start, start + len(answer), "")


def perturbations(question: Example, *others: Example, text: Text = TEXT) -> set[str | None]:
    """What comes out over many seeds."""
    perturber = Perturber([question, *others])
    return {perturber.perturbed(question, Window(text.text), Random(seed)) for seed in range(40)}


def test_a_year_becomes_another_one_and_not_a_number() -> None:
    other, number = about("Which treaty did they sign in 1875?"), about("Which 30 states signed?")
    assert perturbations(about("Who crossed it by 2004?"), other, number) == {
        "Who crossed it by 1998?"  # the window's own comes first
    }
    assert perturbations(about("Who crossed over by 1998?"), other, number) == {"Who crossed over by 1875?"}


def test_a_name_becomes_another_of_as_many_words() -> None:
    made = perturbations(about("Where met Clara Hahn the press?"))
    assert made == {"Where met Anna Meyer the press?", "Where met Boris Karimov the press?"}


def test_an_acronym_becomes_another_acronym() -> None:
    others = about("What did the UN do?"), about("What did Eva do?")
    assert perturbations(about("Where sat the EU?"), *others) == {"Where sat the UN?"}


def test_months_and_weekdays_become_others() -> None:
    others = about("Who came in July?"), about("Who came on Monday?")
    assert perturbations(about("Who went in May?"), *others) == {"Who went in July?"}
    assert perturbations(about("Who went on Friday?"), *others) == {"Who went on Monday?"}


def test_a_sentence_that_may_answer_the_changed_question_forbids_the_change() -> None:
    # When Boris Karimov went home is said; Anna Meyer stands in a sentence about something else.
    assert perturbations(about("Which year went Clara Hahn home?", "1998")) == {"Which year went Anna Meyer home?"}


def test_neither_the_answer_nor_what_the_question_says_already_is_put_in() -> None:
    question = about("Who went from Shusha to Agdam?")
    assert perturbations(question, about("Who saw Tbilisi?")) == {None}


def test_a_part_of_the_same_name_is_no_other_name() -> None:
    assert perturbations(about("Where lived Anna Karimov?")) == {None}
    assert perturbations(about("Where lived Anna Karimov?"), about("Where sat Eva Hahn?")) == {"Where lived Eva Hahn?"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who saw the smallest dam?", "Who saw the largest dam?"),
        ("Who won it?", "Who lost it?"),
        ("First to come?", "Last to come?"),
    ],
)
def test_a_word_becomes_its_opposite(question: str, expected: str) -> None:
    assert expected in perturbations(about(question))


def test_an_opposite_that_the_window_says_of_the_same_is_left() -> None:
    assert perturbations(about("Which is the smallest in Shusha?")) == {"Which isn't the smallest in Shusha?"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Where did they go?", "Where didn't they go?"),
        ("Was it there?", "Wasn't it there?"),
        ("Who can go?", "Who can't go?"),
        ("Who will go?", "Who won't go?"),
        ("Why did they not go?", None),
        ("Why didn't they go?", None),
        ("Why go?", None),
    ],
)
def test_a_question_without_name_or_opposite_is_negated_once(question: str, expected: str | None) -> None:
    assert perturbations(about(question)) == {expected}


def test_no_negation_where_the_window_says_what_is_not() -> None:
    text = Text("They did not go to Tbilisi.", "")
    assert perturbations(about("Where did they go?", text=text), text=text) == {None}


def test_a_perturbed_question_is_none_that_is_asked_of_the_text() -> None:
    other = about("Where didn't they go", "spring")
    assert perturbations(about("Where did they go?"), other) == {None}
    elsewhere = about("Where didn't they go", text=Text("Nobody went to Tbilisi.", ""))
    assert perturbations(about("Where did they go?"), elsewhere) == {"Where didn't they go?"}


def test_there_are_many_opposites_and_none_is_its_own() -> None:
    assert len(PAIRS.split(",")) >= 60
    assert set(OPPOSITES) == set(re.findall(r"\w+", PAIRS))
    assert all(word != opposite and re.fullmatch("[a-z]+", opposite) for word, opposite in OPPOSITES.items())
    assert (OPPOSITES["lost"], OPPOSITES["shortest"], OPPOSITES["last"]) == ("won", "longest", "first")


QUESTIONS = st.lists(
    st.sampled_from(
        ["Where", "did", "was", "in", "May", "1998", "515", "Anna", "Boris Karimov", "first", "won", "x", "?"]
    ),
    max_size=8,
).map(" ".join)


@given(QUESTIONS | st.text(max_size=40), st.lists(QUESTIONS, max_size=3), st.integers())
def test_a_perturbed_question_differs_and_is_the_same_every_time(asked: str, others: list[str], seed: int) -> None:
    questions = [about(question) for question in (asked, *others)]
    made = [Perturber(questions).perturbed(questions[0], Window(TEXT.text), Random(seed)) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] not in [asked, *others]
