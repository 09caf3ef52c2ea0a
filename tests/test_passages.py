import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import SEEDS
from embeddings.files.articles import read_articles
from embeddings.passages import SPLITTING, Splitting, heading, split
from embeddings.types import Article, Passage
from fakes import FakeEncoder

SEED_ARTICLES = [article for article in read_articles([SEEDS]) if isinstance(article, Article)]


def passages_of(text: str, splitting: Splitting = SPLITTING) -> list[Passage]:
    return split(Article("a", text, "title"), FakeEncoder().token_offsets(text), splitting)


def ranges_of(text: str) -> list[tuple[int, int]]:
    return [(passage.start, passage.end) for passage in passages_of(text)]


def sentence(words: int, mark: str = "word") -> str:
    """A sentence of so many words and a full stop: words + 1 word pieces of the fake encoder."""
    return " ".join([mark.capitalize(), *[mark] * (words - 1)]) + "."


@pytest.mark.parametrize("article", SEED_ARTICLES, ids=lambda article: article.id)
def test_passages_of_a_seed_cover_it_and_fit_the_window(article: Article) -> None:
    check(article.text)


@pytest.mark.model
@pytest.mark.parametrize("article", SEED_ARTICLES, ids=lambda article: article.id)
def test_passages_of_a_seed_with_the_real_word_pieces_cover_it(article: Article, encoder: FakeEncoder) -> None:
    found = split(article, encoder.token_offsets(article.text))
    check_cover(article.text, found)
    assert max(len(encoder.token_offsets(passage.text)) for passage in found) <= SPLITTING.window


def test_there_are_two_seeds() -> None:
    assert [article.id for article in SEED_ARTICLES] == ["000_7b79b61b11f200c2", "004_802d376f4d3385fe"]


@given(
    st.text()
    | st.text(st.sampled_from("aé \n.\u0301😀Я。"), max_size=2000)
    | st.lists(st.integers(1, 150).map(sentence), max_size=8).map(" ".join)
)
@example(sentence(200))
@example("e" + "\u0301" * 1300)
def test_passages_of_any_text_cover_it_and_fit_the_window(text: str) -> None:
    check(text)


@given(st.lists(st.integers(1, 50).map(sentence), max_size=12).map(" ".join), st.integers(2, 60), st.integers(0, 4))
def test_passages_of_any_splitting_cover_the_text_and_fit_the_window(text: str, window: int, overlap: int) -> None:
    check(text, Splitting(window, overlap))


def check(text: str, splitting: Splitting = SPLITTING) -> None:
    found = passages_of(text, splitting)
    check_cover(text, found)
    sizes = [len(FakeEncoder().token_offsets(passage.text)) for passage in found]
    assert [size for size in sizes if size > splitting.window] == []


def check_cover(text: str, found: list[Passage]) -> None:
    covered = np.zeros(len(text), dtype=bool)
    for passage in found:
        covered[passage.start : passage.end] = True
    missed = "".join(character for character, seen in zip(text, covered, strict=True) if not seen)
    assert missed.strip() == ""
    assert len({passage.id for passage in found}) == len(found)
    assert [passage.text for passage in found] == [text[passage.start : passage.end] for passage in found]
    assert [passage for passage in found if passage.text != passage.text.strip() or not passage.text] == []
    # each begins later and ends later than the one before: none lies within another
    assert all(one.start < two.start and one.end < two.end for one, two in pairwise(found))


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_no_text_has_no_passages(text: str) -> None:
    assert passages_of(text) == []


@pytest.mark.parametrize("text", ["x", "7", "😀", "Я", "?", "\u0301"])
def test_article_of_one_character_is_one_passage(text: str) -> None:
    assert ranges_of(text) == [(0, 1)]


def test_sentences_up_to_the_window_are_one_passage() -> None:
    text = f"{sentence(59)} {sentence(59)}"  # 60 + 60 word pieces
    assert ranges_of(text) == [(0, len(text))]


def test_one_word_piece_over_the_window_makes_a_second_passage() -> None:
    first, second = sentence(59), sentence(60)  # 60 + 61; the two do not fit, so nothing overlaps
    text = f"{first} {second}"
    assert ranges_of(text) == [(0, len(first)), (len(first) + 1, len(text))]


