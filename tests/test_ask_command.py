"""`pressmark ask`: what it prints, how it exits, and what it does where there is no archive yet."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from adding import add
from conftest import SEEDS
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.types import Article, Filter
from fakes import FakeEncoder, FakeReader
from qa.absence import absence_of
from qa.confidence import Calibration, Regression
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.render import prediction_to_json
from qa.settings import Settings
from web.commands import main
from web.span_links import span_path

BY_MARGIN = Calibration(margin=1.0, threshold=0.5)
"""Confidence is the logistic function of the reader's score: ln 19 is 0.95, ln 3 is 0.75."""

QUESTION = "What was signed at the bridge?"
NEWS = [
    Article(
        "daily/7",
        "Two mayors met on Monday. They signed a long-awaited\n“treaty of friendship” on the bridge over the river, "
        "and they shook hands under the flags of both towns. Then they left.",
        "Mayors sign",
        "2022-10-19",
        "Wire",
        "Ali Veli",
    ),
    Article("gazette-1", "A treaty of friendship is planned, a mayor said.", "Planned", "2022-09", "Gazette"),
]
PLAIN = """\
treaty of friendship  (very likely · 95 %)
  “They signed a long-awaited “treaty of friendship” on the
  bridge over the river, and they shook hands under the flags
  of both towns.”
  Wire · 19 October 2022 · Ali Veli · Mayors sign
  daily/7 [54:74]
  the same words: gazette-1 [2:22]

Monday  (likely · 75 %)
  “Two mayors met on Monday.”
  Wire · 19 October 2022 · Ali Veli · Mayors sign
  daily/7 [18:24]

The words: virtually certain from 99 %, very likely from 90 %,
likely from 66 %, about as likely as not from 25 %.
"""
ABSTAINED = """\
No passage in this archive answers this.
  Searched: 1 article by 1 outlet, 1 September 2022 to 30
  September 2022
  Only: what Gazette published
  Nearest: 27 %, where an answer has 50 % or more

Passages that came nearest:
  Gazette: treaty
  “A treaty of friendship is planned, a mayor said.”
  gazette-1 [2:8]

Best-ranked passages:

1. Gazette · September 2022 · Planned
  A treaty of friendship is planned, a mayor said.
  gazette-1 [0:48]
"""


@dataclass
class Opened:
    """Stands in for `open_pipeline`: gives one pipeline and remembers which archives were asked for."""

    pipeline: Pipeline
    archives: list[Path] = field(default_factory=list)

    def __call__(self, archive: Path) -> Pipeline:
        self.archives.append(archive)
        return self.pipeline


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = Archive.create(tmp_path_factory.mktemp("news") / "archive", FakeEncoder())
    add(archive, NEWS)
    archive.refresh()
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    archive = Archive.create(tmp_path_factory.mktemp("seeds") / "archive", FakeEncoder())
    index_paths(archive, [SEEDS], lambda _: None)
    yield archive
    archive.close()


Over = Callable[[Archive, dict[str, float]], Opened]


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> Over:
    """Lets the command ask an archive, with a reader that finds the words given."""

    def patch(archive: Archive, words: dict[str, float]) -> Opened:
        opened = Opened(Pipeline(archive, Readers(FakeReader(words), BY_MARGIN), Settings()))
        monkeypatch.setattr("qa.commands.open_pipeline", opened)
        return opened

    return patch


