"""Question to prediction, with fakes: what is shown, what is withheld, and when it abstains."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adding import add
from embeddings import encoders
from embeddings.folder.archive import Archive
from embeddings.locations import FolderPlace
from embeddings.types import Article, Filter
from fakes import FakeEncoder, FakeReader, near
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reader.load import load_readers
from qa.reading import Readers
from qa.settings import Settings

BY_MARGIN = Calibration(margin=1.0, threshold=0.5)
"""Confidence is the logistic function of the reader's score: ln 3 is 0.75, 0 is 0.5, −ln 3 is 0.25."""

QUESTION = "Who opened the bridge?"
OPENING = Article("opening", "Ali Veli opened the bridge in Ganja on Monday.", "Opening", "2022-10-19", "Wire")
NOTHING = [
    Article(f"nothing-{number:02}", f"Item {number}: nothing of note about any bridge.", "Items", "2023", "Gazette")
    for number in range(25)
]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """One article that answers the question, and many that hold nothing."""
    archive = Archive.create(tmp_path_factory.mktemp("news") / "archive", FakeEncoder())
    add(archive, [OPENING, *NOTHING])
    archive.refresh()
    yield archive
    archive.close()


def pipeline(archive: Archive, words: dict[str, float], settings: Settings | None = None) -> Pipeline:
    return Pipeline(archive, Readers(FakeReader(words), BY_MARGIN), Settings() if settings is None else settings)


def test_ask_returns_the_answers_with_the_passages_they_were_read_in(news: Archive) -> None:
    prediction = pipeline(news, {"Ali Veli": math.log(3), "Ganja": 0.0}).ask(QUESTION)
    assert [(answer.text, answer.confidence) for answer in prediction.answers] == [
        ("Ali Veli", near(0.75)),
        ("Ganja", near(0.5)),
    ]
    assert prediction.answers[0].article == OPENING
    assert not prediction.abstained
    assert prediction.question == QUESTION
    assert (len(prediction.hits), prediction.hits[0].passage.article) == (20, OPENING)


def test_ask_collapses_the_white_space_of_a_question(news: Archive) -> None:
    assert pipeline(news, {}).ask("  Who\n opened\tit? ").question == "Who opened it?"


@pytest.mark.parametrize("score", [-0.01, -math.log(3), -100.0])
def test_ask_abstains_below_the_threshold_and_withholds(news: Archive, score: float) -> None:
    prediction = pipeline(news, {"Ali Veli": score, "Ganja": score - 1}).ask(QUESTION)
    assert prediction.abstained
    assert prediction.answers == ()
    assert [answer.text for answer in prediction.withheld] == ["Ali Veli", "Ganja"]
    assert prediction.hits[0].passage.article == OPENING


def test_ask_answers_at_the_threshold_itself(news: Archive) -> None:
    assert [answer.text for answer in pipeline(news, {"Ali Veli": 0.0}).ask(QUESTION).answers] == ["Ali Veli"]


def test_ask_abstains_if_nothing_was_read(news: Archive) -> None:
    prediction = pipeline(news, {}).ask(QUESTION)
    assert (prediction.abstained, prediction.withheld) == (True, ())


@pytest.mark.parametrize(
    ("threshold", "used", "abstained"),
    [(None, 0.5, True), (0.0, 0.245, False), (0.4, 0.4, False), (0.41, 0.41, True), (1.0, 1.0, True)],
)
def test_threshold_of_the_settings_counts_before_that_of_the_calibration(
    news: Archive, threshold: float | None, used: float, abstained: bool
) -> None:
    asked = pipeline(news, {"Ali Veli": -math.log(1.5) + 1e-9}, Settings(threshold=threshold))
    assert asked.threshold == used
    assert asked.ask(QUESTION).abstained is abstained


