"""Where results go: a terminal, JSON, a report, a comparison; and what they say of how they came about."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from qa.evaluation.results.comparison import compare
from qa.evaluation.results.plots import check_matplotlib
from qa.evaluation.results.reports import text_report, write_report
from qa.evaluation.results.results import Provenance, Results, versions, write_results
from qa.evaluation.results.stored import read_results

DISTRIBUTIONS = ("pressmark", "numpy", "faiss-cpu", "tantivy", "onnxruntime", "tokenizers", "ir-measures")


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is wanted beside tables in the terminal: a JSON file, a report in a folder, a comparison."""

    json: Path | None
    report: Path | None
    compare: Path | None

    def check(self) -> None:
        """Raise now what would else be raised after a long run.

        Raises FileNotFoundError, ModuleNotFoundError for matplotlib, and ValueError for old results that are none.
        """
        check_folder(self.json)
        if self.report is not None:
            if self.report.exists() and not self.report.is_dir():
                raise NotADirectoryError(f"{self.report} is a file, expected a folder for the report")
            check_matplotlib()
        if self.compare is not None:
            read_results(self.compare)

    def deliver(self, results: Results) -> str:
        """Write what is wanted, and return the tables as text."""
        # Read first: both may be the same file. Written before comparing: results of another set end the command.
        old = None if self.compare is None else read_results(self.compare)
        if self.json is not None:
            write_results(results, self.json)
        comparison = None if old is None else compare(old, results)
        if self.report is not None:
            write_report(results, self.report, comparison)
        return text_report(results, comparison)


def check_folder(path: Path | None) -> None:
    """Raise FileNotFoundError if there is no folder to write a file into."""
    if path is not None and not path.resolve().parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent} to write it into")


def provenance(settings: Mapping[str, str]) -> Provenance:
    """Return how results came about in the command that runs now."""
    return Provenance(command_line(click.get_current_context()), settings, versions(*DISTRIBUTIONS))


def command_line(context: click.Context) -> str:
    """Return the command as one would type it: every argument and option that is not its default."""
    parts = ["pressmark", *context.command_path.split()[1:]]
    for parameter in context.command.params:
        given = context.params.get(parameter.name or "", None)
        for value in given if isinstance(given, tuple) else (given,):
            if isinstance(parameter, click.Argument):
                parts.append(str(value))
            elif value is True:
                parts.append(parameter.opts[0])
            elif value not in (None, False, parameter.get_default(context)):
                parts += [parameter.opts[0], str(value)]
    return shlex.join(parts)
