"""Texts as the eye reads them: what is folded, what is found by it, what is copied, and that every offset holds."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings.folding import copied, fold, printed, searched, visible_length
from embeddings.keywords.index import KeywordIndex
from embeddings.minhash import shingles
from embeddings.sentences import sentence_around, sentences
from embeddings.types import Article, Filter, Passage, Stamp
from qa.answers import same_words

CASES = Path(__file__).parent / "cases" / "B13"
TEXTS = st.text(st.sampled_from("abZé1. -\n\u00ad\u200b\u200d\u2010\u2011ﬁĳⅫＡ\ufeff\u202eﷺ😀")) | st.text()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("the ad\u00admin\u00adis\u00adtra\u00adtion", "the administration"),
        ("hydro\u200belectric \ufeffpower\u2060station", "hydroelectric powerstation"),
        ("می\u200cخواهم", "میخواهم"),
        (
            "the o\ufb03cial \ufb01nancial o\ufb00er, wa\ufb04e, \ufb06ill",
            "the official financial offer, waffle, still",
        ),
        ("Ĳmuiden, Louis \u2169\u2163, ＡＢＣ１２, 𝐛𝐨𝐥𝐝", "IJmuiden, Louis XIV, ABC12, bold"),
        ("twin\u2011engine, up\u2010to\u2010date", "twin-engine, up-to-date"),
        ("the recon-\nstruction", "the reconstruction"),
        ("the recon-\n   struction", "the reconstruction"),
        ("the recon\u00ad\nstruction", "the reconstruction"),
        ("the recon\u2010\nstruction", "the reconstruction"),
        ("THE RECON-\nSTRUCTION", "THE RECONSTRUCTION"),
        ("on Mon-\nday", "on Monday"),
        ("Anglo-\nSaxon", "Anglo-Saxon"),
        ("well-\nknown", "well-known"),
        ("twenty-\none", "twenty-one"),
        ("state-of-the-\nart and state-\nof-the-art", "state-of-the-art and state-of-the-art"),
        ("a cold-\nblooded lizard. Cold-blooded it is", "a cold-blooded lizard. Cold-blooded it is"),
        ("a non-\nsense, and nonsense again", "a nonsense, and nonsense again"),
        ("pre-\nand post-war", "pre-\nand post-war"),
        ("from 2021-\n2022", "from 2021-\n2022"),
        ("a list:\n- one\n- two", "a list:\n- one\n- two"),
        ("an end -\nand more", "an end -\nand more"),
        ("a co-\n\noperation", "a co-\n\noperation"),
        (
            "caf\u00e9 \u201cquoted\u201d – l\u2019homme m\u00b2 \u00bd",
            "caf\u00e9 \u201cquoted\u201d – l\u2019homme m\u00b2 \u00bd",
        ),
    ],
)
def test_text_is_folded_to_what_the_eye_reads(text: str, read: str) -> None:
    assert fold(text).text == read


def test_place_of_folded_words_is_that_of_the_letters_they_were_made_of() -> None:
    text = "An o\ufb03cial of the ad\u00admin-\nistration\u00ad left."
    folded = fold(text)
    places = {}
    for word in ("official", "administration", "left", "ffi", "f"):
        start = folded.text.index(word)
        places[word] = text[slice(*folded.place(start, start + len(word)))]
    assert places == {
        "official": "o\ufb03cial",
        "administration": "ad\u00admin-\nistration",
        "left": "left",
        "ffi": "\ufb03",
        "f": "\ufb03",
    }


def test_text_that_is_read_as_it_stands_is_itself() -> None:
    text = "Ordinary words, well-known – “quoted”.\nIn lines."
    assert fold(text).starts is None
    assert fold(text).text is text


@given(TEXTS)
@example("a-\nb\u00ad")
def test_every_range_of_a_folded_text_is_one_of_the_text_in_the_same_order(text: str) -> None:
    folded = fold(text)
    places = [folded.place(place, place + 1) for place in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(places))
    assert visible_length(text) <= len(text)


@given(TEXTS)
def test_what_is_copied_lacks_nothing_but_marks_without_width(text: str) -> None:
    left = iter(text)
    assert all(letter in left for letter in copied(text))  # in the same order
    assert fold(copied(text)).text.split() == fold(text).text.split() or "\n" in text


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("hyph.txt", "administration"),
        ("hyph.txt", "reconstruction Monday discussion"),
        ("lig.txt", "official"),
        ("lig.txt", "financial offer"),
        ("lig.txt", "Steffen confirmed"),
        ("nb-hyphen.txt", "twin-engine"),
        ("nb-hyphen.txt", "Oster-Vik"),
        ("shy.txt", "reconstruction"),
        ("shy.txt", "Northvale Tuesday"),
        ("shy.txt", "re\u00adcon\u00adstruction"),
        ("zw.txt", "hydroelectric"),
        ("zw.txt", "powerstation"),
        ("zw.txt", "power station"),
        ("zw.txt", "Vandersholm"),
    ],
)
def test_words_of_the_cases_are_found(name: str, question: str, tmp_path: Path) -> None:
    text = (CASES / name).read_text(encoding="utf-8").strip()
    assert finds(text, question, tmp_path)


@pytest.mark.parametrize(
    ("text", "question", "is_found"),
    [
        ("the Anglo-\nSaxon coast", "anglosaxon", True),
        ("the Anglo-\nSaxon coast", "Saxon", True),
        ("the recon-\nstruction", "recon", True),
        ("the reconstruction", "recon-\nstruction", True),
        ("the reconstruction", "recon- struction", True),
        ("the o\ufb03ce", "office", True),
        ("the office", "o\ufb03ce", True),
        ("pre-\nand postwar", "preand", False),
        ("the well-known man", "wellknown", False),
    ],
)
def test_word_parted_at_a_lines_end_is_found_with_the_hyphen_and_without(
    text: str, question: str, is_found: bool, tmp_path: Path
) -> None:
    assert finds(text, question, tmp_path) is is_found


def test_title_is_searched_as_the_eye_reads_it(tmp_path: Path) -> None:
    assert finds("They met.", "reconstruction", tmp_path, title="The re\u00adcon\u00adstruc\u00adtion")


def finds(text: str, question: str, folder: Path, title: str = "") -> bool:
    index = KeywordIndex(folder / "keywords")
    index.update([], [(1, Passage(Article("a", text, title), 0, len(text)))], Stamp("an archive", 1))
    return bool(index.search(question, 1, Filter()).numbers.tolist() == [1])


def test_sentence_goes_on_behind_a_line_that_a_hyphen_ends() -> None:
    text = (CASES / "hyph.txt").read_text(encoding="utf-8").strip()
    assert sentences(text).tolist() == [[0, len(text)]]
    assert sentence_around(text, 20, 25) == (0, len(text))


def test_sentence_ends_where_it_would_without_soft_hyphens() -> None:
    text = "It is 3 p.\u00adm. on Fri\u00adday at Dr.\u200b Smith's. They spoke.\u00ad It ended."
    found = [text[start:end] for start, end in sentences(text).tolist()]
    assert found == ["It is 3 p.\u00adm. on Fri\u00adday at Dr.\u200b Smith's.", "They spoke.\u00ad", "It ended."]


def test_line_is_as_long_as_it_looks_when_it_is_told_whether_it_was_wrapped() -> None:
    line = "many words and no stop that go on to be wrap\u00adped here, all of it"
    assert len(sentences(line + "\u00ad" * 60 + "\nand here it ends.")) == 1


@pytest.mark.parametrize(
    ("text", "copy", "print_"),
    [
        ("re\u00adcon\u00adstruc\u00adtion", "reconstruction", "reconstruction"),
        ("power\u200bstation\ufeff", "powerstation", "powerstation"),
        ("o\ufb03ce, twin\u2011engine", "o\ufb03ce, twin\u2011engine", "o\ufb03ce, twin\u2011engine"),
        ("recon-\nstruction", "recon-\nstruction", "reconstruction"),
        ("a zero\u200dwidth join", "a zerowidth join", "a zerowidth join"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
        ("a \u200emark", "a mark", "a mark"),
        ("السعر \u200e5$", "السعر \u200e5$", "السعر \u200e5$"),
    ],
)
def test_copies_lack_what_the_eye_does_not_see_but_for_what_a_script_needs(text: str, copy: str, print_: str) -> None:
    assert (copied(text), printed(text)) == (copy, print_)


def test_same_words_are_the_same_with_and_without_soft_hyphens() -> None:
    assert same_words("the re\u00adcon\u00adstruction") == same_words("Recon-\nstruction") == "reconstruction"


def test_copy_with_soft_hyphens_has_the_shingles_of_the_text_without() -> None:
    text = (CASES / "shy.txt").read_text(encoding="utf-8").strip()
    assert shingles(text).tolist() == shingles(text.replace("\u00ad", "")).tolist()


def test_searched_text_is_the_text_where_nothing_is_odd() -> None:
    assert searched("Ordinary – “words”") == "Ordinary – “words”"