def test_ask_shows_no_more_than_max_answers(news: Archive) -> None:
    words = {"Ali Veli": 3.0, "Ganja": 2.0, "Monday": 1.0, "bridge": 0.5}
    prediction = pipeline(news, words, Settings(max_answers=2)).ask(QUESTION)
    assert [answer.text for answer in prediction.answers] == ["Ali Veli", "Ganja"]
    assert [answer.text for answer in prediction.withheld] == ["Monday", "bridge"]


def test_ask_shows_a_further_answer_only_from_the_floor_on(news: Archive) -> None:
    words = {"Ali Veli": math.log(3), "Ganja": 0.0, "Monday": -math.log(1.5), "bridge": -math.log(4)}
    prediction = pipeline(news, words, Settings(further_threshold=0.5)).ask(QUESTION)
    assert [answer.text for answer in prediction.answers] == ["Ali Veli", "Ganja"]
    assert [answer.text for answer in prediction.withheld] == ["Monday", "bridge"]
    everything = pipeline(news, words, Settings(further_threshold=0.0)).ask(QUESTION)
    assert [answer.text for answer in everything.answers] == ["Ali Veli", "Ganja", "Monday"]
    assert [answer.text for answer in everything.withheld] == ["bridge"]  # 20 %: there is no word for it


def test_floor_does_not_hold_back_a_first_answer(news: Archive) -> None:
    prediction = pipeline(news, {"Ali Veli": 0.0, "Ganja": -1.0}, Settings(further_threshold=0.9)).ask(QUESTION)
    assert [answer.text for answer in prediction.answers] == ["Ali Veli"]


@pytest.mark.parametrize(("stop_confidence", "read"), [(1.0, 20), (0.76, 20), (0.74, 2), (0.0, 2)])
def test_ask_leaves_passages_unread_once_an_answer_is_sure_enough(
    news: Archive, stop_confidence: float, read: int
) -> None:
    prediction = pipeline(news, {"Ali Veli": math.log(3)}, Settings(stop_confidence=stop_confidence)).ask(QUESTION)
    assert (prediction.answers[0].text, prediction.answers[0].confidence) == ("Ali Veli", near(0.75))
    assert len(prediction.hits) == read


def test_ask_reads_all_where_nothing_makes_it_sure(news: Archive) -> None:
    prediction = pipeline(news, {}, Settings(stop_confidence=0.0, k=5)).ask(QUESTION)
    assert (prediction.abstained, len(prediction.hits)) == (True, 5)


@pytest.mark.parametrize(("k", "count"), [(None, 4), (1, 1), (7, 7), (100, 26)])
def test_k_of_a_question_counts_before_that_of_the_settings(news: Archive, k: int | None, count: int) -> None:
    asked = pipeline(news, {}, Settings(k=4))
    assert len(asked.ask(QUESTION, k=k).hits) == count
    assert asked.settings.k == 4


@pytest.mark.parametrize("score", [-3.0, 3.0])
def test_decision_stays_the_same_as_k_grows_over_passages_that_hold_nothing(news: Archive, score: float) -> None:
    asked = Pipeline(news, Readers(FakeReader({"Ali Veli": score}), BY_MARGIN), Settings())
    first, *others = [asked.ask(QUESTION, k=k) for k in range(1, 21)]
    assert first.hits[0].passage.article == OPENING
    assert [len(prediction.hits) for prediction in others] == list(range(2, 21))
    kept = {(prediction.answers, prediction.withheld) for prediction in others}
    assert kept == {(first.answers, first.withheld)}


@pytest.mark.parametrize("score", [-3.0, 3.0])
def test_as_shipped_the_answer_stays_and_is_never_surer_as_k_grows_over_passages_that_hold_nothing(
    news: Archive, score: float
) -> None:
    asked = Pipeline(
        news, Readers(FakeReader({"Ali Veli": score}), load_readers(Settings()).calibration), Settings(threshold=0.0)
    )
    answers = [asked.ask(QUESTION, k=k).answers for k in range(1, 21)]
    assert {tuple(answer.text for answer in each) for each in answers} == {("Ali Veli",)}
    confidences = [each[0].confidence for each in answers]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("k", [0, -1, 101, 1000])
