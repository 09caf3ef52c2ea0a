"""Pieces join back to the text and are marked by offsets alone; paragraphs lose nothing but white space."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import Article, Span
from web.highlight import TextPiece, paragraphs, pieces
from web_fakes import REPEATED, SIGNED, span_of, whole

TEXTS = st.text(st.sampled_from("aé\u0301𝒩👩\u200d \n\t<&ب"), max_size=40)


def article_of(text: str, name: str = "a") -> Article:
    return Article(id=name, text=text, title="")


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[Span, list[Span]]:
    article = article_of(draw(TEXTS))
    offsets = st.integers(0, len(article.text))
    bounds = st.tuples(offsets, offsets).map(sorted)
    start, end = draw(bounds)
    return Span(article, start, end), [Span(article, *pair) for pair in draw(st.lists(bounds, max_size=6))]


def test_pieces_of_words_twice_in_article_mark_the_occurrence_given() -> None:
    assert pieces(whole(REPEATED), [span_of(REPEATED, "memorandum", occurrence=2)]) == [
        TextPiece("A memorandum was planned. Later, the ", marked=False),
        TextPiece("memorandum", marked=True),
        TextPiece(" was signed.", marked=False),
    ]


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("new cafe\u0301 opened", 4, 9, "cafe\u0301"),
        ("𝒩ew 👩‍👩‍👧 here", 4, 9, "👩‍👩‍👧"),
        ("في بغداد اليوم", 3, 8, "بغداد"),
    ],
)
def test_pieces_with_combining_and_non_bmp_characters(text: str, start: int, end: int, words: str) -> None:
    article = article_of(text)
    assert pieces(whole(article), [Span(article, start, end)]) == [
        TextPiece(text[:start], marked=False),
        TextPiece(words, marked=True),
        TextPiece(text[end:], marked=False),
    ]


@pytest.mark.parametrize(
    ("chosen", "marks", "expected"),
    [
        ((1, 3), [], ["+a", "!bc", "+def"]),
        ((1, 3), [(1, 3)], ["+a", "!bc", "+def"]),
        ((2, 4), [(1, 5)], ["+a", "*b", "!cd", "*e", "+f"]),
        ((0, 2), [(1, 4), (5, 6)], ["!ab", "*cd", "+e", "*f"]),
        ((3, 3), [(0, 6)], ["*abcdef"]),
        ((0, 6), [(2, 3)], ["!abcdef"]),
    ],
)
def test_pieces_with_one_mark_before_all_others(
    chosen: tuple[int, int], marks: list[tuple[int, int]], expected: list[str]
) -> None:
    article = article_of("abcdef")
    cut = pieces(whole(article), [Span(article, *mark) for mark in marks], Span(article, *chosen))
    assert [("!" if each.chosen else "*" if each.marked else "+") + each.text for each in cut] == expected


@given(marked_texts(), st.data())
def test_pieces_with_a_chosen_mark_join_back_to_the_text(drawn: tuple[Span, list[Span]], data: st.DataObject) -> None:
    span, marks = drawn
    chosen = data.draw(st.sampled_from(marks)) if marks else None
    cut = pieces(span, marks, chosen)
    assert "".join(piece.text for piece in cut) == span.text
    assert all(piece.text for piece in cut)
    marked = "".join(piece.text for piece in cut if piece.marked)
    assert marked == "".join(piece.text for piece in pieces(span, marks) if piece.marked)
    assert sum(piece.chosen for piece in cut) <= 1


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        pytest.param([], ["+abcdef"], id="none"),
        pytest.param([(0, 6)], ["*abcdef"], id="all"),
        pytest.param([(3, 5), (1, 2)], ["+a", "*b", "+c", "*de", "+f"], id="out-of-order"),
        pytest.param([(1, 4), (2, 3), (3, 5)], ["+a", "*bcde", "+f"], id="overlapping"),
        pytest.param([(1, 2), (2, 4)], ["+a", "*bcd", "+ef"], id="touching"),
        pytest.param([(3, 3)], ["+abcdef"], id="empty"),
    ],
)
def test_pieces_of_several_marks(marks: list[tuple[int, int]], expected: list[str]) -> None:
    article = article_of("abcdef")
    cut = pieces(whole(article), [Span(article, start, end) for start, end in marks])
    assert ["*" + piece.text if piece.marked else "+" + piece.text for piece in cut] == expected


def test_pieces_of_mark_that_reaches_beyond_span_are_cut_to_it() -> None:
    article = article_of("abcdef")
    assert pieces(Span(article, 2, 4), [Span(article, 0, 3)]) == [
        TextPiece("c", marked=True),
        TextPiece("d", marked=False),
    ]


def test_pieces_of_mark_in_other_article_are_unmarked() -> None:
    other = Span(article_of("abcdef", "other"), 0, 3)
    assert pieces(whole(article_of("abcdef")), [other]) == [TextPiece("abcdef", marked=False)]


@given(marked_texts())
def test_pieces_join_to_the_text_and_mark_each_character_once(case: tuple[Span, list[Span]]) -> None:
    span, marks = case
    cut = pieces(span, marks)
    assert "".join(piece.text for piece in cut) == span.text
    flags = [piece.marked for piece in cut for _ in piece.text]
    assert flags == [any(mark.start <= at < mark.end for mark in marks) for at in range(span.start, span.end)]
    assert all(piece.text for piece in cut)
    assert all(before.marked != after.marked for before, after in pairwise(cut))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One.\n\nTwo\nlines.\n \n\n  Three.", ["One.", "Two\nlines.", "Three."], id="blank-lines"),
        pytest.param("One.\nTwo.\nThree.", ["One.", "Two.", "Three."], id="lines"),
        pytest.param(" \n One. \n\n", ["One."], id="white-space-around"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n\n ", [], id="only-white-space"),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert [paragraph.text for paragraph in paragraphs(article_of(text))] == expected


@given(TEXTS)
def test_paragraphs_leave_out_nothing_but_white_space(text: str) -> None:
    rest, done = "", 0
    for paragraph in paragraphs(article_of(text)):
        rest += text[done : paragraph.start]
        assert paragraph.text
        assert done <= paragraph.start < paragraph.end
        done = paragraph.end
    assert (rest + text[done:]).strip() == ""


def test_span_over_paragraph_break_is_marked_in_both() -> None:
    crossing = span_of(SIGNED, "offices met.\n\nThe offices")
    first, second, third = (pieces(paragraph, [crossing]) for paragraph in paragraphs(SIGNED))
    assert first == [TextPiece("BAKU. Two ", marked=False), TextPiece("offices met.", marked=True)]
    assert second[0] == TextPiece("The offices", marked=True)
    assert [piece.marked for piece in third] == [False]
