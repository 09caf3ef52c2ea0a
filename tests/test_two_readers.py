"""A small reader that skims and a careful one that reads: what each is given, and what becomes of what it finds."""

import json
import logging
import math
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter, Hit, Passage
from fakes import FakeReader, near
from qa.answers import gather
from qa.confidence import Calibration, Evidence, Regression
from qa.pipeline import Pipeline
from qa.reader.load import BESIDE, NO_MEMORY, load_readers, models_of, pair_folders
from qa.reading import Findings, Readers, read_best, read_hits
from qa.render import prediction_to_json
from qa.settings import SHIPPED_READER, Settings
from qa.types import Reading

BY_MARGIN = Calibration(margin=1.0, threshold=0.5, skimmed=Regression(margin=1.0, bias=-10.0))
"""Confidence is the logistic function of the careful reader's score; what was only skimmed is hardly ever first."""

SKIMMED_COUNTS = replace(BY_MARGIN, skimmed=Regression(margin=1.0))
"""What was only skimmed counts as much."""


class Remembering(FakeReader):
    """Remembers which articles' passages it read."""

    def __init__(self, words: dict[str, float], *, relevance: bool = False) -> None:
        super().__init__(words, relevance=relevance)
        self.read_articles: list[list[str]] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.read_articles.append([passage.article.id for passage in passages])
        return super().read(question, passages)


def hits_over(*texts: str, scores: Sequence[float] = ()) -> list[Hit]:
    articles = [Article(f"a{number}", text, "") for number, text in enumerate(texts)]
    of_each = scores or [1 - number / len(texts) for number in range(len(texts))]
    found = enumerate(zip(articles, of_each, strict=True), start=1)
    return [Hit(Passage(article, 0, len(article.text)), score, rank) for rank, (article, score) in found]


def read(
    hits: Sequence[Hit],
    careful: FakeReader,
    small: FakeReader,
    calibration: Calibration = BY_MARGIN,
    **settings: float,
) -> Findings:
    return read_hits("Who?", hits, Readers(careful, calibration, small), Settings(**settings))  # type: ignore[arg-type]


def texts(found: Findings) -> list[tuple[str, bool]]:
    return [(answer.text, answer.skimmed) for answer in found.answers]


def test_all_passages_are_skimmed_and_those_worth_most_are_read() -> None:
    careful, small = Remembering({}), Remembering({"Ada": 4.0, "Eve": 2.0}, relevance=True)
    found = read(hits_over("none", "Eve", "none", "Ada"), careful, small, relevance_weight=1.0, read=2)
    assert small.read_articles == [["a0", "a1", "a2", "a3"]]
    assert careful.read_articles == [["a3", "a1"]]
    assert [hit.passage.article.id for hit in found.hits] == ["a3", "a1", "a0", "a2"]
    assert found.skimmed == {"a0@0", "a2@0"}


def test_answers_are_the_careful_reader_s_spans() -> None:
    careful, small = FakeReader({"Ada Lovelace": 1.0}), FakeReader({"Lovelace": 9.0, "boat": 8.0})
    found = read(hits_over("Ada Lovelace sold a boat."), careful, small)
    assert texts(found) == [("Ada Lovelace", False)]
    assert (found.answers[0].score, found.answers[0].confidence) == (1.0, near(1 / (1 + math.exp(-1))))


def test_what_was_only_skimmed_supports_and_differs_and_says_so() -> None:
    small = FakeReader({"Ada": 1.0, "Eve": 2.0})
    found = read(hits_over("Ada came.", "It was Ada.", "It was Eve."), FakeReader({"Ada": 3.0}), small, read=1)
    assert texts(found) == [("Ada", False), ("Eve", True)]
    (support,) = found.answers[0].supports
    assert (support.article.id, support.start, support.skimmed) == ("a1", 7, True)
    assert found.answers[1].confidence == near(1 / (1 + math.exp(10 - 2)))


def test_a_support_that_was_read_says_so() -> None:
    found = read(hits_over("Ada came.", "It was Ada."), FakeReader({"Ada": 3.0}), FakeReader({}), read=2)
    assert [support.skimmed for support in found.answers[0].supports] == [False]