def test_ask_refuses_k_out_of_range(news: Archive, k: int) -> None:
    with pytest.raises(ValueError, match=f"^k is {k}; k is the number of passages to look through"):
        pipeline(news, {}).ask(QUESTION, k=k)


@pytest.mark.parametrize("question", ["", " \n", "?!…", "a" * 10_000])
def test_ask_refuses_what_is_no_question(news: Archive, question: str) -> None:
    with pytest.raises(ValueError, match=r"^the question "):
        pipeline(news, {}).ask(question)


@pytest.mark.parametrize(
    "question", ["text:bridge", '"bridge" AND (', "a/b:c^2~", "кто открыл мост?", "bridge 👩‍👩‍👧 x\u0301"]
)
def test_ask_takes_any_words_as_words(news: Archive, question: str) -> None:
    assert len(pipeline(news, {}).ask(question).hits) == Settings().k


def test_ask_over_an_empty_archive_abstains_without_hits(archive: Archive) -> None:
    prediction = pipeline(archive, {"Ali Veli": 3.0}).ask(QUESTION)
    assert (prediction.abstained, prediction.hits, prediction.withheld) == (True, (), ())


def test_ask_reads_only_what_the_filter_lets_through(news: Archive) -> None:
    asked = pipeline(news, {"Ali Veli": 3.0})
    assert asked.ask(QUESTION, only=Filter(outlets=("Gazette",))).abstained
    assert asked.ask(QUESTION, only=Filter(published_from="2023")).abstained
    prediction = asked.ask(QUESTION, only=Filter("2022-10-19", "2022-10-19", ("Wire",)))
    assert [answer.text for answer in prediction.answers] == ["Ali Veli"]
    assert [hit.passage.article for hit in prediction.hits] == [OPENING]


def test_ask_twice_gives_the_same(news: Archive) -> None:
    asked = pipeline(news, {"Ali Veli": 3.0, "bridge": 1.0})
    one, other = asked.ask(QUESTION), asked.ask(QUESTION)
    assert replace(one, timings=other.timings) == other


def test_timings_add_up(news: Archive) -> None:
    timings = pipeline(news, {"Ali Veli": 3.0}).ask(QUESTION).timings
    parts = (timings.encode, timings.search, timings.read)
    assert min(parts) > 0
    assert timings.total >= sum(parts) - 1e-6


def test_pipeline_without_an_archive_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, cache: Path | None) -> FakeEncoder:
        return FakeEncoder()

    monkeypatch.setattr("qa.pipeline.load_encoder", load)
    with pytest.raises(FileNotFoundError, match=f"there is no archive in {tmp_path}/none; make one with: pressmark"):
        Pipeline.from_settings(Settings(archive=FolderPlace(tmp_path / "none")))


def test_pipeline_without_a_reader_says_so_before_it_loads_the_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(encoders, "OnnxEncoder")
    with pytest.raises(FileNotFoundError, match=f"the reader in {tmp_path} has neither reader.json nor config.json"):
        Pipeline.from_settings(Settings(reader=str(tmp_path)))


def test_question_that_is_not_in_english_is_not_answered_and_told_why(news: Archive) -> None:
    asked = pipeline(news, {"Ali Veli": math.log(3)})
    prediction = asked.ask("Wer hat die Brücke in Ganja geöffnet?")
    assert (prediction.answers, [answer.text for answer in prediction.withheld]) == ((), ["Ali Veli"])
    assert prediction.language == "German"
    assert prediction.notice == (
        "This question seems to be in German. Questions are read in English, so it is not answered: ask it in English."
    )
    assert prediction.hits[0].passage.article == OPENING
    readers = replace(asked.readers, notice="Little memory.")
    both = Pipeline(news, readers, Settings()).ask("Wer hat die Brücke in Ganja geöffnet?")
    assert both.notice == f"{prediction.notice} Little memory."