@pytest.fixture
def unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes it a failure to open a pipeline."""

    def refuse(archive: Path) -> Pipeline:
        raise AssertionError(f"the pipeline over {archive} was opened")

    monkeypatch.setattr("qa.commands.open_pipeline", refuse)


def ask(*arguments: str, color: bool = False) -> Result:
    return CliRunner().invoke(
        main, ["ask", *arguments], color=color, env={"COLUMNS": "62", "PRESSMARK_ARCHIVE": ""}, catch_exceptions=False
    )


def test_ask_prints_each_answer_with_its_sentence_and_source(over: Over, news: Archive) -> None:
    over(news, {"treaty of friendship": math.log(19), "Monday": math.log(3)})
    result = ask(QUESTION)
    assert (result.stdout, result.stderr, result.exit_code) == (PLAIN, "", 0)


def test_ask_prints_words_whole_and_says_so_while_json_has_the_exact_slice(over: Over, tmp_path: Path) -> None:
    words = "re\u00adcon\u00adstruc\u00adtion of the light-\nhouse"
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    add(archive, [Article("a", f"There was talk of the {words} for years.", "The re\u00adcon\u00adstruction")])
    archive.refresh()
    over(archive, {words: math.log(19)})
    lines = ask("What of the reconstruction?").stdout.splitlines()
    assert lines[:2] == [
        "reconstruction of the lighthouse  (very likely · 95 %)",
        "  “There was talk of the reconstruction of the lighthouse for",
    ]
    assert lines[3:6] == [
        "  The reconstruction",
        "  a [22:59]",
        "  printed without the hyphens that only part a word, and",
    ]
    assert json.loads(ask("What of the reconstruction?", "--json").stdout)["answers"][0]["text"] == words
    archive.close()


def test_ask_says_that_a_question_is_not_in_english(over: Over, news: Archive) -> None:
    over(news, {"treaty of friendship": math.log(19)})
    result = ask("Wer hat den Vertrag unterschrieben?")
    assert result.stdout.splitlines()[:3] == ["This question was not answered.", "", "Best-ranked passages:"]
    assert "seems to be in German" in result.stderr
    assert result.exit_code == 1
    as_json = json.loads(ask("Wer hat den Vertrag unterschrieben?", "--json").stdout)
    assert (as_json["abstained"], "German" in as_json["notice"]) == (True, True)


def test_ask_marks_the_answers_in_a_terminal_and_breaks_the_lines_alike(over: Over, news: Archive) -> None:
    over(news, {"treaty of friendship": math.log(19), "Monday": math.log(3)})
    coloured = ask(QUESTION, color=True).stdout
    assert "“They signed a long-awaited “\x1b[30m\x1b[43m\x1b[1mtreaty of friendship\x1b[0m” on the\n" in coloured
    assert coloured.startswith("\x1b[1mtreaty of friendship\x1b[0m  (very likely")
    assert click.unstyle(coloured) == PLAIN


def test_ask_says_what_was_only_skimmed_and_what_is_amiss_with_the_readers(over: Over, news: Archive) -> None:
    opened = over(news, {"treaty of friendship": math.log(19)})
    small = FakeReader({"mayor said": math.log(3)})
    calibration = replace(BY_MARGIN, skimmed=Regression(margin=1.0, bias=-math.log(3)))
    readers = replace(opened.pipeline.readers, skimmer=small, calibration=calibration, notice="All is not well.")
    opened.pipeline = Pipeline(news, readers, Settings(read=1))
    result = ask(QUESTION)
    assert result.stderr == "All is not well.\n"
    assert "treaty of friendship  (very likely · 95 %)\n" in result.stdout
    assert "mayor said  (about as likely as not · 50 %, skimmed)\n" in result.stdout


def test_ask_says_whose_words_an_answer_is_and_whom_a_pronoun_stands_for(over: Over, archive: Archive) -> None:
    text = "“Boats may pass,” Lena Ross said.\n\n“The bridge opens in May,” she added."
    add(archive, [Article("a", text, "Opens", "2022-05", "Wire")])
    archive.refresh()
    over(archive, {"May": math.log(19)})
    assert "said by Lena Ross (inferred from “she”), reported by Wire" in " ".join(ask("When?").stdout.split())


def test_ask_by_date_tells_what_differs_as_a_timeline(over: Over, archive: Archive) -> None:
    older = Article("old", "The bridge cost 14 million.", "Cost", "2022-05", "Wire")
    add(archive, [NEWS[0], older, Article("new", "It cost 16 million.", "Cost again", "2022-11-02", "Gazette")])
    archive.refresh()
    over(archive, {"16 million": math.log(19), "14 million": math.log(3)})
    told = ask("What did it cost?", "--order", "date").stdout
    assert told.startswith(
        "These answers differ:\n"
        "  14 million · May 2022 · Wire\n"
        "  (1 article of 1 independent family, of 3 articles read)\n"
        "  16 million · 2 November 2022 · Gazette\n"
        "  (1 article of 1 independent family, of 3 articles read)\n"
        "  14 million · May 2022 → 16 million · 2 November 2022\n\n"
        "14 million  (likely"
    )
    assert " → " not in ask("What did it cost?").stdout
    answers = json.loads(ask("What did it cost?", "--order", "date", "--json").stdout)["answers"]
    assert [each["text"] for each in answers] == ["14 million", "16 million"]


def test_ask_without_an_answer_shows_the_nearest_passages(over: Over, news: Archive) -> None:
    over(news, {"treaty": -1.0})
    result = ask(QUESTION, "--outlet", "Gazette")
    assert (result.stdout, result.stderr, result.exit_code) == (ABSTAINED, "", 1)


def test_ask_marks_what_may_hold_an_answer_and_calls_it_other_only_beside_one(over: Over, news: Archive) -> None:
    over(news, {"planned": -3.0, "Monday": math.log(3)})
    said = ask(QUESTION, color=True).stdout
    assert "Other passages that may hold it:\n" in said
    assert "is \x1b[30m\x1b[43m\x1b[1mplanned\x1b[0m, a mayor said.”\n  gazette-1 [26:33]" in said
    assert "came nearest" not in said


def test_ask_says_first_that_no_article_passes_the_filters(over: Over, news: Archive) -> None:
    over(news, {"treaty": 3.0})
    assert ask(QUESTION, "--from", "2026").stdout == (
        "No article passes the filters.\n  Searched: no article\n  Only: what was published from 2026 on\n"
    )
    absence = json.loads(ask(QUESTION, "--from", "2026", "--json").stdout)["absence"]
    assert (absence["searched"]["articles"], absence["filter"]["from"], absence["nearest"]) == (0, "2026", None)


def test_ask_shows_no_more_than_three_nearest_passages(over: Over, seeds: Archive) -> None:
    over(seeds, {})
    lines = ask("Who?").stdout.splitlines()
    assert [line[:3] for line in lines if line[:1].isdigit()] == ["1. ", "2. ", "3. "]


NOTHING = """\
The archive holds nothing to read.
  Searched: no article
  Nowhere in the archive: signed, bridge