def test_reading_goes_on_until_the_first_answer_is_one_that_was_read() -> None:
    careful, small = Remembering({"Ada": 1.0, "Eve": -5.0}), FakeReader({"Eve": 6.0, "Kim": 4.0, "Ada": 0.0})
    found = read(hits_over("Ada", "Bob", "Kim", "Eve"), careful, small, SKIMMED_COUNTS, read=1)
    assert careful.read_articles == [["a0"], ["a3"], ["a2"]]
    assert texts(found) == [("Ada", False), ("Eve", False)]
    assert found.skimmed == {"a1@0"}


def test_of_equal_answers_the_newer_is_read_before_it_comes_first() -> None:
    old, new = Article("old", "Ada signed.", "", "2022-01-01"), Article("new", "Eve signed.", "", "2022-06-01")
    hits = [Hit(Passage(one, 0, 11), 1.0, rank) for rank, one in enumerate((old, new), start=1)]
    careful, small = Remembering({"Ada": 1.0, "Eve": 0.9}), FakeReader({"Ada": 1.0, "Eve": 1.0})
    found = read_hits("Who signed it this week?", hits, Readers(careful, SKIMMED_COUNTS, small), Settings(read=1))
    assert careful.read_articles == [["old"], ["new"]]
    assert texts(found) == [("Eve", False), ("Ada", False)]
    since = Filter(published_from="2021")
    asked = read_hits("Who signed it this week?", hits, Readers(careful, BY_MARGIN, small), Settings(read=2), since)
    assert texts(asked) == [("Ada", False), ("Eve", False)]


def test_evidence_is_that_of_both_readers() -> None:
    small = FakeReader({"Ada": 1.0, "boat": 0.5, "Eve": 2.0}, relevance=True)
    careful = FakeReader({"Ada": 3.0, "boat": 2.5}, relevance=True)
    hits = hits_over("Ada has a boat.", "Ada came.", "Eve came.", scores=(1.0, 0.75, 0.5))
    settings = Settings(read=1, relevance_weight=0.0)
    groups = gather(read_best("Who?", hits, Readers(careful, BY_MARGIN, small), settings))
    assert [(group.best.text, group.evidence) for group in groups] == [
        (
            "Ada",
            Evidence(3.0, 1.0, 0.5, supports=1, relevance=3.0, skim_margin=1.0, skim_relevance=1.0),
        ),
        (
            "boat",
            Evidence(2.5, 1.0, -0.5, supports=0, relevance=3.0, skim_margin=0.5, skim_relevance=1.0),
        ),
        (
            "Eve",
            Evidence(2.0, 0.5, 1.0, 0, 2.0, skim_margin=2.0, skim_relevance=2.0, skimmed=True),
        ),
    ]


def test_skim_margin_of_what_the_skimmer_did_not_propose_is_its_least_there() -> None:
    hits, small = hits_over("Ada has a boat."), FakeReader({"boat": 0.5, "has": -2.0})
    (group,) = gather(read_best("Who?", hits, Readers(FakeReader({"Ada": 3.0}), BY_MARGIN, small), Settings()))
    assert group.evidence.skim_margin == -2.0


def test_reading_stops_where_an_answer_is_sure_enough_and_the_rest_stays_skimmed() -> None:
    careful = Remembering({"Ada": 5.0})
    hits = hits_over("Ada", "Bob", "Bob", "Bob", "Bob")
    found = read(hits, careful, FakeReader({"Bob": 0.0}), read=4, stop_confidence=0.9)
    assert careful.read_articles == [["a0", "a1"]]
    assert len(found.hits) == 5
    assert found.skimmed == {"a2@0", "a3@0", "a4@0"}


def test_times_of_skimming_and_reading_stand_apart() -> None:
    found = read(hits_over("Ada"), FakeReader({}), FakeReader({}))
    assert found.skim_ms > 0
    assert found.read_ms > 0


@pytest.fixture
def pipeline(archive: Archive) -> Pipeline:
    add(
        archive, [Article(f"a{number}", f"{name} signed the treaty.", "") for number, name in enumerate(("Ada", "Eve"))]
    )
    archive.refresh()
    readers = Readers(
        FakeReader({"Ada": 3.0, "Eve": 2.0}), Calibration(margin=1.0), FakeReader({"Ada": 1.0, "Eve": 1.0})
    )
    return Pipeline(archive, readers, Settings(read=1, further_threshold=0.0))


