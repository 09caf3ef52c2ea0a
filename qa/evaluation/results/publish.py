"""Results put into Markdown pages: every figure of a document comes from a file that a command wrote."""

import re
from collections.abc import Sequence
from pathlib import Path

from qa.evaluation.results.plots import draw
from qa.evaluation.results.reports import Table, environment, tables
from qa.evaluation.results.results import Results
from qa.evaluation.results.stored import read_results

MARKED = re.compile(
    r"<!-- (?P<what>results|table|plot|text): (?P<name>[\w.-]+)(?:: (?P<part>[^>]+?))? -->\n.*?<!-- end -->", re.DOTALL
)
"""`<!-- results: NAME -->`, `<!-- results: NAME: without TITLE, TITLE -->`, `<!-- table: NAME: TITLE -->`,
`<!-- plot: NAME: PLOT -->` or `<!-- text: FILE -->`, each up to `<!-- end -->`.
"""

WITHOUT = "without "

FIGURE = re.compile(
    r"<!-- figure: (?P<name>[\w.-]+): (?P<table>[^:>]+): (?P<row>[^:>]+): (?P<column>[^:>]+) -->[^<\n]*<!-- end -->"
)
"""A number within a line, without its interval; table and column are named by how they begin, the row in full."""


def publish(page: Path, folder: Path, data: Path | None = None) -> int:
    """Fill the marked places of a page from the files NAME.json of a folder, and return how many there are.

    `results` gives the command, the notes and all tables, but those named behind "without"; `table` the one whose title
    begins so, `plot` a picture, written into plots/ beside the page. `text` gives a file as it is. Paths below `data`
    are shown as `$DATA/…`: where it lay was so on one machine only. No question and no passage of a data set gets into
    the page.

    Raises:
        FileNotFoundError: if the page, or results that it names, are missing.
        ValueError: if there is no marked place, or no such table or plot.
    """
    text = page.read_text(encoding="utf-8")
    places = len(MARKED.findall(text)) + len(FIGURE.findall(text))
    if not places:
        raise ValueError(f"{page} has no place for results; mark one: <!-- results: NAME --> and <!-- end -->")
    text = MARKED.sub(lambda match: _filled(match, folder, page, data), text)
    text = FIGURE.sub(lambda match: _with_figure(match, folder, page), text)
    page.write_text(text, encoding="utf-8")
    return places


def _filled(match: re.Match[str], folder: Path, page: Path, data: Path | None) -> str:
    name, part = match["name"], match["part"] or ""
    opening = match[0].partition("\n")[0]
    match match["what"]:
        case "text":
            content = "```\n" + (folder / name).read_text(encoding="utf-8").strip() + "\n```"
        case "results":
            results = _read(folder, name)
            left_out = [_table(results, title, page) for title in _titles(part, page)]
            content = _rendered([table for table in tables(results) if table not in left_out], results)
        case "table":
            content = _rendered([_table(_read(folder, name), part, page)])
        case _:
            content = _plot(_read(folder, name), name, part, page)
    if data is not None:
        content = re.sub(rf"(?<!\S){re.escape(str(data))}/", "$DATA/", content)
    return f"{opening}\n{content.strip()}\n<!-- end -->"


def _titles(part: str, page: Path) -> list[str]:
    """Return the titles that "without TITLE, TITLE" names."""
    if part and not part.startswith(WITHOUT):
        raise ValueError(f"{page}: {part!r} names no tables to leave out; write: without TITLE, TITLE")
    return [title for title in part.removeprefix(WITHOUT).split(", ") if title]


def _with_figure(match: re.Match[str], folder: Path, page: Path) -> str:
    table = _table(_read(folder, match["name"]), match["table"], page)
    columns = [number for number, name in enumerate(table.columns) if name.startswith(match["column"])]
    rows = [row for row in table.rows if row[0] == match["row"]]
    if not (columns and rows):
        wanted = f"{match['row']!r} and {match['column']!r}"
        known = f"rows {[row[0] for row in table.rows]} and columns {list(table.columns)}"
        raise ValueError(f"{page}: no {wanted} in the table {table.title!r}; there are {known}")
    opening = match[0].partition("-->")[0]
    return f"{opening}-->{rows[0][columns[0]].partition(' [')[0]}<!-- end -->"


def _read(folder: Path, name: str) -> Results:
    return read_results(folder / f"{name}.json")


def _rendered(shown: Sequence[Table], results: Results | None = None) -> str:
    return environment().get_template("published.md").render(tables=shown, results=results)


def _table(results: Results, title: str, page: Path) -> Table:
    known = tables(results)
    for table in known:
        if table.title.startswith(title):
            return table
    titles = ", ".join(repr(table.title) for table in known)
    raise ValueError(f"{page}: no table begins with {title!r}; there are {titles}")


def _plot(results: Results, name: str, wanted: str, page: Path) -> str:
    known = {plot.name: plot for plot in draw(results)}
    if wanted not in known:
        raise ValueError(f"{page}: no plot {wanted!r} in {name}; there are {', '.join(known) or 'none'}")
    plot, file = known[wanted], page.parent / "plots" / f"{name}-{wanted}.svg"
    file.parent.mkdir(exist_ok=True)
    file.write_text(plot.svg, encoding="utf-8")
    return f"![{plot.title}: {plot.description}](plots/{file.name})"
