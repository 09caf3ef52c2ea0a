"""Ablations by hand: every variant differs from the program in one thing, its gain is that on the same questions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest

from embeddings.types import Article, Passage, Ranking
from fakes import FakeEncoder, FakeReader, near
from qa.confidence import Calibration
from qa.evaluation.ablation import RANK_CONSTANT, Ablation, Variant, by_min_max, by_rank, variants
from qa.evaluation.ablation_runs import AblationRunner, ablation_results, with_articles
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.evaluation.reading_cost import ReadingCost, reading_cost
from qa.evaluation.remembering import RememberingReader
from qa.evaluation.results.results import Kind, Provenance
from qa.reading import Readers
from qa.retriever import Proposals
from qa.settings import Settings
from qa.types import Reading
from test_retriever import ranking

ARTICLES = (
    Article("boats", "Ada sold seven boats in Ganja.", "Boats"),
    Article("bread", "Leyla sold bread in Baku.", "Bread"),
    Article("rain", "It rained in Sheki all day.", "Rain"),
)
FOUND = QuestionSet(
    "set.jsonl",
    (
        Question("q1", "Who sold boats?", ("Ada",), {"boats": 1}),
        Question("q2", "Who sold bread?", ("Leyla",), {"bread": 1}),
        Question("q3", "What is nowhere?", ()),
    ),
    ARTICLES,
)
PROPOSALS = Proposals(ranking(_1=0.9, _2=0.5), ranking(_2=30.0, _3=10.0))


class CountingReader(FakeReader):
    """Counts the passages that it reads."""

    read_so_far = 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.read_so_far += len(passages)
        return super().read(question, passages)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AblationRunner]:
    monkeypatch.setattr("qa.evaluation.ablation_runs.load_encoder", lambda *_: FakeEncoder())
    readers = Readers(FakeReader({"Ada": 3.0, "Leyla": 2.0}), Calibration(margin=1.0))
    made = AblationRunner(FOUND, {"int8": readers}, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("ablation", list(Ablation))
def test_the_first_variant_is_the_program_and_the_others_differ_in_one_thing(ablation: Ablation) -> None:
    first, *others = variants(ablation, Settings())
    assert first.name == "as it is"
    assert others
    assert len({one.name for one in (first, *others)}) == 1 + len(others)
    for other in others:
        changed = {"settings", "splitting", "fusion", "encoder", "reader"}
        differs = [name for name in changed if getattr(first, name) != getattr(other, name)]
        assert len(differs) == 1


def test_the_present_value_is_not_compared_with_itself() -> None:
    for settings in (Settings(k=5), Settings(k=20)):
        assert settings.k not in {one.settings.k for one in variants(Ablation.K, settings)[1:]}


def test_reciprocal_rank_fusion_by_hand() -> None:
    first, second = 1 / (RANK_CONSTANT + 1), 1 / (RANK_CONSTANT + 2)
    assert by_rank(PROPOSALS, 0.9) == {1: near(first), 2: near(second + first), 3: near(second)}


def test_min_max_scores_by_hand() -> None:
    vectors, keywords = ranking(_1=0.9, _2=0.5, _3=0.1), ranking(_2=30.0, _4=20.0, _1=10.0)
    # normalised: vectors 1, 0.5, 0; keywords 1, 0.5, 0
    fused = {1: near(0.4), 2: near(0.4 * 0.5 + 0.6), 3: near(0.0), 4: near(0.6 * 0.5)}
    assert by_min_max(Proposals(vectors, keywords), 0.4) == fused


@pytest.mark.parametrize("fusion", [Proposals.fused, by_rank, by_min_max])
def test_nothing_proposed_is_nothing_fused(fusion: object) -> None:
    assert callable(fusion)
    assert fusion(Proposals(Ranking.empty(), Ranking.empty()), 0.5) == {}


def test_a_passage_is_read_once_for_a_question() -> None:
    reader = CountingReader({"Ada": 1.0})
    remembering = RememberingReader(reader)
    passages = [Passage(article, 0, len(article.text)) for article in ARTICLES]
    once = remembering.read("Who?", passages[:2])
    again = remembering.read("Who?", [passages[2], passages[0]])
    assert reader.read_so_far == 3
    assert again[1] == once[0]
    assert [reading.passage for reading in again] == [passages[2], passages[0]]
    remembering.read("Who else?", passages[:1])
    assert reader.read_so_far == 4


def test_measured_are_the_judged_questions_and_what_was_read(runner: AblationRunner) -> None:
    present = variants(Ablation.K, Settings(k=1))[0]
    measured = runner.measure(present)
    assert measured.values["success@1"] == (1.0, 1.0)
    assert measured.values["EM"] == (1.0, 1.0)
    assert measured.pieces == (7, 6)
    more = runner.measure(replace(present, settings=Settings(k=3)))
    assert more.pieces == (20, 20)
    assert more.values["EM"] == (1.0, 0.0)  # "Ada" has the higher score, whatever is asked


def test_results_have_a_table_for_each_ablation_and_gains_over_its_first_line(runner: AblationRunner) -> None:
    lines = [(one, runner.measure(one)) for one in variants(Ablation.K, Settings(k=1))[:3]]
    results = ablation_results(FOUND, {Ablation.K: lines}, Provenance("command", {}, {}))
    assert (results.kind, results.questions) == (Kind.ABLATIONS, ("q1", "q2"))
    gains = {figure.row: figure for figure in results.figures if figure.name == "F1 gained"}
    assert set(gains) == {"k = 3", "k = 5"}
    assert gains["k = 3"].value == near(-0.5)
    assert gains["k = 3"].low == near(-1.0)
    assert results.values["k, k = 3, F1"] == (1.0, 0.0)


@pytest.fixture
def pair_runner(runner: AblationRunner) -> AblationRunner:
    """Over two readers: the small one thinks most of bread, the careful one knows who sold it."""
    small = FakeReader({"Ada": 1.0, "Leyla": 2.0}, relevance=True)
    return replace(runner, readers={"int8": replace(runner.readers["int8"], skimmer=small)})


def test_measured_are_the_passages_skimmed_and_those_read(pair_runner: AblationRunner) -> None:
    present = variants(Ablation.READ, Settings(k=3, read=1, relevance_weight=0.0))[0]
    measured = pair_runner.measure(present)
    assert (measured.skimmed, measured.read, measured.pieces) == ((3, 3), (1, 1), (7, 6))
    assert measured.values["EM"] == (1.0, 1.0)


def test_depths_are_shown_with_what_they_cost(pair_runner: AblationRunner) -> None:
    settings = Settings(k=3, relevance_weight=0.0)
    depths = [replace(settings, read=read) for read in (3, 1)]
    lines = [(Variant(f"read {one.read}", one), pair_runner.measure(Variant("", one))) for one in depths]
    provenance = Provenance("command", {}, {})
    results = ablation_results(FOUND, {Ablation.READ: lines}, provenance, ReadingCost(skim=2.0, read=10.0))
    costs = {figure.row: figure.value for figure in results.figures if figure.name == "milliseconds"}
    assert costs == {"read 3": near(3 * 2 + 3 * 10), "read 1": near(3 * 2 + 10)}
    # with one passage read both are right; among three, "Ada" has the higher score, whatever is asked
    assert results.tradeoff == {"3 skimmed": ((near(16.0), 1.0), (near(36.0), 0.5))}
    assert "A passage takes 2.0 ms of one processor to skim and 10.0 ms to read on this machine" in results.notes[-1]


def test_reading_cost_is_that_of_a_passage(pair_runner: AblationRunner) -> None:
    cost = pair_runner.cost(variants(Ablation.READ, Settings(k=2))[0])
    assert cost.skim > 0
    assert cost.read > 0


def test_reading_cost_does_not_count_waiting() -> None:
    class SleepingReader(FakeReader):
        def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
            sleep(0.05)
            return super().read(question, passages)

    passages = [Passage(ARTICLES[0], 0, 4)]
    cost = reading_cost(Readers(SleepingReader({}), Calibration()), {"What?": passages})
    assert cost.read < 25


def test_one_reader_has_no_cost_of_skimming(runner: AblationRunner) -> None:
    assert runner.cost(variants(Ablation.READ, Settings(k=2))[0]).skim == 0


def test_another_splitting_is_another_archive(runner: AblationRunner, tmp_path: Path) -> None:
    for variant in variants(Ablation.HEADING, Settings())[:2]:
        runner.measure(variant)
    assert len(list((tmp_path / "evaluation" / "collections").iterdir())) == 2


def test_relevant_articles_stay_and_others_are_drawn() -> None:
    found = with_articles(FOUND, [], 0)
    assert [article.id for article in found.articles] == ["boats", "bread"]
    assert found.notes[-1].startswith("Searched are 2 of 3 articles")
    assert with_articles(FOUND, [], 1).articles == ARTICLES
    given = [replace(article, outlet="Wire") for article in ARTICLES]
    assert with_articles(FOUND, given, 5).articles == tuple(given)


def test_a_set_without_articles_needs_an_archive() -> None:
    with pytest.raises(ValueError, match="brings no articles; name the archive"):
        with_articles(replace(FOUND, articles=()), [], 5)