"""


def test_ask_over_an_empty_archive_has_no_nearest_passages(over: Over, archive: Archive) -> None:
    over(archive, {})
    result = ask(QUESTION)
    assert (result.stdout, result.exit_code) == (NOTHING, 1)


@pytest.mark.parametrize(("score", "status"), [(math.log(3), 0), (-1.0, 1)], ids=["answered", "abstained"])
def test_ask_json_is_what_the_endpoint_says(over: Over, news: Archive, score: float, status: int) -> None:
    pipeline = over(news, {"treaty of friendship": score}).pipeline
    result = ask(QUESTION, "--json")
    printed = json.loads(result.stdout)
    prediction = pipeline.ask(QUESTION)
    expected = prediction_to_json(prediction, absence_of(pipeline, prediction, Filter()), span_path)
    assert list(printed) == list(expected)
    assert printed | {"timings_ms": 0} == expected | {"timings_ms": 0}
    assert list(printed["timings_ms"]) == ["encode", "search", "skim", "read", "total"]
    assert (printed["abstained"], result.exit_code) == (status == 1, status)
    assert "“treaty of friendship”" in result.stdout  # letters as they are, not as \u201c


def test_ask_json_has_no_colour_in_a_terminal(over: Over, news: Archive) -> None:
    over(news, {"treaty of friendship": 3.0})
    assert "\x1b" not in ask(QUESTION, "--json", color=True).stdout


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ([], {"000_7b79b61b11f200c2", "004_802d376f4d3385fe"}),
        (["--from", "2023"], {"000_7b79b61b11f200c2"}),
        (["--from", " 2025-05 "], {"000_7b79b61b11f200c2"}),
        (["--to", "2022-10-19"], {"004_802d376f4d3385fe"}),
        (["--from", "2022-10-19", "--to", "2022-10-19"], {"004_802d376f4d3385fe"}),
        (["--from", "2022-10-20", "--to", "2025-05-13"], set()),
        (["--outlet", "", "--outlet", "Azernews", "--to", "2023"], {"004_802d376f4d3385fe"}),
    ],
)
def test_ask_passes_its_filters_on(over: Over, seeds: Archive, options: list[str], ids: set[str]) -> None:
    over(seeds, {})
    printed = json.loads(ask("Who signed the memorandum?", "--json", *options).stdout)
    assert {passage["article"]["id"] for passage in printed["passages"]} == ids


def test_ask_names_the_outlets_when_there_is_none_of_that_name(over: Over, seeds: Archive) -> None:
    over(seeds, {})
    refused = ask("Who?", "--outlet", "Azernews", "--outlet", "Nobody")
    assert refused.exit_code == 2
    assert "no article of the outlet 'Nobody'; it has: Azernews" in refused.stderr


@pytest.mark.parametrize(("options", "count"), [(["-k", "1"], 1), (["-k", "2"], 2), (["-k2"], 2)])
def test_ask_passes_k_on(over: Over, seeds: Archive, options: list[str], count: int) -> None:
    over(seeds, {})
    assert len(json.loads(ask("Who?", "--json", *options).stdout)["passages"]) == count


def test_ask_opens_the_archive_it_is_told(over: Over, news: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = over(news, {})
    ask("Who?")
    ask("Who?", "--archive", "elsewhere")
    CliRunner().invoke(main, ["ask", "Who?"], env={"PRESSMARK_ARCHIVE": "from-env"})
    CliRunner().invoke(main, ["ask", "Who?", "--archive", "told"], env={"PRESSMARK_ARCHIVE": "from-env"})
    assert list(map(str, opened.archives)) == [".pressmark", "elsewhere", "from-env", "told"]


@pytest.mark.usefixtures("unopened")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["Who?", "-k", "0"],
            "Error: k is 0; k is the number of passages to look through, a whole number from 1 to 100\n",
        ),
        (["Who?", "-k", "-1"], "Error: k is -1; k is the number"),
        (["Who?", "-k", "1000"], "Error: k is 1000; k is the number"),
        (["Who?", "-k", "many"], "Error: Invalid value for '-k': 'many' is not a valid integer.\n"),
        (["Who?", "--from", "2022-02-30"], "Error: '2022-02-30' is not a date; write it as 2022, 2022-10 or"),
        (["Who?", "--to", "yesterday"], "Error: 'yesterday' is not a date; write it as 2022, 2022-10 or 2022-10-19\n"),
        (["Who?", "--from", "2023", "--to", "2022"], "Error: the dates are the wrong way round: from 2023 is after to"),
        ([""], "Error: the question is blank; type a question such as: Who signed the agreement?\n"),
        ([" \n"], "Error: the question is blank;"),
        (["?!"], "Error: the question '?!' holds no letter or digit; ask it in words\n"),
        (["a" * 10_000], "Error: the question has 10,000 characters, at most 1,000 are read; shorten it\n"),
        ([], "Error: Missing argument 'QUESTION'; many at once are answered with: --sheet FILE --out FILE\n"),
        (["Who?", "signed?"], "Error: Got unexpected extra argument (signed?)\n"),
        (["Who?", "--limit", "3"], "Error: No such option"),
    ],
)
def test_ask_refuses_wrong_use_before_it_opens_anything(arguments: list[str], said: str) -> None:
    result = ask(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.fixture
def fake_models(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Puts fakes in the place of the models, with a cache of their own, and of nothing else."""

    def load(name: str, cache: Path | None) -> FakeEncoder:
        return FakeEncoder()

    def read(settings: Settings) -> Readers:
        return Readers(FakeReader({"memorandum of understanding": 15.0}), BY_MARGIN)

    monkeypatch.setattr("embeddings.commands.load_encoder", load)
    monkeypatch.setattr("qa.pipeline.load_encoder", load)
    monkeypatch.setattr("qa.pipeline.load_readers", read)
    monkeypatch.setenv("PRESSMARK_THRESHOLD", "0")
    monkeypatch.setenv("PRESSMARK_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.mark.usefixtures("fake_models")
def test_ask_without_an_archive_asks_the_seeds_and_says_so(tmp_path: Path) -> None:
    folder = str(tmp_path / "new")
    first, second = ask("What was signed?", "--archive", folder), ask("What was signed?", "--archive", folder)
    said = f"There is no archive in {folder} yet: asking the seed articles in {SEEDS}"
    assert first.stderr == f"{said}; make one with: pressmark index PATH... --archive {folder}\n"
    assert first.stdout.startswith("memorandum of understanding  (")
    assert "  004_802d376f4d3385fe [197:224]\n" in first.stdout
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert (second.stdout, second.stderr) == (first.stdout, first.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("fake_models")
def test_ask_never_answers_from_the_seeds_once_there_is_an_archive(tmp_path: Path) -> None:
    folder = str(tmp_path / "new")
    ask("What was signed?", "--archive", folder)
    (tmp_path / "wire.txt").write_text("A memorandum of understanding was signed in Lamu.")
    assert CliRunner().invoke(main, ["index", str(tmp_path / "wire.txt"), "--archive", folder]).exit_code == 0
    result = ask("What was signed?", "--archive", folder, "--json")
    assert {passage["article"]["id"] for passage in json.loads(result.stdout)["passages"]} == {"wire"}
    assert result.stderr == ""


@pytest.mark.usefixtures("fake_models")
def test_ask_without_archive_and_seeds_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.commands.SEEDS", tmp_path / "no-seeds")
    result = ask("Who?", "--archive", str(tmp_path / "new"))
    made = f"pressmark index PATH... --archive {tmp_path}/new"
    said = f"Error: there is no archive in {tmp_path}/new; make one with: {made}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize("name", ["", "notes.txt"], ids=["a folder of other things", "a file"])
def test_ask_leaves_a_path_alone_that_is_no_archive(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    result = ask("Who?", "--archive", str(tmp_path / name))
    said = f"Error: {tmp_path / name} exists and is not a pressmark archive; name a new or an empty folder\n"
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("notes.txt", "mine")]


class OtherEncoder(FakeEncoder):
    name = "other"


@pytest.mark.usefixtures("fake_models")
def test_ask_names_both_encoders_if_the_archive_has_another(tmp_path: Path) -> None:
    Archive.create(tmp_path / "archive", OtherEncoder()).close()
    result = ask("Who?", "--archive", str(tmp_path / "archive"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "was built with encoder 'other', this is 'fake'; " in result.stderr


@pytest.mark.usefixtures("fake_models")
def test_ask_with_a_wrong_setting_names_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_K", "several")
    result = ask("Who?", "--archive", str(tmp_path / "new"))
    assert (result.exit_code, result.stderr) == (2, "Error: PRESSMARK_K is 'several'; give a number\n")
    assert list(tmp_path.iterdir()) == []


def test_ask_without_a_reader_says_how_to_make_one(
    seeds_archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSMARK_READER", str(tmp_path / "nowhere"))
    result = ask("Who?", "--archive", str(seeds_archive.folder))
    said = f"Error: the reader in {tmp_path}/nowhere has neither reader.json nor config.json; make one with: "
    assert (result.exit_code, result.stderr) == (1, f"{said}pressmark train export\n")


@pytest.mark.parametrize(
    "command",
    [[], ["ask"], ["index"], ["serve"], ["train"], ["train", "export"]],
    ids=" ".join,
)
def test_help_says_what_there_is(command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")


@pytest.mark.parametrize("command", ["ask", "index", "serve"])
def test_help_of_a_command_has_examples(command: str) -> None:
    examples = CliRunner().invoke(main, [command, "--help"]).stdout.split("Examples:")[1].split("Options:")[0]
    lines = [line.strip() for line in examples.strip().splitlines()]
    assert len(lines) >= 2
    assert [line for line in lines if not line.startswith(f"pressmark {command}")] == []
