import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import SEEDS
from embeddings.sentences import sentence_around, sentences

SEED_TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}
TEXTS = st.text(st.sampled_from('aZé1.!?"” \n\t\r\u0301\u2028\u00a0😀Я中،؟。')) | st.text()


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text).tolist()]


def wrapped(words: str, characters: int) -> str:
    """A line of exactly so many characters."""
    return (words * characters)[: characters - 1] + "x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met. They spoke! Did they sign? Yes.", ["They met.", "They spoke!", "Did they sign?", "Yes."]),
        (
            "Dr. Smith met Mr. Jones at 3 p.m. on Friday. They spoke.",
            ["Dr. Smith met Mr. Jones at 3 p.m. on Friday.", "They spoke."],
        ),
        ("It cost $3.2 million. That is a lot.", ["It cost $3.2 million.", "That is a lot."]),
        ("They voted for a wall. Seven were for it.", ["They voted for a wall.", "Seven were for it."]),
        ("He left the hall. “Will it rain?” It did.", ["He left the hall.", "“Will it rain?”", "It did."]),
        ("It cost approx. Ten pounds more than that.", ["It cost approx. Ten pounds more than that."]),
        ("A headline\n\nThe text. It ends", ["A headline", "The text.", "It ends"]),
        ("Two of them\nare short lines", ["Two of them", "are short lines"]),
        ("  They met.   They spoke.  ", ["They met.", "They spoke."]),
        ("\n\n\nThey met.\n\n\n", ["They met."]),
        ("7", ["7"]),
        ("😀 They met. They spoke 😀.", ["😀 They met.", "They spoke 😀."]),
        ("Министр приехал в Баку. Он подписал договор.", ["Министр приехал в Баку.", "Он подписал договор."]),
        ("وصل الوزير إلى باكو. ووقع الاتفاق.", ["وصل الوزير إلى باكو.", "ووقع الاتفاق."]),
        ("x" * 10_000, ["x" * 10_000]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\n", " \n\t\u00a0\u2028 "])
def test_text_of_white_space_has_no_sentences(text: str) -> None:
    found = sentences(text)
    assert found.shape == (0, 2)
    assert found.dtype == "int64"


@pytest.mark.parametrize(("characters", "joined"), [(49, False), (50, True), (100, True), (101, False)])
def test_only_a_line_that_may_have_been_wrapped_is_joined_to_the_next(characters: int, joined: bool) -> None:
    first = wrapped("many words and no stop ", characters)
    text = f"{first}\nand here it ends."
    assert split(text) == ([text] if joined else [first, "and here it ends."])


def test_a_wrapped_paragraph_keeps_its_sentences_across_lines() -> None:
    text = (
        "The ministers of the two countries met in the capital on\n"
        "Monday to discuss the treaty. They agreed to meet again in\n"
        "the spring of next year."
    )
    first = text.index(" They agreed")
    assert split(text) == [text[:first], text[first + 1 :]]


@pytest.mark.parametrize("text", SEED_TEXTS.values(), ids=SEED_TEXTS)
def test_sentences_of_the_seeds_are_all_of_them_in_order_trimmed_and_apart(text: str) -> None:
    check_cover(text)


@given(TEXTS)
@example("a.\u0301b. c")
@example("\u0301")
def test_sentences_of_any_text_are_all_of_it_in_order_trimmed_and_apart(text: str) -> None:
    check_cover(text)


def check_cover(text: str) -> None:
    found = sentences(text).tolist()
    pieces = [text[start:end] for start, end in found]
    assert [piece for piece in pieces if piece != piece.strip() or not piece] == []
    assert [end for (_, end), (start, _) in pairwise(found) if end > start] == []
    assert "".join(re.sub(r"\s", "", piece) for piece in pieces) == re.sub(r"\s", "", text)


TWO = "They met in Baku. They signed a treaty.\n\nIt was late."


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Baku", "They met in Baku."),
        ("They met", "They met in Baku."),
        ("treaty.", "They signed a treaty."),
        ("Baku. They", "They met in Baku. They signed a treaty."),
        ("treaty.\n\nIt", "They signed a treaty.\n\nIt was late."),
        ("late", "It was late."),
        (TWO, TWO),
    ],
)
def test_sentence_around_a_span(words: str, expected: str) -> None:
    start = TWO.index(words)
    first, last = sentence_around(TWO, start, start + len(words))
    assert TWO[first:last] == expected


def test_sentence_around_the_second_of_two_equal_sentences_is_the_second() -> None:
    text = "He came. He came."
    assert sentence_around(text, 12, 16) == (9, 17)


def test_sentence_around_white_space_is_the_span_itself() -> None:
    assert sentence_around("One.\n\n\n\nTwo.", 5, 7) == (5, 7)


@given(TEXTS.filter(len), st.data())
def test_sentence_around_holds_the_span_and_lies_in_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = sentence_around(text, start, end)
    assert 0 <= first <= start
    assert end <= last <= len(text)


@pytest.mark.parametrize("text", SEED_TEXTS.values(), ids=SEED_TEXTS)
def test_sentence_around_a_sentence_of_the_seeds_is_itself(text: str) -> None:
    found = sentences(text).tolist()
    assert [list(sentence_around(text, start, end)) for start, end in found] == found
