"""Spans to answers: what is one answer, where else it stands, its sentence, its confidence, its place."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.types import Article, Hit, Passage, Span
from fakes import near
from qa.answers import assemble, before_attribution, same_words
from qa.confidence import Calibration, Evidence
from qa.types import Answer, ReadHit, Reading, ScoredSpan

BY_MARGIN = Calibration(margin=1.0, threshold=0.5)
"""Confidence is the logistic function of the score: ln 3 is 0.75, 0 is 0.5, −ln 3 is 0.25."""

LEDE = Article(
    "a",
    "The mayor of Ganja, Ali Veli, opened a bridge. He thanked Ali Veli Senior. The bridge is in Ganja!",
    "Bridge opened",
)
ECHO = Article("b", "Earlier, ali  véli, had promised a bridge. “The Ali Veli” is a ship.", "Promises")


def place(article: Article, words: str, occurrence: int = 1) -> tuple[int, int]:
    start = -1
    for _ in range(occurrence):
        start = article.text.index(words, start + 1)
    return start, start + len(words)


def scored(article: Article, words: str, score: float, occurrence: int = 1) -> ScoredSpan:
    return ScoredSpan(article, *place(article, words, occurrence), score)


def assembled(
    *read: tuple[float, list[ScoredSpan]], article: Article = LEDE, calibration: Calibration = BY_MARGIN
) -> list[Answer]:
    """Return the answers of passages, each given by its hit's score and the spans read in it."""
    found = []
    for rank, (score, spans) in enumerate(read, start=1):
        passage = Passage(spans[0].article if spans else article, 0, 10)
        found.append(ReadHit(Hit(passage, score, rank), Reading(passage, tuple(spans))))
    return assemble(found, calibration)


def ranges(spans: tuple[Span, ...]) -> list[tuple[str, int, int]]:
    return [(span.article.id, span.start, span.end) for span in spans]


def test_span_becomes_an_answer_with_its_sentence_and_confidence() -> None:
    (answer,) = assembled((1.0, [scored(LEDE, "Ali Veli", math.log(3))]))
    assert (answer.text, answer.start, answer.end) == ("Ali Veli", 20, 28)
    assert answer.sentence == Span(LEDE, 0, 46)
    assert answer.sentence.text == "The mayor of Ganja, Ali Veli, opened a bridge."
    assert (answer.score, answer.confidence) == (math.log(3), near(0.75))
    assert answer.supports == ()


def test_sentence_is_the_one_that_holds_this_occurrence() -> None:
    (answer,) = assembled((1.0, [scored(LEDE, "Ganja", 1.0, occurrence=2)]))
    assert answer.sentence.text == "The bridge is in Ganja!"


def test_span_over_two_sentences_has_both_around_it() -> None:
    (answer,) = assembled((1.0, [scored(LEDE, "bridge. He thanked", 1.0)]))
    assert answer.sentence.text == LEDE.text[:74]


def test_passages_without_spans_give_no_answers() -> None:
    assert assembled((1.0, []), (0.5, [])) == []
    assert assembled() == []


def test_same_words_in_the_same_place_are_one_answer() -> None:
    # two overlapping passages hold the sentence: both give the span
    span, again = scored(LEDE, "Ali Veli", 2.0), scored(LEDE, "Ali Veli", 3.0)
    (answer,) = assembled((1.0, [span]), (0.9, [again]))
    assert (answer.text, answer.score, answer.supports) == ("Ali Veli", 3.0, ())


def test_overlapping_spans_are_one_answer_the_best_of_them() -> None:
    spans = [scored(LEDE, "mayor of Ganja, Ali Veli", 1.0), scored(LEDE, "Ali Veli", 2.0), scored(LEDE, "Veli", 0.5)]
    (answer,) = assembled((1.0, spans))
    assert (answer.text, answer.supports) == ("Ali Veli", ())


def test_neighbouring_spans_are_two_answers() -> None:
    spans = [scored(LEDE, "Ganja", 1.0), scored(LEDE, ", Ali Veli", 2.0)]
    assert [answer.text for answer in assembled((1.0, spans))] == [", Ali Veli", "Ganja"]


def test_same_words_in_several_articles_are_one_answer_with_supports_best_first() -> None:
    best = scored(LEDE, "Ali Veli", 3.0)
    (answer,) = assembled(
        (1.0, [best, scored(LEDE, "Ali Veli", 1.0, occurrence=2)]),
        (0.5, [scored(ECHO, "ali  véli,", 2.0), scored(ECHO, "The Ali Veli", 0.5)]),
    )
    assert (answer.article.id, answer.start, answer.end) == ("a", *place(LEDE, "Ali Veli"))
    assert ranges(answer.supports) == [
        ("b", *place(ECHO, "ali  véli,")),
        ("a", *place(LEDE, "Ali Veli", 2)),
        ("b", *place(ECHO, "The Ali Veli")),
    ]


