"""What may be asked, and what is said of what may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.limits import MAX_K, MAX_QUESTION, check_k, check_question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Who signed it?", "Who signed it?"),
        ("  Who\n signed\t\u00a0it? ", "Who signed it?"),
        ("7", "7"),
        ("кто подписал", "кто подписал"),
        ("谁签署了备忘录？", "谁签署了备忘录？"),
        ("من وقع", "من وقع"),
        ("<script>", "<script>"),
        ("a" * MAX_QUESTION, "a" * MAX_QUESTION),
    ],
)
def test_question_is_kept_with_its_white_space_collapsed(text: str, question: str) -> None:
    assert check_question(text) == question


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0\u3000"])
def test_blank_question_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^the question is blank; type a question such as: Who signed"):
        check_question(text)


@pytest.mark.parametrize("text", ["?", "?!… — «»", "()[]{}\"'\\*^~:", "👩‍👩‍👧", "\u0301", "\x00\x1b"])
def test_question_of_punctuation_only_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^the question .+ holds no letter or digit; ask it in words$"):
        check_question(text)


@pytest.mark.parametrize(("length", "said"), [(10_000, "10,000"), (MAX_QUESTION + 1, "1,001")])
def test_long_question_is_refused(length: int, said: str) -> None:
    with pytest.raises(ValueError, match=f"^the question has {said} characters, at most 1,000 are read; shorten it$"):
        check_question("a" * length)


@given(st.text(max_size=50))
def test_question_is_refused_or_kept_word_for_word(text: str) -> None:
    try:
        question = check_question(text)
    except ValueError:
        assert not any(character.isalnum() for character in text)
    else:
        assert question.split() == text.split()
        assert check_question(question) == question


@pytest.mark.parametrize(("value", "k"), [(1, 1), (MAX_K, 100), ("5", 5), ("100", 100), (" 5 ", 5)])
def test_k_is_a_whole_number_in_its_range(value: str | int, k: int) -> None:
    assert check_k(value) == k


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (-1, "-1"),
        (101, "101"),
        (1000, "1000"),
        ("0", "0"),
        ("-1", "-1"),
        ("many", "'many'"),
        ("", "''"),
        ("2.5", "'2.5'"),
        ("1e1", "'1e1'"),
        ("x" * 500, f"'{'x' * 40}'"),
        ("9" * 500, f"'{'9' * 40}'"),
        ("9" * 5000, f"'{'9' * 40}'"),
    ],
)
def test_other_k_is_refused(value: str | int, said: str) -> None:
    with pytest.raises(
        ValueError, match=f"^k is {said}; k is the number of passages to look through, a whole number from 1 to 100$"
    ):
        check_k(value)
