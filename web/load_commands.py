"""The command line of measuring a server under load: `pressmark load`."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from embeddings.command_line import plain_errors
from web.load import memory_of, put_under_load, question_paths, to_json, written

CLIENTS = "1,2,4,8,16,64"

MOST_CLIENTS = 256
"""Clients at once, at most: each is a thread of this command."""


@click.command()
@click.argument("questions", metavar="[QUESTIONS]", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--at", "address", default="http://127.0.0.1:8000", show_default=True, help="The server, on this machine."
)
@click.option(
    "--clients", default=CLIENTS, show_default=True, help="How many ask at the same time, one after the other."
)
@click.option("--seconds", default=20.0, show_default=True, type=click.FloatRange(0.1, 3600), help="How long each.")
@click.option(
    "--path", "paths", multiple=True, help="Ask for this path instead of questions: /api/v1/info needs no model."
)
@click.option("--json", "file", metavar="FILE", type=click.Path(path_type=Path), help="Write the figures to FILE.")
def load(
    *, questions: Path | None, address: str, clients: str, seconds: float, paths: Sequence[str], file: Path | None
) -> None:
    """Measure a running server under load: answers a second, and the seconds that most, and nearly all, of them took.

    QUESTIONS is a file with a question a line. Start the server without --rate. Only a server on this machine is asked.

    \b
    Examples:
      pressmark load questions.txt --clients 1,2,4,8,16,64 --json load.json
      pressmark load --path /api/v1/info --clients 8 --seconds 60
    """
    with plain_errors():
        counts = _counts(clients)
        asked = list(paths) if paths else question_paths(_lines(questions))
        before = memory_of(address)
        found = [put_under_load(address, asked, count, seconds) for count in counts]
        after = memory_of(address)
    click.echo(written(found))
    click.echo(f"memory: {before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB after")
    if file is not None:
        told = {"loads": list(map(to_json, found)), "memory_before": before, "memory_after": after}
        file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _counts(text: str) -> list[int]:
    """Return how many clients are to ask, one load after the other. Raises ValueError."""
    try:
        counts = [int(each) for each in text.split(",")]
    except ValueError as error:
        raise ValueError(f"--clients {text!r} are no numbers; write them as {CLIENTS}") from error
    if not all(1 <= count <= MOST_CLIENTS for count in counts):
        raise ValueError(f"--clients {text!r}: each is from 1 to {MOST_CLIENTS}")
    return counts


def _lines(file: Path | None) -> list[str]:
    """Return the questions in a file, a line each. Raises ValueError if there is none, FileNotFoundError."""
    if file is None:
        raise ValueError("name a file with a question a line, or a path with --path")
    questions = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not questions:
        raise ValueError(f"{file} holds no question; write one a line")
    return questions