def test_each_support_is_named_once() -> None:
    # the same two places, each read in two passages, once with the comma behind it
    (answer,) = assembled(
        (1.0, [scored(LEDE, "Ali Veli", 3.0)]),
        (0.9, [scored(LEDE, "Ali Veli,", 2.5), scored(LEDE, "Ali Veli", 2.0, occurrence=2)]),
        (0.8, [scored(LEDE, "Ali Veli", 1.5, occurrence=2)]),
        (0.7, [scored(ECHO, "ali  véli", 1.0)]),
        (0.6, [scored(ECHO, "ali  véli,", 0.9)]),
    )
    assert ranges(answer.supports) == [("a", *place(LEDE, "Ali Veli", 2)), ("b", *place(ECHO, "ali  véli"))]


def from_families(*read: tuple[int | None, ScoredSpan]) -> Answer:
    """Return the one answer of spans, each in a passage whose article is of a family."""
    hits = [Hit(Passage(span.article, 0, 10, family), 1.0, rank) for rank, (family, span) in enumerate(read, start=1)]
    found = [ReadHit(hit, Reading(hit.passage, (span,))) for hit, (_, span) in zip(hits, read, strict=True)]
    (answer,) = assemble(found, BY_SUPPORTS)
    return answer


BY_SUPPORTS = Calibration(supports=1.0)
"""Confidence is (1 + supports) / (2 + supports): 1/2 without any, 2/3 with one, 3/4 with two."""

WIRE = [Article(name, "In Baku, Ali Veli spoke. Ali Veli is mayor.", "Mayor speaks") for name in "abcde"]


def veli(number: int, score: float, occurrence: int = 1) -> ScoredSpan:
    return scored(WIRE[number], "Ali Veli", score, occurrence)


def test_copies_of_the_answer_s_article_support_nothing() -> None:
    answer = from_families((1, veli(0, 5.0)), (1, veli(1, 4.0)), (1, veli(2, 3.0)))
    assert (answer.article.id, answer.supports) == ("a", ())
    assert ranges(answer.copies) == [("b", 9, 17), ("c", 9, 17)]
    assert answer.confidence == near(1 / 2)


def test_copies_of_a_support_support_once() -> None:
    answer = from_families((1, veli(0, 5.0)), (2, veli(1, 4.0)), (2, veli(2, 3.0)), (3, veli(3, 2.0)))
    assert ranges(answer.supports) == [("b", 9, 17), ("d", 9, 17)]
    assert ranges(answer.copies) == [("c", 9, 17)]
    assert answer.confidence == near(3 / 4)


def test_the_best_place_of_a_family_is_its_source_whatever_comes_first_in_the_archive() -> None:
    answer = from_families((1, veli(4, 5.0)), (7, veli(3, 1.0)), (7, veli(2, 2.0)))
    assert (ranges(answer.supports), ranges(answer.copies)) == ([("c", 9, 17)], [("d", 9, 17)])


def test_a_copy_with_the_words_twice_is_one_copy_and_the_source_s_second_place_a_support() -> None:
    answer = from_families((1, veli(0, 5.0)), (1, veli(1, 4.0)), (1, veli(1, 3.0, 2)), (1, veli(0, 2.0, 2)))
    assert (ranges(answer.supports), ranges(answer.copies)) == ([("a", 25, 33)], [("b", 9, 17)])


def test_where_no_families_are_known_every_article_supports() -> None:
    answer = from_families((None, veli(0, 5.0)), (None, veli(1, 4.0)), (None, veli(2, 3.0)))
    assert (ranges(answer.supports), answer.copies) == ([("b", 9, 17), ("c", 9, 17)], ())
    assert answer.confidence == near(3 / 4)


def test_spans_of_marks_alone_are_not_the_same_words() -> None:
    spans = [scored(LEDE, "!", 1.0), scored(LEDE, ".", 2.0)]
    assert [answer.text for answer in assembled((1.0, spans))] == [".", "!"]


def test_answers_come_by_confidence_then_article_and_start() -> None:
    read = [
        (0.5, [scored(ECHO, "ship", 1.0), scored(ECHO, "Earlier", 2.0)]),
        (1.0, [scored(LEDE, "in Ganja", 1.0), scored(LEDE, "bridge", 1.0)]),
    ]
    expected = ["Earlier", "bridge", "in Ganja", "ship"]
    assert [answer.text for answer in assembled(*read)] == expected
    assert [answer.text for answer in assembled(*reversed(read))] == expected


def test_lead_is_over_the_best_other_answer() -> None:
    by_lead = Calibration(lead=1.0, threshold=0.5)
    spans = [scored(LEDE, "mayor", 5.0), scored(LEDE, "thanked", 4.0), scored(LEDE, "bridge", 2.0)]
    answers = assembled((1.0, spans), calibration=by_lead)
    # leads 5 − 4, 4 − 5 and 2 − 5
    assert [(answer.text, answer.confidence) for answer in answers] == [
        ("mayor", near(1 / (1 + math.exp(-1)))),
        ("thanked", near(1 / (1 + math.exp(1)))),
        ("bridge", near(1 / (1 + math.exp(3)))),
    ]


