"""Results: written, read back, compared, and shown as text, Markdown and HTML."""

import json
import re
import sys
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from qa.evaluation.measures.calibration import equal_width_bins, risk_coverage
from qa.evaluation.results.comparison import compare
from qa.evaluation.results.plots import draw
from qa.evaluation.results.reports import Table, escape_markdown, formatted, tables, text_report, write_report
from qa.evaluation.results.results import (
    Figure,
    Kind,
    Provenance,
    Results,
    Unit,
    WorstError,
    percentiles,
    versions,
    write_results,
)
from qa.evaluation.results.stored import read_results

CONFIDENCES, CORRECT = [0.9, 0.8, 0.35, 0.3], [1.0, 0.0, 1.0, 0.0]

RESULTS = Results(
    kind=Kind.ANSWERS,
    data="tiny",
    provenance=Provenance("pressmark evaluate answers tiny", {"k": "10"}, {"numpy": "2"}),
    notes=("One question is not judged.",),
    figures=(
        Figure("Answers", "first", "EM", 0.5, 4, 0.25, 0.75),
        Figure("Answers", "first", "F1", 0.625, 4),
        Figure("Answers", "best of five", "F1", 1.0, 4),
        Figure("Threshold", "shipped", "threshold", 0.42, 4, unit=Unit.NUMBER),
    ),
    questions=("q1", "q2", "q3", "q4"),
    values={"EM": (1.0, 0.0, 1.0, 0.0), "success@1": (1.0, None, 1.0, 0.0)},
    success={"keywords": {1: 0.5, 5: 0.75}, "fused <$x_y$> & more": {1: 0.75, 5: 1.0}},
    risk_coverage={"reader": risk_coverage(CONFIDENCES, [1 - value for value in CORRECT])},
    reliability=equal_width_bins(CONFIDENCES, CORRECT),
    latency={"read": {"p50": 30.0, "p95": 1045.25}, "total": {"p50": 36.4}},
    tradeoff={"20 skimmed": ((40.5, 0.7), (80.0, 0.75))},
    errors=(
        WorstError("q2", "Who <b>won</b>?", ("Ada | Bob",), "<script>alert(1)</script>", 0.8, ("a *text*\n\nof two",)),
        WorstError("q4", "Why?", (), "", note="below the threshold"),
    ),
)


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_results(RESULTS, tmp_path / "results.json")
    assert read_results(tmp_path / "results.json") == RESULTS


