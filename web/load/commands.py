"""The command line of measuring a server under load: `pressmark load`."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import click

from embeddings.command_line import NothingToDo, WrongUse, plain_errors
from embeddings.plural import plural
from qa.evaluation.questions.records import read_jsonl
from web.load import tables
from web.load.batches import batches
from web.load.clients import lasting, put_under_load, question_paths
from web.load.overload import overloaded
from web.load.pages import pages
from web.load.watching import memory_of, watched

CLIENTS = "1,2,4,8,16,64"

MOST_CLIENTS = 256
"""Clients at once, at most: each is a thread of this command."""

Measured = tuple[str, dict[str, object], list[str]]
"""What was measured as a table and as plain values, and which bounds were broken."""


@click.command()
@click.argument("questions", metavar="[QUESTIONS]", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--at", "address", default="http://127.0.0.1:8000", show_default=True, help="The server, on this machine."
)
@click.option(
    "--clients",
    help=f"How many ask at the same time, one load after the other.  [default: {CLIENTS}; with --requests 2]",
)
@click.option("--seconds", type=click.FloatRange(0.1, 3600), help="How long each.  [default: 20, beyond that 60]")
@click.option(
    "--path", "paths", multiple=True, help="Ask for this path instead of questions: /api/v1/info needs no model."
)
@click.option(
    "--overload", is_flag=True, help="Ask ten times what it holds: nothing but answers in time and 503 may come."
)
@click.option(
    "--requests", type=click.IntRange(10, 1_000_000), help="Send so many instead, and look at memory: it must be flat."
)
@click.option("--batch", type=click.IntRange(2, 100), help="Ask so many together and one by one, in turns.")
@click.option("--page", is_flag=True, help="Ask each question once on the page: what does it add to the answer?")
@click.option("--json", "file", metavar="FILE", type=click.Path(path_type=Path), help="Write the figures to FILE.")
def load(
    *,
    questions: Path | None,
    address: str,
    clients: str | None,
    seconds: float | None,
    paths: Sequence[str],
    overload: bool,
    requests: int | None,
    batch: int | None,
    page: bool,
    file: Path | None,
) -> None:
    """Measure a running server under load: answers a second, and the seconds that most, and nearly all, of them took.

    QUESTIONS is a file with a question a line, or a question set (.jsonl). Start the server without --rate. Only a
    server on this machine is asked. The exit status is 1 if a bound was broken.

    \b
    Examples:
      pressmark load questions.txt --clients 1,2,4,8,16,64 --json load.json
      pressmark load questions.txt --overload --seconds 60
      pressmark load questions.txt --batch 20
      pressmark load seeds/questions.jsonl --page
      pressmark load --path /api/v1/info --clients 8 --requests 50000
    """
    if sum(map(bool, (overload, requests, batch, page))) > 1:
        raise WrongUse("--overload, --requests, --batch and --page are measured one after the other; give one of them")
    for option, given, other, wrong in (
        ("--batch", batch, "--path", paths),
        ("--batch", batch, "--clients", clients),
        ("--page", page, "--path", paths),
        ("--page", page, "--clients", clients),
        ("--page", page, "--seconds", seconds),
        ("--overload", overload, "--clients", clients),
        ("--requests", requests, "--seconds", seconds),
        ("--requests", requests, "several --clients", clients and "," in clients),
    ):
        if given and wrong:
            raise WrongUse(f"{option} does not go with {other}; leave one of them out")
    with plain_errors():
        counts = _counts(clients or ("2" if requests else CLIENTS))
        asked = [] if paths else _questions(questions)
        wanted = list(paths) or question_paths(asked)
        if overload:
            measured = _overloaded(address, wanted, seconds or 60)
        elif requests:
            measured = _watched(address, wanted, counts[-1], requests)
        elif batch:
            measured = _batches(address, asked, batch, seconds or 60)
        elif page:
            measured = _pages(address, asked)
        else:
            measured = _loads(address, wanted, counts, seconds or 20)
    _tell(measured, file)


def _tell(measured: Measured, file: Path | None) -> None:
    table, values, broken = measured
    click.echo(table)
    if file is not None:
        with plain_errors():
            file.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    if broken:
        raise NothingToDo("; ".join(broken))


def _loads(address: str, paths: Sequence[str], counts: Sequence[int], seconds: float) -> Measured:
    before = memory_of(address)
    found = [put_under_load(address, lasting(paths, seconds), count) for count in counts]
    after = memory_of(address)
    told = {"loads": list(map(tables.load_to_json, found)), "memory_before": before, "memory_after": after}
    memory = f"Memory was {before / 1e6:,.0f} MB before and {after / 1e6:,.0f} MB after."
    return f"{tables.loads_table(found)}\n\n{memory}", told, []


def _overloaded(address: str, paths: Sequence[str], seconds: float) -> Measured:
    found = overloaded(address, paths, seconds)
    return tables.overload_table(found), tables.overload_to_json(found), found.broken()


def _watched(address: str, paths: Sequence[str], clients: int, number: int) -> Measured:
    found = watched(address, paths, clients, number)
    return tables.growth_table(found), tables.growth_to_json(found), found.broken()


def _batches(address: str, questions: Sequence[str], size: int, seconds: float) -> Measured:
    found = batches(address, questions, size, seconds)
    rounds = plural(len(found.singly), "round")
    said = f"A batch of {size} took {found.ratio:.2f} times as long as its questions one by one ({rounds})."
    return said, tables.batches_to_json(found), found.broken()


def _pages(address: str, questions: Sequence[str]) -> Measured:
    found = pages(address, questions)
    asked = plural(len(found.added), "question")
    added, answer = 1000 * found.median, 1000 * median(found.answers)
    said = f"The page adds {added:.0f} ms to the answer, which takes {answer:.0f} ms ({asked}, medians)."
    return said, {"answers": found.answers, "added": found.added}, found.broken()


def _counts(text: str) -> list[int]:
    """Return how many clients are to ask, one load after the other. Raises ValueError."""
    try:
        counts = [int(each) for each in text.split(",")]
    except ValueError as error:
        raise ValueError(f"--clients {text!r} are no numbers; write them as {CLIENTS}") from error
    if not all(1 <= count <= MOST_CLIENTS for count in counts):
        raise ValueError(f"--clients {text!r}: each is from 1 to {MOST_CLIENTS}")
    return counts


def _questions(file: Path | None) -> list[str]:
    """Return the questions in a file. Raises ValueError if there are none, FileNotFoundError."""
    if file is None:
        raise ValueError("name a file with a question a line, or a path with --path")
    if ".jsonl" in file.suffixes:
        return [record.text("question") for record in read_jsonl(file)]
    questions = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not questions:
        raise ValueError(f"{file} holds no question; write one a line")
    return questions
