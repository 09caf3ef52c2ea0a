"""Results in Markdown pages: filled where they are marked, again and again, and refused aloud where they cannot be."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.evaluation.results.publish import publish
from qa.evaluation.results.reports import formatted
from qa.evaluation.results.results import write_results
from test_reports import RESULTS
from web.commands import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the results `sample`."""
    (tmp_path / "results").mkdir()
    write_results(RESULTS, tmp_path / "results" / "sample.json")
    return tmp_path / "results"


def page(folder: Path, *marks: str) -> Path:
    path = folder.parent / "page.md"
    path.write_text("Before.\n" + "".join(f"\n<!-- {mark} -->\nold\n<!-- end -->\n" for mark in marks) + "\nAfter.\n")
    return path


def test_results_bring_their_command_and_all_tables(folder: Path) -> None:
    path = page(folder, "results: sample")
    assert publish(path, folder) == 1
    text = path.read_text()
    assert text.startswith("Before.\n\n<!-- results: sample -->\n```\n" + RESULTS.provenance.command)
    assert text.endswith("<!-- end -->\n\nAfter.\n")
    assert "\nold\n" not in text
    for title in {figure.table for figure in RESULTS.figures}:
        assert f"#### {title}" in text


def test_tables_that_are_named_are_left_out(folder: Path) -> None:
    first, second, *others = dict.fromkeys(figure.table for figure in RESULTS.figures)
    path = page(folder, f"results: sample: without {first}, {second}")
    publish(path, folder)
    publish(path, folder)
    text = path.read_text()
    assert RESULTS.provenance.command in text
    assert [title for title in (first, second, *others) if f"#### {title}\n" in text] == others


def test_a_command_shows_where_its_data_was_as_a_variable(folder: Path) -> None:
    command = "pressmark evaluate reading ../my/data/squad/dev.json --compare old/../my/data/x.json --json build/x.json"
    results = replace(RESULTS, provenance=replace(RESULTS.provenance, command=command))
    write_results(results, folder / "sample.json")
    path = page(folder, "results: sample")
    done = CliRunner().invoke(
        main, ["evaluate", "publish", str(path), "--results", str(folder), "--data", "../my/data/"]
    )
    assert done.exit_code == 0, done.output
    shown = "pressmark evaluate reading $DATA/squad/dev.json --compare old/../my/data/x.json --json build/x.json"
    assert f"```\n{shown}\n```\n" in path.read_text()


def test_no_question_and_no_passage_is_published(folder: Path) -> None:
    path = page(folder, "results: sample")
    publish(path, folder)
    assert RESULTS.errors
    for error in RESULTS.errors:
        assert error.question not in path.read_text()


@pytest.mark.slow
def test_filling_twice_gives_the_same_page(folder: Path) -> None:
    path = page(folder, "results: sample", "plot: sample: latency")
    publish(path, folder)
    once = path.read_text()
    assert publish(path, folder) == 2
    assert path.read_text() == once


def test_new_results_replace_the_old(folder: Path) -> None:
    path = page(folder, "results: sample")
    publish(path, folder)
    write_results(replace(RESULTS, notes=("Measured again.",)), folder / "sample.json")
    publish(path, folder)
    assert "Measured again." in path.read_text()
    assert path.read_text().count("<!-- results: sample -->") == 1


def test_a_table_is_found_by_the_beginning_of_its_title(folder: Path) -> None:
    title = RESULTS.figures[0].table
    path = page(folder, f"table: sample: {title[:4]}")
    publish(path, folder)
    assert [line for line in path.read_text().splitlines() if line.startswith("#")] == [f"#### {title}"]


def test_a_plot_is_written_beside_the_page(folder: Path) -> None:
    path = page(folder, "plot: sample: latency")
    publish(path, folder)
    assert "](plots/sample-latency.svg)" in path.read_text()
    assert "<svg" in (folder.parent / "plots" / "sample-latency.svg").read_text()


def test_a_text_is_shown_as_it_is(folder: Path) -> None:
    (folder / "tuned.txt").write_text("weight  0.40\n")
    path = page(folder, "text: tuned.txt")
    publish(path, folder)
    assert "<!-- text: tuned.txt -->\n```\nweight  0.40\n```\n<!-- end -->" in path.read_text()


def test_a_figure_is_put_into_its_line_without_its_interval(folder: Path) -> None:
    figure = RESULTS.figures[0]
    mark = f"<!-- figure: sample: {figure.table}: {figure.row}: {figure.name} -->"
    path = folder.parent / "page.md"
    path.write_text(f"| F1 | {mark}old<!-- end --> | {mark}<!-- end --> |\n")
    assert publish(path, folder) == 2
    shown = formatted(figure.value, figure.unit)
    assert path.read_text() == f"| F1 | {mark}{shown}<!-- end --> | {mark}{shown}<!-- end --> |\n"


def test_a_figure_that_is_not_there_is_refused(folder: Path) -> None:
    path = folder.parent / "page.md"
    path.write_text(f"<!-- figure: sample: {RESULTS.figures[0].table}: nobody: F1 -->1<!-- end -->")
    with pytest.raises(ValueError, match="no 'nobody' and 'F1' in the table"):
        publish(path, folder)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("table: sample: Nothing", r"no table begins with 'Nothing'; there are '"),
        ("plot: sample: growth", r"no plot 'growth' in sample; there are "),
        ("results: missing", r"missing\.json"),
        ("results: sample: but Latency", r"'but Latency' names no tables to leave out; write: without TITLE"),
        ("results: sample: without Nothing", r"no table begins with 'Nothing'; there are '"),
        ("another mark", r"has no place for results; mark one"),
    ],
)
def test_what_cannot_be_filled_is_named_and_the_page_stays(mark: str, message: str, folder: Path) -> None:
    path = page(folder, mark)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        publish(path, folder)
    assert "\nold\n" in path.read_text()


def test_the_command_says_how_many_places_it_filled(folder: Path) -> None:
    path = page(folder, "results: sample")
    done = CliRunner().invoke(main, ["evaluate", "publish", str(path), "--results", str(folder)])
    assert (done.exit_code, done.output) == (0, f"{path}: 1 place filled\n")