def test_windows_overlap_by_one_sentence() -> None:
    one, two, three, four = (sentence(39, mark) for mark in ("one", "two", "three", "four"))  # 40 word pieces each
    text = " ".join([one, two, three, four])
    assert [passage.text for passage in passages_of(text)] == [f"{one} {two} {three}", f"{three} {four}"]


@pytest.mark.parametrize(
    ("overlap", "windows"),
    [(0, ["123", "456", "7"]), (1, ["123", "345", "567"]), (2, ["123", "234", "345", "456", "567"])],
)
def test_windows_overlap_by_as_many_sentences_as_asked_for(overlap: int, windows: list[str]) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    text = " ".join(sentence(29, word) for word in words)  # 30 word pieces each, three fit into 90
    found = passages_of(text, Splitting(window=90, overlap=overlap))
    held = [[word for word in words if word in passage.text.split()] for passage in found]
    assert ["".join(str(1 + words.index(word)) for word in window) for window in held] == windows


def test_the_heading_goes_to_the_encoder_unless_it_is_left_out() -> None:
    passage = Passage(Article("a", "Text.", "Title", "2022-10", "Wire"), 0, 5)
    assert Splitting().to_encode(passage) == "Title · Wire · October 2022\nText."
    assert Splitting(heading=False).to_encode(passage) == "Text."


def test_an_archive_remembers_everything_about_its_splitting() -> None:
    different = [Splitting(), Splitting(window=60), Splitting(overlap=0), Splitting(heading=False)]
    assert len({str(splitting) for splitting in different}) == len(different)
    assert str(Splitting()) == "120 word pieces, 1 sentence overlap, v2"


@pytest.mark.parametrize(("window", "overlap"), [(1, 1), (120, -1)])
def test_windows_of_no_use_are_refused(window: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="expected windows of 2 word pieces or more"):
        Splitting(window, overlap)


def test_no_overlap_where_the_last_sentence_and_the_next_do_not_fit_together() -> None:
    one, two, three = sentence(29, "one"), sentence(79, "two"), sentence(79, "three")  # 30, 80, 80
    text = " ".join([one, two, three])
    assert [passage.text for passage in passages_of(text)] == [f"{one} {two}", three]


def test_long_sentence_is_cut_between_words_and_its_pieces_overlap() -> None:
    words = [f"w{number}" for number in range(150)]
    found = [passage.text.split() for passage in passages_of(" ".join(words))]
    assert found == [words[:120], words[60:150]]


def test_endless_word_is_cut_by_characters() -> None:
    assert ranges_of("x" * 10_000) == [(start, min(start + 1200, 10_000)) for start in range(0, 9_000, 600)] + [
        (9000, 10_000)
    ]


def test_endless_word_between_sentences_swallows_neither() -> None:
    text = f"They met. {'x' * 3000} They signed."
    found = passages_of(text)
    check_cover(text, found)
    assert found[0].text.startswith("They met.")
    assert found[-1].text.endswith("They signed.")


def test_a_cut_never_parts_a_character_from_its_combining_marks() -> None:
    text = "q\u0323\u0307" * 2000  # no composed form: each letter keeps two marks in NFC
    starts = [text[passage.start] for passage in passages_of(text)]
    assert starts == ["q"] * len(starts)
    check_cover(text, passages_of(text))


def test_more_marks_than_a_window_on_one_letter_are_all_kept() -> None:
    text = "e" + "\u0301" * 2000
    check_cover(text, passages_of(text))


@pytest.mark.parametrize(
    "words",
    ["وصل الوزير إلى باكو ووقع الاتفاق.", "Министр приехал в Баку и подписал договор.", "部長は条約に署名した。"],
)
def test_passages_of_another_script_hold_whole_sentences(words: str) -> None:
    text = " ".join([words] * 60)
    check_cover(text, passages_of(text))
    assert [passage.text for passage in passages_of(text) if not re.fullmatch(f"({words} ?)+", passage.text)] == []


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (Article("a", "x", "A treaty", "2022-10-19", "Azernews"), "A treaty · Azernews · 19 October 2022"),
        (Article("a", "x", "A treaty", "2022-10", ""), "A treaty · October 2022"),
        (Article("a", "x", "A treaty", "", "Azernews"), "A treaty · Azernews"),
        (Article("a", "x", "A treaty"), "A treaty"),
        (Article("a", "x", ""), ""),
    ],
)
def test_heading_joins_what_is_known(article: Article, expected: str) -> None:
    assert heading(article) == expected