def test_json_says_what_was_skimmed(pipeline: Pipeline) -> None:
    body = prediction_to_json(pipeline.ask("Who signed the treaty?"), None, lambda span: span.article.id)
    answers, passages = body["answers"], body["passages"]
    assert isinstance(answers, list)
    assert isinstance(passages, list)
    assert [answer["skimmed"] for answer in answers] == [False, True]
    assert [passage["skimmed"] for passage in passages] == [False, True]
    assert (body["notice"], list(body["timings_ms"])) == (None, ["encode", "search", "skim", "read", "total"])  # type: ignore[call-overload]


def test_an_archive_of_one_passage_is_skimmed_and_read(archive: Archive) -> None:
    add(archive, [Article("only", "Ada signed the treaty.", "")])
    archive.refresh()
    readers = Readers(FakeReader({"Ada": 3.0}), BY_MARGIN, FakeReader({"Ada": 1.0}))
    prediction = Pipeline(archive, readers, Settings()).ask("Who signed the treaty?")
    assert [answer.text for answer in prediction.answers] == ["Ada"]
    assert (len(prediction.hits), prediction.skimmed) == (1, frozenset())


def test_an_empty_archive_has_nothing_to_skim(archive: Archive) -> None:
    readers = Readers(FakeReader({"Ada": 3.0}), BY_MARGIN, FakeReader({"Ada": 1.0}))
    prediction = Pipeline(archive, readers, Settings()).ask("Who?")
    assert (prediction.abstained, prediction.hits, prediction.skimmed) == (True, (), frozenset())


# --- folders ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the careful reader of a pair, which is the shipped one twice."""
    models = tmp_path_factory.mktemp("models")
    careful, small = models / "careful", models / "small"
    for folder in (careful, small):
        shutil.copytree(SHIPPED_READER, folder)
    spec = json.loads((careful / "reader.json").read_text(encoding="utf-8"))
    (careful / "reader.json").write_text(json.dumps({**spec, "skimmer": "small"}), encoding="utf-8")
    Calibration(margin=1.0, threshold=0.7, fitted_for=models_of([careful, small])).save(careful)
    return careful


def settings_for(folder: Path) -> Settings:
    return Settings(reader=str(folder))


@pytest.mark.model
def test_a_reader_whose_spec_names_a_skimmer_is_a_pair(pair: Path) -> None:
    readers = load_readers(settings_for(pair))
    assert readers.skimmer is not None
    assert (readers.calibration.threshold, readers.notice) == (0.7, "")


@pytest.mark.model
def test_the_small_one_of_a_pair_reads_alone_if_it_is_asked_for(pair: Path) -> None:
    readers = load_readers(settings_for(pair.with_name("small")))
    assert readers.skimmer is None
    assert readers.calibration.threshold == Calibration.load(SHIPPED_READER, models_of([SHIPPED_READER])).threshold


@pytest.mark.model
def test_too_little_memory_for_the_careful_reader_leaves_the_small_one(
    pair: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("embeddings.onnx_models.available_memory", lambda: BESIDE)  # enough for the small one alone
    with caplog.at_level(logging.WARNING):
        readers = load_readers(settings_for(pair))
    assert (readers.skimmer, readers.notice) == (None, NO_MEMORY)
    assert f"{NO_MEMORY} {pair}/model.onnx needs" in caplog.text


def test_a_pair_whose_small_reader_is_missing_names_it(pair: Path, tmp_path: Path) -> None:
    alone = tmp_path / "careful"
    shutil.copytree(pair, alone)
    with pytest.raises(FileNotFoundError, match=r"the reader in .*/small has no reader.json; .* it skims for"):
        pair_folders(alone)


def test_a_pair_of_other_models_than_it_was_calibrated_for_is_refused(pair: Path, tmp_path: Path) -> None:
    for name in ("careful", "small"):
        shutil.copytree(pair.with_name(name), tmp_path / name)
    Calibration(fitted_for=models_of([pair])).save(tmp_path / "careful")
    with pytest.raises(ValueError, match=r"was fitted for the model .* fit it anew with: pressmark train calibration"):
        load_readers(settings_for(tmp_path / "careful"))