def test_lead_without_other_answers_is_the_highest_there_is() -> None:
    by_lead = Calibration(lead=1.0, threshold=0.5)
    spans = [scored(LEDE, "Ali Veli", 5.0), scored(LEDE, "Ali Veli", 4.9, occurrence=2)]
    (answer,) = assembled((1.0, spans), calibration=by_lead)
    most = Evidence(margin=0.0, retrieval=0.0, lead=math.inf, supports=0)
    assert answer.confidence == by_lead.confidence(most)


def test_confidence_counts_the_best_hit_and_the_supports() -> None:
    by_rest = Calibration(bias=-1.0, margin=0.0, retrieval=2.0, lead=0.0, supports=1.0, threshold=0.5)
    (answer,) = assembled(
        (0.25, [scored(LEDE, "Ali Veli", 3.0)]), (0.75, [scored(ECHO, "ali  véli", 1.0)]), calibration=by_rest
    )
    # −1 + 2 · 0.75 + ln(1 + 1) = 0.5 + ln 2
    assert answer.confidence == near(1 / (1 + math.exp(-0.5) / 2))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Ministers", "ministers"),
        ("Élysée", "elysee"),
        ("memorandum of understanding,", "a memorandum of  understanding"),
        ("“5,000 people”", "5 000 people"),
        ("STRASSE", "straße"),
        ("U.S.", "u s"),
    ],
)
def test_same_words_ignores_case_accents_marks_and_articles(one: str, other: str) -> None:
    assert same_words(one) == same_words(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Anne", "An"), ("5.5", "55"), ("theatre", "atre"), ("Баку", "Бакы")])
def test_same_words_tells_words_apart(one: str, other: str) -> None:
    assert same_words(one) != same_words(other)


@pytest.mark.parametrize("text", ["", "the", "A an THE", "…!", "«»"])
def test_same_words_of_marks_and_articles_is_nothing(text: str) -> None:
    assert same_words(text) == ""


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("It was signed in Baku, Trend reports.", "in Baku, Trend reports", "in Baku"),
        ("It was signed in Baku, Trend reports.", "in Baku, Trend", "in Baku"),
        ("It was signed in Baku, Trend reports.", "in Baku,", "in Baku"),
        ("It was signed in Baku, Trend reports.", "in Baku", "in Baku"),
        ("It was signed in Baku, Trend reports.", "Trend", "Trend"),
        ("It was signed in Baku, Trend reports.", "Baku, Trend reports.", "Baku, Trend reports."),
        ("It was signed in Baku, Ganja and Sheki.", "in Baku, Ganja", "in Baku, Ganja"),
        ("A first step, Ali Veli said on Monday.", "A first step, Ali Veli", "A first step"),
    ],
)
def test_attribution_that_a_span_runs_into_is_left_out(text: str, words: str, left: str) -> None:
    article = Article("a", text, "Signed")
    assert before_attribution(scored(article, words, 1.5)) == scored(article, left, 1.5)


def test_spans_that_differ_by_their_attribution_are_one_answer() -> None:
    article = Article("a", "It was signed in Baku, Trend reports.", "Signed")
    (answer,) = assembled((1.0, [scored(article, "Baku, Trend reports", 2.0), scored(article, "Baku", 1.0)]))
    assert (answer.text, answer.score) == ("Baku", 2.0)


WORDS = st.lists(st.sampled_from(["Baku", "baku", "the", "Ganja", "5", "—"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(WORDS, st.lists(st.tuples(st.integers(0, 11), st.integers(1, 3))))), st.data())
def test_answers_share_neither_words_nor_places(
    articles: list[tuple[list[str], list[tuple[int, int]]]], data: st.DataObject
) -> None:
    read = []
    for number, (words, picks) in enumerate(articles):
        article = Article(str(number), " ".join(words), "")
        starts = [len(" ".join(words[:index])) + (index > 0) for index in range(len(words))]
        spans = [
            ScoredSpan(
                article,
                starts[first % len(words)],
                len(" ".join(words[: first % len(words) + count])),
                data.draw(st.sampled_from([0.0, 1.0, 2.0])),
            )
            for first, count in picks
        ]
        read.append((0.5, spans))
    answers = assembled(*read)
    said = [same_words(answer.text) for answer in answers if same_words(answer.text)]
    assert len(said) == len(set(said))
    places = [(answer.article.id, at) for answer in answers for at in range(answer.start, answer.end)]
    assert len(places) == len(set(places))
    assert sum(len(spans) for _, spans in read) >= sum(1 + len(answer.supports) for answer in answers)
