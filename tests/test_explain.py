"""At which stage of the way an answer was lost."""

import math
from dataclasses import replace

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter
from fakes import FakeReader
from qa.confidence import Calibration
from qa.explain import Expected, Lost, Stage, expect, explained, is_right, lets_through, lost_at
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings

MARGIN_ONLY = Calibration(margin=1, threshold=0.5)
ADA = Article("ada", "The boats were sold by Ada Lovelace.", "", "2022-10-19", "Azernews")
BOB = Article("bob", "The boats were bought by Bob. The boats sank.", "", "2022-11", "The Wire")
QUESTION = "Who sold the boats?"
ALL = Filter()


def pipeline_over(archive: Archive, words: dict[str, float], **settings: float) -> Pipeline:
    add(archive, [ADA, BOB])
    archive.refresh()
    return Pipeline(archive, Readers(FakeReader(words), MARGIN_ONLY), Settings(**settings))  # type: ignore[arg-type]


def lost(pipeline: Pipeline, *answers: str, only: Filter = ALL) -> Lost | None:
    expected = expect(pipeline.archive, {"q": (answers, ())})["q"]
    return lost_at(pipeline, pipeline.ask(QUESTION, only=only), expected, only)


def sure(score: float) -> str:
    return f"{1 / (1 + math.exp(-score)):.2f}"


def test_a_right_answer_was_not_lost(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {"Ada Lovelace": 2.0}), "Ada Lovelace") is None


def test_lost_for_not_being_in_the_archive(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {"Bob": 2.0}), "Eve") == Lost(
        Stage.NOT_IN_ARCHIVE, "no article holds the words of an accepted answer"
    )


def test_words_within_words_are_not_held(archive: Archive) -> None:
    found = lost(pipeline_over(archive, {"Bob": 2.0}), "Love")
    assert found is not None
    assert found.stage is Stage.NOT_IN_ARCHIVE


def test_lost_to_the_filter(archive: Archive) -> None:
    found = lost(pipeline_over(archive, {"Bob": 2.0}), "Ada Lovelace", only=Filter(outlets=("The Wire",)))
    assert found == Lost(Stage.FILTERED, "1 article holds it, such as ada; none passes the filter")


def test_lost_below_k_names_the_rank(archive: Archive) -> None:
    # "The boats" comes twice in Bob's article, and "sold" is not asked for: his is the first passage.
    pipeline = pipeline_over(archive, {"Bob": 2.0}, k=1)
    prediction = pipeline.ask("boats bought by whom")
    expected = expect(pipeline.archive, {"q": (("Ada Lovelace",), ())})["q"]
    assert lost_at(pipeline, prediction, expected, ALL) == Lost(Stage.BELOW_K, "rank 2, ada@0; 1 passage was read")


def test_lost_to_skimming_where_the_passage_was_not_read(archive: Archive) -> None:
    alone = pipeline_over(archive, {"Bob": 2.0, "Ada Lovelace": 3.0}, k=2, read=1)
    readers = replace(alone.readers, skimmer=FakeReader({"Bob": 2.0}))
    pipeline = Pipeline(alone.archive, readers, alone.settings)
    prediction = pipeline.ask("boats bought by whom")
    expected = expect(pipeline.archive, {"q": (("Ada Lovelace",), ())})["q"]
    assert lost_at(pipeline, prediction, expected, ALL) == Lost(Stage.ONLY_SKIMMED, "rank 2, ada@0; 1 passage was read")


def test_lost_below_k_where_neither_leg_proposes_it(archive: Archive) -> None:
    pipeline = pipeline_over(archive, {"Bob": 2.0}, k=1, candidates=1)
    prediction = pipeline.ask("boats bought by whom")
    expected = expect(pipeline.archive, {"q": (("Ada Lovelace",), ())})["q"]
    assert lost_at(pipeline, prediction, expected, ALL) == Lost(
        Stage.BELOW_K, "among the first 1 of neither keywords nor vectors; 1 passage was read"
    )


def test_lost_to_another_span(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {"Bob": 2.0, "Ada Lovelace": 1.0}), "Ada Lovelace") == Lost(
        Stage.SPAN_BEATEN,
        f"by “Bob” ({sure(2)}, bob); the expected one: place 2, “Ada Lovelace” ({sure(1)}, ada)",
    )


def test_lost_to_another_span_where_the_reader_never_proposed_it(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {"Bob": 2.0}), "Ada Lovelace") == Lost(
        Stage.SPAN_BEATEN, f"by “Bob” ({sure(2)}, bob); the expected one: never proposed by the reader"
    )


def test_lost_where_the_reader_proposes_nothing(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {}), "Ada Lovelace") == Lost(
        Stage.SPAN_BEATEN, "the reader proposed no span at all"
    )


def test_lost_below_the_threshold(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {"Ada Lovelace": -1.0}), "Ada Lovelace") == Lost(
        Stage.BELOW_THRESHOLD, f"“Ada Lovelace” ({sure(-1)}, ada), the threshold is 0.50"
    )


def test_lost_by_answering_what_has_no_answer(archive: Archive) -> None:
    pipeline = pipeline_over(archive, {"Bob": 2.0})
    assert lost(pipeline) == Lost(Stage.ANSWERED, f"with “Bob” ({sure(2)}, bob)")


def test_abstaining_where_there_is_no_answer_is_right(archive: Archive) -> None:
    assert lost(pipeline_over(archive, {"Bob": -2.0})) is None


def test_expect_puts_relevant_articles_before_others(archive: Archive) -> None:
    add(archive, [ADA, BOB])
    found = expect(
        archive, {"all": (("boats",), ()), "some": (("boats",), {"bob"}), "other": (("Ada Lovelace",), {"bob"})}
    )
    assert found == {
        "all": Expected(("boats",), frozenset({"ada", "bob"})),
        "some": Expected(("boats",), frozenset({"bob"})),
        "other": Expected(("Ada Lovelace",), frozenset({"ada"})),
    }


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("ada lovelace", True),
        ("Lovelace", True),  # F1 = 2 * 1 / (1 + 2) = 0.67
        ("sold by Ada Lovelace in Ganja then", False),  # F1 = 2 * 2 / (7 + 2) = 0.44
        ("sold by Ada Lovelace in Ganja", True),  # F1 = 2 * 2 / (6 + 2) = 0.5
        ("", False),
    ],
)
def test_is_right_from_an_f1_of_a_half(text: str, right: bool) -> None:
    assert is_right(text, ("Eve", "Ada Lovelace")) is right
    assert not is_right(text, ())


@pytest.mark.parametrize(
    ("only", "through"),
    [
        (Filter(), True),
        (Filter(published_to="2022-11-15"), True),
        (Filter(published_to="2022-10-31"), False),
        (Filter(published_from="2022-12"), False),
        (Filter(outlets=("The Wire",)), True),
        (Filter(outlets=("Azernews",)), False),
    ],
)
def test_lets_through_is_what_the_archive_does(archive: Archive, only: Filter, through: bool) -> None:
    add(archive, [BOB])
    archive.refresh()
    assert lets_through(only, BOB) is through
    assert bool(len(archive.search_keywords("boats", 10, only).numbers)) is through


def test_explained_in_a_line(archive: Archive) -> None:
    pipeline = pipeline_over(archive, {"Ada Lovelace": 2.0})
    prediction = pipeline.ask(QUESTION)
    assert explained(pipeline, prediction, "Ada Lovelace", ALL) == "“Ada Lovelace” is the first answer"
    assert explained(pipeline, prediction, "Eve", ALL) == (
        "“Eve” not in the archive: no article holds the words of an accepted answer"
    )
