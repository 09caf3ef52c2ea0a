"""Turn results into tables, one self-contained HTML page, a Markdown page with its plots, and plain text."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.evaluation.results.comparison import Comparison
from qa.evaluation.results.plots import draw
from qa.evaluation.results.results import Figure, Kind, Results, Unit

if TYPE_CHECKING:
    from jinja2 import Environment

MARKDOWN = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]|#~$!"} | {mark: f"&#{ord(mark)};" for mark in "<>&"}
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is shown: every cell is text, every row has one cell a column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(results: Results, comparison: Comparison | None = None) -> tuple[Table, ...]:
    """Return the tables of a report: one for each `table` its figures name, then latency, growth, and what moved."""
    counted = {Kind.BENCHMARK: "runs", Kind.COPIES: "pairs"}.get(results.kind, "questions")
    titles = dict.fromkeys(figure.table for figure in results.figures)
    shown = [_figures(title, counted, [item for item in results.figures if item.table == title]) for title in titles]
    if results.latency:
        names = list(dict.fromkeys(name for stage in results.latency.values() for name in stage))
        rows = [
            (stage, *(f"{times[name]:,.1f} ms" if name in times else "" for name in names))
            for stage, times in results.latency.items()
        ]
        shown.append(Table("Latency, a question", ("stage", *names), tuple(rows)))
    if results.growth:
        shown.append(_growth(results.growth))
    if comparison is not None:
        shown.append(_changes(comparison))
        shown += _moved(comparison)
    return tuple(shown)


def write_report(results: Results, folder: Path, comparison: Comparison | None = None) -> tuple[Path, ...]:
    """Write report.html, with its plots in it, report.md and its plots as SVG files, and return their paths.

    The folder is made if needed; files of these names are replaced. Needs matplotlib: see `draw`.
    """
    plots = draw(results)
    content = {"results": results, "comparison": comparison, "tables": tables(results, comparison)}
    templates = environment()
    html = templates.get_template("report.html").render(**content, plots=plots)
    markdown = templates.get_template("report.md").render(**content, plots=plots)
    files = {"report.html": html, "report.md": markdown} | {f"{plot.name}.svg": plot.svg for plot in plots}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in files)


def text_report(results: Results, comparison: Comparison | None = None) -> str:
    """Return the tables and notes as plain text for a terminal, columns aligned."""
    blocks = [aligned(table) for table in tables(results, comparison)]
    return "\n\n".join([f"{results.kind} on {results.data}", *blocks, *results.notes]) + "\n"


def formatted(value: float, unit: Unit) -> str:
    """Return a number as it is shown: a fraction in per cent with two decimals, without the sign for per cent."""
    match unit:
        case Unit.FRACTION:
            return f"{100 * value:.2f}"
        case Unit.MILLISECONDS | Unit.PER_SECOND:
            return f"{value:,.1f}"
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.RATIO:
            return f"{value:.2f}×"
        case Unit.NUMBER:
            return f"{value:.4g}"


def _figures(title: str, counted: str, figures: Sequence[Figure]) -> Table:
    """Return a table with a line for each row and a column for each name, in the order they first come."""
    units = {figure.name: figure.unit for figure in figures}
    signs = {Unit.FRACTION: " (%)", Unit.MILLISECONDS: " (ms)", Unit.PER_SECOND: " a second"}
    rows = []
    for row in dict.fromkeys(figure.row for figure in figures):
        cells = {figure.name: _cell(figure) for figure in figures if figure.row == row}
        count = next(figure.count for figure in figures if figure.row == row)
        rows.append((row, f"{count:,}", *(cells.get(name, "") for name in units)))
    columns = ("", counted, *(f"{name}{signs.get(unit, '')}" for name, unit in units.items()))
    return Table(title, columns, tuple(rows))


def _growth(growth: Mapping[str, Mapping[str, Mapping[int, float]]]) -> Table:
    """Return a table with a column for each size and a line for each thing that was measured."""
    sizes = sorted({size for lines in growth.values() for line in lines.values() for size in line})
    rows = [
        (f"{quantity}: {name}", *(f"{line[size]:,.2f}" if size in line else "" for size in sizes))
        for quantity, lines in growth.items()
        for name, line in lines.items()
    ]
    return Table("As the archive grows", ("passages", *(f"{size:,}" for size in sizes)), tuple(rows))


def _cell(figure: Figure) -> str:
    value = formatted(figure.value, figure.unit)
    if figure.low is None or figure.high is None:
        return value
    return f"{value} [{formatted(figure.low, figure.unit)}, {formatted(figure.high, figure.unit)}]"


def _changes(comparison: Comparison) -> Table:
    rows = [
        (
            change.measure,
            f"{change.count:,}",
            f"{change.old:.4f}",
            f"{change.new:.4f}",
            f"{change.difference.mean:+.4f} [{change.difference.low:+.4f}, {change.difference.high:+.4f}]",
            f"{change.difference.p:.4f}",
            change.verdict,
        )
        for change in comparison.changes
    ]
    return Table("What moved", ("measure", "questions", "old", "new", "difference", "p", "verdict"), tuple(rows))


def _moved(comparison: Comparison) -> list[Table]:
    parts = (("Settings that differ", comparison.settings), ("Versions that differ", comparison.versions))
    return [
        Table(title, ("name", "old", "new"), tuple((name, *values) for name, values in moved.items()))
        for title, moved in parts
        if moved
    ]


def aligned(table: Table) -> str:
    """Return a table as plain text, its columns aligned."""
    lines = [table.columns, *table.rows]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(table.columns))]
    # Names to the left, numbers to the right.
    padded = [
        "  ".join(
            cell + " " * (width - _width(cell)) if column == 0 else " " * (width - _width(cell)) + cell
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([table.title, *padded])


def _width(text: str) -> int:
    """Return the terminal columns a text takes: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def environment() -> "Environment":
    """Return the templates of reports."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=PackageLoader("qa.evaluation.results"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["markdown"] = escape_markdown
    return made


def escape_markdown(text: str) -> str:
    """Return a text on one line that a Markdown page, or a cell of its tables, shows as it is."""
    return " ".join(text.split()).translate(MARKDOWN)