def test_written_results_name_their_format(tmp_path: Path) -> None:
    write_results(RESULTS, tmp_path / "results.json")
    fields = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert (fields["format"], fields["format_version"], fields["kind"]) == ("pressmark-evaluation", 1, "answers")
    assert fields["figures"][0] == {
        "table": "Answers",
        "row": "first",
        "name": "EM",
        "value": 0.5,
        "count": 4,
        "low": 0.25,
        "high": 0.75,
        "unit": "fraction",
    }
    assert fields["success"]["keywords"] == {"1": 0.5, "5": 0.75}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "other"}, r"format and format_version are \[\"other\", 1\], expected"),
        ({"format_version": 2}, r"\[\"pressmark-evaluation\", 2\]"),
        ({"kind": "speed"}, 'results.kind: "speed", expected reading or retrieval or answers'),
        ({"questions": ["q1"]}, "4 values of 'EM', expected one for each of 1"),
        ({"values": {"EM": ["high"]}}, r"results.values.EM\[0\]: \"high\", expected float"),
        ({"figures": [{"table": "x"}]}, r"figures\[0\]: no field 'row'"),
        ({"success": {"a": {"one": 0.5}}}, "the key 'one', expected a whole number"),
        ({"notes": "one"}, 'results.notes: "one", expected tuple'),
        ({"provenance": []}, r"results.provenance: \[\], expected an object"),
    ],
)
def test_read_results_names_what_is_wrong(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    write_results(RESULTS, tmp_path / "results.json")
    fields = json.loads((tmp_path / "results.json").read_text(encoding="utf-8")) | changes
    (tmp_path / "results.json").write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_results(tmp_path / "results.json")


def test_read_results_leaves_unknown_fields_alone(tmp_path: Path) -> None:
    write_results(RESULTS, tmp_path / "results.json")
    fields = json.loads((tmp_path / "results.json").read_text(encoding="utf-8")) | {"later": 1}
    del fields["errors"]
    (tmp_path / "results.json").write_text(json.dumps(fields), encoding="utf-8")
    assert read_results(tmp_path / "results.json") == replace(RESULTS, errors=())


def test_write_results_refuses_what_json_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_results(replace(RESULTS, values={"EM": (float("nan"),) * 4}), tmp_path / "results.json")
    assert not (tmp_path / "results.json").exists()


def test_percentiles_interpolate() -> None:
    assert percentiles([float(number) for number in range(101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}
    assert percentiles([1.0, 2.0])["p50"] == 1.5


def test_versions_say_what_is_not_installed() -> None:
    found = versions("pytest", "no-such-distribution")
    assert found["pytest"] == pytest.__version__
    assert found["no-such-distribution"] == "not installed"
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))


def test_compare_by_hand() -> None:
    questions = tuple(f"q{number}" for number in range(100))
    old = replace(RESULTS, questions=questions, values={"EM": (0.0,) * 50 + (1.0,) * 50, "gone": (0.0,) * 100})
    new = replace(
        RESULTS,
        questions=(*questions[1:], "new"),
        values={"EM": (1.0,) * 30 + (0.0,) * 19 + (1.0,) * 50 + (1.0,), "came": (0.0,) * 100},
        provenance=Provenance("now", {"k": "20", "window": "120"}, {"numpy": "2"}),
    )
    comparison = compare(old, new)
    (change,) = comparison.changes
    # q1 to q99 are in both: 50 of 99 right before, 80 of 99 now.
    assert (change.measure, change.count, change.verdict) == ("EM", 99, "better")
    assert change.old == pytest.approx(50 / 99)
    assert change.new == pytest.approx(80 / 99)
    assert change.difference.mean == pytest.approx(30 / 99)
    assert change.difference.p < 0.001
    assert (comparison.only_old, comparison.only_new) == (1, 1)
    assert comparison.measures_left_out == ("came", "gone")
    assert comparison.settings == {"k": ("10", "20"), "window": ("", "120")}
    assert comparison.versions == {}
    assert compare(new, old).changes[0].verdict == "worse"


def test_compare_leaves_out_questions_without_a_value() -> None:
    changed = replace(RESULTS, values={"success@1": (None, 1.0, 1.0, 1.0)})
    (change,) = compare(RESULTS, changed).changes
    # Only q3 and q4 have a value in both: 1 and 0 before, 1 and 1 now.
    assert (change.count, change.old, change.new) == (2, 0.5, 1.0)


def test_compare_verdicts_of_chance_and_of_no_change() -> None:
    changed = replace(RESULTS, values={**RESULTS.values, "EM": (1.0, 1.0, 1.0, 0.0)})
    assert [change.verdict for change in compare(RESULTS, changed).changes] == ["no more than chance", "the same"]


def test_compare_rejects_another_data_set_and_nothing_in_common() -> None:
    with pytest.raises(ValueError, match="the old results are of answers on 'tiny', the new ones of answers on 'big'"):
        compare(RESULTS, replace(RESULTS, data="big"))
    with pytest.raises(ValueError, match="no question and measure in common"):
        compare(RESULTS, replace(RESULTS, questions=("a", "b", "c", "d")))
    with pytest.raises(ValueError, match="no question and measure in common"):
        compare(RESULTS, replace(RESULTS, values={}))


def test_tables_are_complete() -> None:
    first, second, latency = tables(RESULTS)
    assert first == Table(
        "Answers",
        ("", "questions", "EM (%)", "F1 (%)"),
        (("first", "4", "50.00 [25.00, 75.00]", "62.50"), ("best of five", "4", "", "100.00")),
    )
    assert second == Table("Threshold", ("", "questions", "threshold"), (("shipped", "4", "0.42"),))
    assert latency.rows == (("read", "30.0 ms", "1,045.2 ms"), ("total", "36.4 ms", ""))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.86206, Unit.FRACTION, "86.21"),
        (1234.56, Unit.MILLISECONDS, "1,234.6"),
        (11873.0, Unit.COUNT, "11,873"),
        (0.123456, Unit.NUMBER, "0.1235"),
    ],
)
def test_formatted(value: float, unit: Unit, expected: str) -> None:
    assert formatted(value, unit) == expected


def test_text_report_aligns_columns() -> None:
    wide = replace(RESULTS, figures=(Figure("T", "東京", "EM", 0.5, 1), Figure("T", "plain", "EM", 1.0, 1)), latency={})
    assert text_report(wide) == (
        "answers on tiny\n\nT\n       questions  EM (%)\n東京           1   50.00\nplain          1  100.00\n\n"
        "One question is not judged.\n"
    )


