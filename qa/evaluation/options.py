"""The options that the evaluation commands share, and their errors."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from embeddings.commands import LOCATION, LocationType, WrongUse, plain_errors
from qa.evaluation.outputs import Outputs

PATH = click.Path(path_type=Path)

Command = Callable[..., Any]


@contextmanager
def evaluation_errors() -> Iterator[None]:
    """Turn what went wrong, a missing extra included, into one line on stderr and the exit status of the contract."""
    with plain_errors():
        try:
            yield
        except ModuleNotFoundError as error:
            raise WrongUse(str(error)) from error


def output_options(command: Command) -> Command:
    """Add --json, --report and --compare to a command, as one argument `outputs`."""

    @click.option("--json", type=PATH, metavar="FILE", help="Write all results as JSON.")
    @click.option(
        "--report",
        type=PATH,
        metavar="DIR",
        help="Write a page in HTML and one in Markdown, with plots, into a folder.",
    )
    @click.option(
        "--compare",
        type=PATH,
        metavar="OLD.json",
        help="Show what moved since these results, written with --json before.",
    )
    @functools.wraps(command)
    def with_outputs(*, json: Path | None, report: Path | None, compare: Path | None, **others: Any) -> Any:
        return command(outputs=Outputs(json, report, compare), **others)

    return with_outputs


def question_options(command: Command) -> Command:
    """Add --archive, --split, --asked and --questions: which questions of a set, over which articles."""
    for option in (
        click.option(
            "--questions",
            metavar="N",
            type=click.IntRange(1),
            help="Only so many questions, drawn at random by a seed.",
        ),
        click.option("--asked", default="", metavar="DATE", help="Only questions asked in this year, month or day."),
        click.option("--split", default="test", show_default=True, help="Which qrels of a BEIR folder."),
        click.option(
            "--archive",
            type=LocationType(),
            metavar=LOCATION,
            help="Where the archive lies.  [default: the set's own articles, cached]",
        ),
    ):
        command = option(command)
    return command
