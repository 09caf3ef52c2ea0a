"""The options that the evaluation commands share: which questions are asked, and where the results go."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from embeddings.command_line import LOCATION, LocationType, WrongUse, plain_errors
from embeddings.locations import Location
from qa.evaluation.bench import Selection
from qa.evaluation.outputs import Outputs
from qa.evaluation.results.results import Results

PATH = click.Path(path_type=Path)

Command = Callable[..., Any]

some_questions = click.option(
    "--questions", metavar="N", type=click.IntRange(1), help="At most N questions, drawn at random by a seed."
)


def path_option(name: str, metavar: str, meaning: str) -> Callable[[Command], Command]:
    """Return an option that is a path."""
    return click.option(name, type=PATH, metavar=metavar, help=meaning)


@contextmanager
def evaluation_errors() -> Iterator[None]:
    """Turn what went wrong, a missing extra included, into one line on stderr and the exit status of the contract."""
    with plain_errors():
        try:
            yield
        except ModuleNotFoundError as error:
            raise WrongUse(str(error)) from error


def delivered(command: Callable[..., Results]) -> Command:
    """Add --json, --report and --compare to a command that returns results; what it was given is checked first."""

    @path_option("--json", "FILE", "Write all results as JSON.")
    @path_option("--report", "DIR", "Write a page in HTML and one in Markdown, with plots, into a folder.")
    @path_option("--compare", "OLD.json", "Show what moved since these results, written with --json before.")
    @functools.wraps(command)
    def deliver(*, json: Path | None, report: Path | None, compare: Path | None, **others: Any) -> None:
        outputs = Outputs(json, report, compare)
        with evaluation_errors():
            outputs.check()
            results = command(**others)
            click.echo(outputs.deliver(results), nl=False)
        for loss in results.losses:
            click.echo(f"{loss.id}: {loss.stage}: {loss.detail}")

    return deliver


def question_options(command: Command) -> Command:
    """Add --archive, --split, --asked, --questions and --as-of-asked to a command, as one argument `selection`."""

    @click.option(
        "--archive",
        type=LocationType(),
        metavar=LOCATION,
        help="Where the archive lies.  [default: the set's own articles, cached]",
    )
    @click.option("--split", default="test", show_default=True, help="Which qrels of a BEIR folder.")
    @click.option("--asked", default="", metavar="DATE", help="Only questions asked in this year, month or day.")
    @some_questions
    @click.option("--as-of-asked", is_flag=True, help="Only articles published up to the day a question was asked.")
    @functools.wraps(command)
    def select(
        *, archive: Location | None, split: str, asked: str, questions: int | None, as_of_asked: bool, **others: Any
    ) -> Any:
        return command(selection=Selection(archive, split, asked, questions, as_of_asked), **others)

    return select