class Page(HTMLParser):
    """Collects a page's tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.slow
def test_html_report_is_self_contained_and_escapes_what_it_quotes(tmp_path: Path) -> None:
    write_report(RESULTS, tmp_path, compare(RESULTS, RESULTS))
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "script" not in [tag for tag, _ in page.tags]
    assert "link" not in [tag for tag, _ in page.tags]
    sources = [str(attributes["src"]) for tag, attributes in page.tags if tag == "img"]
    assert [source.partition(",")[0] for source in sources] == ["data:image/svg+xml;base64"] * 5
    assert "<script>alert(1)</script>" in page.text
    assert "Who <b>won</b>?" in page.text
    for shown in ("50.00 [25.00, 75.00]", "pressmark evaluate answers tiny", "the same", "below the threshold"):
        assert shown in page.text


def test_markdown_report_shows_text_as_it_is(tmp_path: Path) -> None:
    paths = write_report(RESULTS, tmp_path / "new" / "folder")
    assert sorted(path.name for path in paths) == [
        "cost.svg",
        "latency.svg",
        "reliability.svg",
        "report.html",
        "report.md",
        "risk-coverage.svg",
        "success.svg",
    ]
    lines = (tmp_path / "new" / "folder" / "report.md").read_text(encoding="utf-8").splitlines()
    table = lines.index("## Answers")
    assert lines[table + 2 : table + 6] == [
        "|  | questions | EM (%) | F1 (%) |",
        "|---|---:|---:|---:|",
        "| first | 4 | 50.00 \\[25.00, 75.00\\] | 62.50 |",
        "| best of five | 4 |  | 100.00 |",
    ]
    assert (
        "| Who &#60;b&#62;won&#60;/b&#62;? (q2) | Ada \\| Bob | &#60;script&#62;alert(1)&#60;/script&#62; | 0.80 "
        "| a \\*text\\* of two |"
    ) in lines
    assert "| Why? (q4) | *unanswerable* | *no answer* (below the threshold) |  |  |" in lines
    linked = re.findall(r"!\[.*\]\((.*)\)", "\n".join(lines))
    assert [(tmp_path / "new" / "folder" / name).is_file() for name in linked] == [True] * 5


def test_escape_markdown() -> None:
    assert escape_markdown("a|b\n<i> &amp; `x` [y](z) #1 *s* \\") == (
        "a\\|b &#60;i&#62; &#38;amp; \\`x\\` \\[y\\](z) \\#1 \\*s\\* \\\\"
    )


def test_report_of_nothing_but_figures_has_no_plot(tmp_path: Path) -> None:
    bare = replace(RESULTS, success={}, risk_coverage={}, reliability=(), latency={}, tradeoff={}, errors=(), notes=())
    assert [path.name for path in write_report(bare, tmp_path)] == ["report.html", "report.md"]


@pytest.mark.slow
def test_draw_is_well_formed_and_repeatable() -> None:
    plots = draw(RESULTS)
    assert [plot.name for plot in plots] == ["success", "risk-coverage", "reliability", "latency", "cost"]
    assert plots == draw(RESULTS)
    texts = "".join("".join(ElementTree.fromstring(plot.svg).itertext()) for plot in plots)
    for shown in ("keywords", "fused <$x_y$> & more", "success@k", "reader", "perfect", "p95", "total"):
        assert shown in texts


def test_draw_risk_coverage_of_many_points_keeps_the_last() -> None:
    confidences = [number / 5000 for number in range(5000)]
    curve = risk_coverage(confidences, [float(number % 2) for number in range(5000)])
    (plot,) = draw(
        replace(RESULTS, success={}, reliability=(), latency={}, tradeoff={}, risk_coverage={"reader": curve})
    )
    assert len(plot.svg) < 60_000


def test_plots_in_the_page_are_the_plots_in_the_folder(tmp_path: Path) -> None:
    write_report(RESULTS, tmp_path)
    encoded = re.findall(r"base64,([A-Za-z0-9+/=]+)", (tmp_path / "report.html").read_text(encoding="utf-8"))
    names = ["success.svg", "risk-coverage.svg", "reliability.svg", "latency.svg", "cost.svg"]
    assert [b64decode(uri).decode() for uri in encoded] == [
        (tmp_path / name).read_text(encoding="utf-8") for name in names
    ]


def test_report_without_matplotlib_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pressmark\[plots\]'"):
        write_report(RESULTS, tmp_path / "report")
    assert not (tmp_path / "report").exists()
