from random import Random

import pytest

from qa.training.data import Example, Text
from qa.training.negatives import hard_negatives
from qa.training.windows import LONG, Cutter, Window

SENTENCES = [
    f"In chapter {number} the traveller writes at some length of town number {number * 111}." for number in range(1, 60)
]
LONG_TEXT = Text(" ".join(SENTENCES), "made up")
OTHER = Text(
    "The traveller came to a town. It had walls and gates, and it rained on all the days he was there.", "made up"
)


def asked(answer: str, text: Text = LONG_TEXT, question: str = "Of which town does he write in chapter 30?") -> Example:
    start = text.text.index(answer)
    return Example(question, text, start, start + len(answer), "")


@pytest.mark.parametrize("seed", range(20))
def test_a_window_holds_the_answer_and_whole_sentences(seed: int) -> None:
    window = Cutter(Random(seed), 0.12).with_answer(asked("town number 3330"))
    assert window.text[window.start : window.end] == "town number 3330"
    assert window.text in LONG_TEXT.text
    assert window.text.startswith("In chapter")
    assert window.text.endswith(".")
    assert 60 < len(window.text) <= LONG[1]


def test_an_answer_across_sentences_is_held_whole() -> None:
    question = asked("3330. In chapter 31")
    window = Cutter(Random(0), 0.12).with_answer(question)
    assert window.text[window.start : window.end] == "3330. In chapter 31"


@pytest.mark.parametrize("seed", range(10))
def test_an_endless_sentence_is_cut_between_words(seed: int) -> None:
    text = Text(" ".join(f"word{number}" for number in range(2000)), "made up")
    window = Cutter(Random(seed), 0.12).with_answer(asked("word1000", text))
    assert window.text[window.start : window.end] == "word1000"
    assert len(window.text) <= LONG[1] + 200
    assert set(window.text.split()) <= set(text.text.split())


@pytest.mark.parametrize("seed", range(20))
def test_a_negative_does_not_hold_the_answer(seed: int) -> None:
    window = Cutter(Random(seed), 0.12).without_answer(asked("town number 3330"), [OTHER])
    assert window is not None
    assert "town number 3330" not in window.text
    assert (window.start, window.end) == (-1, -1)
    assert window.text in LONG_TEXT.text or window.text in OTHER.text


@pytest.mark.parametrize("seed", range(10))
def test_several_negatives_differ_and_none_is_the_one_that_is_taken(seed: int) -> None:
    question, random = asked("town number 3330"), Random(seed)
    taken = Window(OTHER.text)
    found = Cutter(random, 0.12).more_without_answer(question, [OTHER], 4, taken=taken)
    assert len({window.text for window in found} - {taken.text}) == len(found)
    assert all("town number 3330" not in window.text for window in found)


def test_there_are_as_many_negatives_as_the_texts_have() -> None:
    question, others = asked("walls and gates", OTHER), [Text(f"Town {n} has no gates at all.", "") for n in range(2)]
    found = Cutter(Random(0), 0.12).more_without_answer(question, others, 5, taken=Window(others[0].text))
    assert found == [Window(others[1].text)]


def test_a_text_without_other_sentences_has_no_negative() -> None:
    assert Cutter(Random(0), 0.12).without_answer(asked("walls and gates", OTHER), []) is None


def test_the_negative_is_the_text_that_matches_best_without_the_answer() -> None:
    texts = [
        "The bridge over the Aras was opened in 1998 by the minister.",
        "The bridge over the Aras was closed in spring, the minister said.",
        "The minister said the bridge over the Aras had opened in 1998.",
        "A cat sat on a mat.",
    ]
    made = [Text(text, "") for text in texts]
    first = Example("When was the bridge over the Aras opened?", made[0], 39, 43, "")
    questions = [first, *(Example("Cat or mat?", text, 0, 1, "") for text in made[1:])]
    assert first.answer == "1998"
    assert hard_negatives(questions)[0] == (made[1],)


def test_a_window_is_without_an_answer_unless_told() -> None:
    assert Window("Some text.") == Window("Some text.", -1, -1)


def test_mentions_are_whole_words_in_any_case_the_answer_first() -> None:
    window = Window("IDPs: the IDP said idp, not IDPs.", 10, 13)
    assert [window.text[start:end] for start, end in window.mentions] == ["IDP", "idp"]
    assert window.mentions[0] == (10, 13)
    assert Window("No answer.").mentions == ()


def test_the_marked_place_is_a_mention_even_within_a_word() -> None:
    assert Window("He earned $5m and 5 cents, 5 in all.", 11, 12).mentions == ((11, 12), (18, 19), (27, 28))
