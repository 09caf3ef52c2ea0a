"""Speed: turns, medians and ratios, growth, and the command."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from embeddings.command_line import WrongUse
from embeddings.files.articles import read_articles
from embeddings.folder.archive import Archive
from embeddings.types import Article, Passage
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.evaluation.results.plots import draw
from qa.evaluation.results.reports import tables
from qa.evaluation.results.results import Kind, Provenance, Unit, write_results
from qa.evaluation.results.stored import read_results
from qa.evaluation.speed.baselines import load_plain_reader
from qa.evaluation.speed.benchmark import Contenders, benchmark_results, machine, plan_benchmark, run_benchmark
from qa.evaluation.speed.commands import DEFAULT_SIZES, parse_sizes
from qa.evaluation.speed.growth import (
    Grown,
    Served,
    disk_use,
    growth_lines,
    plan_steps,
    questions_about,
    take_sample,
    write_articles,
)
from qa.evaluation.speed.server_probe import STAGES, ask_in_turn, latency, peak_memory
from qa.evaluation.speed.turns import rate_figures, time_in_turn
from qa.limits import check_question
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import SHIPPED_READER, Settings
from qa.types import Timings
from web.commands import main

SEEDS = Path(__file__).parent.parent / "seeds"

LATENCY = {stage: {"p50": 1.0, "p95": 2.0, "p99": 3.0} for stage in STAGES}


def one_passage_each(count: int) -> list[Article]:
    return [Article(f"a{number}", f"Village {number} was rebuilt.", "") for number in range(count)]


def test_time_in_turn_takes_turns_and_leaves_the_first_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    called: list[str] = []
    done: list[int] = []

    def way(name: str, *seconds: float) -> Callable[[], object]:
        left = iter(seconds)

        def run() -> None:
            nonlocal now
            called.append(name)
            now += next(left)

        return run

    monkeypatch.setattr("qa.evaluation.speed.turns.perf_counter", lambda: now)
    ways = {"a": way("a", 9.0, 1.0, 2.0), "b": way("b", 9.0, 4.0, 8.0)}
    assert time_in_turn(ways, 2, lambda: done.append(len(called))) == {"a": (1.0, 2.0), "b": (4.0, 8.0)}
    assert "".join(called) == "ababab"
    assert done == [1, 2, 3, 4, 5, 6]


def test_rate_figures_are_medians_and_ratios_turn_by_turn() -> None:
    figures = rate_figures("T", {"ours": (1.0, 2.0, 4.0), "plain": (2.0, 2.0, 16.0)}, 8, "plain")
    found = {(figure.row, figure.unit): (figure.low, figure.value, figure.high, figure.count) for figure in figures}
    assert found == {
        ("ours", Unit.PER_SECOND): (2.0, 4.0, 8.0, 3),
        ("ours", Unit.RATIO): (1.0, 2.0, 4.0, 3),  # 2/1, 2/2, 16/4
        ("plain", Unit.PER_SECOND): (0.5, 4.0, 4.0, 3),
        ("plain", Unit.RATIO): (1.0, 1.0, 1.0, 3),
    }


def test_latency_is_the_median_of_the_runs_percentiles() -> None:
    def run(slowest: float) -> list[Timings]:
        return [Timings(1.0, 2.0, 0.0, 3.0, 6.0), Timings(1.0, 2.0, 0.0, slowest - 3.0, slowest)]

    found = latency([run(10.0), run(100.0), run(20.0)])
    assert tuple(found) == STAGES
    assert found["encode"] == {"p50": 1.0, "p95": 1.0, "p99": 1.0}
    assert found["total"]["p50"] == 13.0  # of 8, 53, 13
    assert found["total"]["p95"] == pytest.approx(6 + 0.95 * 14)
    assert found["read"]["p50"] == 10.0


def test_ask_in_turn_gives_every_run_every_question(seeds_archive: Archive) -> None:
    calibration = Calibration(bias=0.0, margin=1.0, retrieval=1.0, lead=0.0, supports=0.0, threshold=0.5)
    pipeline = Pipeline(seeds_archive, Readers(FakeReader({"Baku": 3.0}), calibration), Settings())
    runs = ask_in_turn(pipeline, ["Where was it signed?", "Who signed it?"], 3)
    assert [len(run) for run in runs] == [2, 2, 2]
    assert all(
        timings.encode + timings.search + timings.read <= timings.total + 1e-6 for run in runs for timings in run
    )


@pytest.mark.parametrize(
    ("articles", "sizes", "expected"),
    [
        (5, (2, 3, 10), [(2, 2), (1, 3), (2, 5)]),
        (5, (5,), [(5, 5)]),
        (5, (3, 2, 2), [(2, 2), (1, 3)]),
        (5, (100,), [(5, 5)]),
        (0, (1,), []),
    ],
)
def test_plan_steps_clips_the_sizes_to_the_articles(
    articles: int, sizes: Sequence[int], expected: list[tuple[int, int]]
) -> None:
    steps = plan_steps(one_passage_each(articles), FakeEncoder(), sizes)
    assert [(len(step.articles), step.passages) for step in steps] == expected


def test_plan_steps_skips_sizes_that_one_article_jumps_over() -> None:
    long = Article("long", "\n\n".join(f"Paragraph {n} of many. {'word ' * 110}" for n in range(6)), "")
    passages = len(take_sample([long], FakeEncoder(), 1))
    assert passages > 3
    steps = list(plan_steps([long, *one_passage_each(2)], FakeEncoder(), (1, 2, 3, passages + 1)))
    assert [step.passages for step in steps] == [passages, passages + 1]


def test_plan_steps_draws_no_more_articles_than_needed_and_none_twice() -> None:
    drawn: list[str] = []

    def articles() -> Iterator[Article]:
        for article in [*one_passage_each(2), *one_passage_each(9)]:
            drawn.append(article.id)
            yield article

    (step,) = plan_steps(articles(), FakeEncoder(), (3,))
    assert [article.id for article in step.articles] == ["a0", "a1", "a2"]
    assert drawn == ["a0", "a1", "a0", "a1", "a2"]


def test_take_sample_ends_with_the_article_that_fills_it() -> None:
    assert len(take_sample(one_passage_each(9), FakeEncoder(), 4)) == 4
    assert len(take_sample(one_passage_each(2), FakeEncoder(), 4)) == 2


def test_questions_are_spread_over_the_passages() -> None:
    passages = take_sample(one_passage_each(10), FakeEncoder(), 10)
    assert questions_about(passages, 2) == [
        "What is said about Village 0 was rebuilt.?",
        "What is said about Village 5 was rebuilt.?",
    ]
    assert len(questions_about(passages, 99)) == 10


def test_questions_about_endless_words_can_be_asked() -> None:
    article = Article("a", "x" * 5_000, "")
    assert check_question(questions_about([Passage(article, 0, 5_000)], 1)[0])


def test_written_articles_are_read_as_they_were(tmp_path: Path) -> None:
    articles = [article for article in read_articles([SEEDS]) if isinstance(article, Article)]
    write_articles(articles, tmp_path / "part.jsonl")
    again = [article for article in read_articles([tmp_path / "part.jsonl"]) if isinstance(article, Article)]
    fields = ("id", "text", "title", "published", "outlet", "byline", "url")
    assert [[getattr(article, name) for name in fields] for article in again] == [
        [getattr(article, name) for name in fields] for article in articles
    ]


def test_disk_use_counts_every_file_of_an_archive(seeds_archive: Archive) -> None:
    (seeds_archive.folder / "writer.lock").unlink(missing_ok=True)
    found = disk_use(seeds_archive.folder)
    assert set(found) == {"SQLite", "FAISS", "tantivy"}
    assert sum(found.values()) == sum(p.stat().st_size for p in seeds_archive.folder.rglob("*") if p.is_file())


def test_peak_memory_is_in_bytes() -> None:
    assert 10_000_000 < peak_memory() < 100_000_000_000


def fake_contenders(opened: list[Path], asked: tuple[int, int] = (11, 2)) -> Contenders:
    def serve(folder: Path, questions: Sequence[str], runs: int) -> Served:
        opened.append(folder)
        assert (len(questions), runs) == asked
        assert not list(folder.glob("archive.sqlite-*"))
        return Served(LATENCY, 300_000_000)

    def start_cold(folder: Path, question: str) -> float:
        assert (folder / "archive.sqlite").is_file()
        return float(len(question))

    return Contenders(
        encoder=FakeEncoder(),
        reader=FakeReader({"Baku": 3.0}),
        plain_encode=FakeEncoder().encode_passages,
        plain_read=FakeReader({}).read,
        serve=serve,
        start_cold=start_cold,
    )


@pytest.mark.slow
def test_run_benchmark_over_the_seeds() -> None:
    articles = [article for article in read_articles([SEEDS]) if isinstance(article, Article)]
    steps = list(plan_steps(articles, FakeEncoder(), (1, 1_000)))
    plan = plan_benchmark(steps, FakeEncoder(), 2, 10)
    assert len(plan.sample) == steps[-1].passages == 11
    opened: list[Path] = []
    progress: list[int] = []
    figures, stages = run_benchmark(plan, fake_contenders(opened), Settings(), progress.append)
    assert sum(progress) == pytest.approx(plan.work, abs=2 * len(steps) * 10 * 11)
    assert [(figure.table, figure.row) for figure in figures[::2]] == [
        ("Indexing", "Pressmark, end to end"),
        ("Indexing", "Pressmark, encoding alone"),
        ("Indexing", "SentenceTransformer.encode, float32"),
        ("Reading", "Pressmark, int8"),
        ("Reading", "Hugging Face, float32"),
    ]
    assert {figure.count for figure in figures} == {2}
    assert [stage.passages for stage in stages] == [step.passages for step in steps]
    assert all(stage.rate is not None and stage.rate > 0 and stage.disk["SQLite"] > 0 for stage in stages)
    assert not opened[0].exists()


@pytest.mark.slow
def test_an_existing_archive_is_measured_last_and_stays(seeds_archive: Archive) -> None:
    existing = seeds_archive.folder
    seeds_archive.close()  # which writes its journal back
    steps = list(plan_steps(one_passage_each(3), FakeEncoder(), (3,)))
    plan = plan_benchmark(steps, FakeEncoder(), 1, 10, existing)
    opened: list[Path] = []
    _, stages = run_benchmark(plan, fake_contenders(opened, (3, 1)), Settings(), lambda _: None)
    assert [(stage.passages, stage.rate is None) for stage in stages] == [(3, False), (11, True)]
    assert opened[-1] == existing
    assert (existing / "archive.sqlite").is_file()
    lines = growth_lines(stages)
    assert set(lines["passages indexed a second"]["end to end, since the last size"]) == {3}
    assert set(lines["seconds to the first answer"]["cold start"]) == {3, 11}


@pytest.mark.slow
def test_a_benchmark_cleans_up_after_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def serve(folder: Path, questions: Sequence[str], runs: int) -> Served:
        raise RuntimeError("no process")

    fakes = fake_contenders([])
    contenders = Contenders(fakes.encoder, fakes.reader, fakes.plain_encode, fakes.plain_read, serve, fakes.start_cold)
    plan = plan_benchmark(list(plan_steps(one_passage_each(3), FakeEncoder(), (3,))), FakeEncoder(), 1, 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError, match="no process"):
        run_benchmark(plan, contenders, Settings(), lambda _: None)
    assert not list(tmp_path.iterdir())


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="hold no passage"):
        plan_benchmark([], FakeEncoder(), 1, 10)


GROWN = (
    Grown(10, 50.0, 1.5, {"SQLite": 1_000_000, "FAISS": 500_000, "tantivy": 250_000}, Served(LATENCY, 200_000_000)),
    Grown(1_000, 60.0, 2.5, {"SQLite": 9_000_000, "FAISS": 5_000_000, "tantivy": 0}, Served(LATENCY, 300_000_000)),
)


def test_growth_lines_are_in_megabytes_and_by_size() -> None:
    lines: Mapping[str, Mapping[str, Mapping[int, float]]] = growth_lines(GROWN)
    assert lines["megabytes on disk"] == {
        "SQLite": {10: 1.0, 1_000: 9.0},
        "FAISS": {10: 0.5, 1_000: 5.0},
        "tantivy": {10: 0.25, 1_000: 0.0},
    }
    assert lines["megabytes of memory"] == {"server, peak": {10: 200.0, 1_000: 300.0}}
    assert lines["milliseconds a warm question"] == {"p50": {10: 1.0, 1_000: 1.0}, "p95": {10: 2.0, 1_000: 2.0}}
    assert lines["seconds to the first answer"] == {"cold start": {10: 1.5, 1_000: 2.5}}


@pytest.mark.slow
def test_benchmark_results_come_back_and_are_shown(tmp_path: Path) -> None:
    figures = rate_figures("Reading", {"ours": (1.0,), "plain": (2.0,)}, 8, "plain")
    results = benchmark_results("tiny", Provenance("pressmark benchmark", {}, machine()), ["A note."], figures, GROWN)
    write_results(results, tmp_path / "speed.json")
    assert read_results(tmp_path / "speed.json") == results
    assert json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))["kind"] == Kind.BENCHMARK
    reading, _, growth = tables(results)
    assert reading.columns == ("", "runs", "passages a second", "times the plain way")
    assert reading.rows[0] == ("ours", "1", "8.0 [8.0, 8.0]", "2.00× [2.00×, 2.00×]")
    assert growth.columns == ("passages", "10", "1,000")
    assert growth.rows[-1] == ("megabytes on disk: tantivy", "0.25", "0.00")
    assert [plot.name for plot in draw(results)] == [
        "latency",
        "growth-passages-indexed-a-second",
        "growth-milliseconds-a-warm-question",
        "growth-seconds-to-the-first-answer",
        "growth-megabytes-of-memory",
        "growth-megabytes-on-disk",
    ]


def test_machine_names_processor_and_cores() -> None:
    facts = machine()
    assert facts["processor"]
    assert int(facts["cores"]) >= 1
    assert facts["numpy"] != "not installed"


def test_parse_sizes_sorts_and_drops_doubles() -> None:
    assert parse_sizes("300, 10,300") == (10, 300)
    assert parse_sizes(DEFAULT_SIZES) == (1_000, 10_000, 100_000, 300_000)


@pytest.mark.parametrize("text", ["", "10,", "ten", "0", "-5", "1.5", "1_000", "²"])
def test_parse_sizes_names_what_is_no_size(text: str) -> None:
    with pytest.raises(WrongUse, match="give whole numbers from 1"):
        parse_sizes(text)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--sizes", "many"], 2, "--sizes holds 'many'"),
        (["--runs", "0"], 2, "0 is not in the range"),
        (["--json", "missing/speed.json"], 2, "there is no folder missing to write speed.json in"),
        (["missing.jsonl"], 1, "missing.jsonl does not exist"),
    ],
)
def test_benchmark_tells_wrong_use(
    arguments: list[str], status: int, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["benchmark", *arguments])
    assert result.exit_code == status
    assert message in result.stderr


@pytest.mark.model
def test_a_checkpoint_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no config\.json"):
        load_plain_reader(SHIPPED_READER, tmp_path)


@pytest.mark.model
def test_a_checkpoint_of_another_size_is_refused(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForQuestionAnswering

    config = BertConfig(vocab_size=10, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4)
    BertForQuestionAnswering(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="give the checkpoint that this reader was exported from"):
        load_plain_reader(SHIPPED_READER, tmp_path)


@pytest.mark.model
def test_the_plain_reader_reads_every_window() -> None:
    short, long = Article("short", "It was signed in Baku.", ""), Article("long", "word " * 600, "")
    passages = [Passage(article, 0, len(article.text)) for article in (short, long)]
    reader = load_plain_reader(SHIPPED_READER, None)
    assert (
        len(reader.read("Where was it signed?", passages)) == 3
    )  # the long one's 376 words, then 128 of those and the rest


@pytest.mark.model
def test_benchmark_of_the_seeds(tmp_path: Path) -> None:
    json_path = tmp_path / "speed.json"
    arguments = ["benchmark", "--runs", "1", "--json", str(json_path), "--report", str(tmp_path / "report")]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "The articles hold 11 passages; not measured: 1,000" in result.stdout
    assert "random weights in the same architecture" in result.stdout
    results = read_results(json_path)
    assert set(results.latency) == set(STAGES)
    assert 0.3 < results.growth["seconds to the first answer"]["cold start"][11] < 120
    assert 50 < results.growth["megabytes of memory"]["server, peak"][11] < 2_000
    assert (tmp_path / "report" / "report.html").is_file()
