"""`pressmark train reader`: the reader's weights, from data to a checkpoint."""

import logging
from collections.abc import Sequence
from pathlib import Path

import click

from embeddings.commands import plain_errors

DEFAULT_START = Path("checkpoints/start")
DEFAULT_OUT = Path("checkpoints/reader")


def _weights(_context: click.Context, _option: click.Parameter, values: Sequence[str]) -> dict[str, float]:
    """Return SOURCE=NUMBER options as a dictionary."""
    weights = {}
    for value in values:
        source, _, number = value.rpartition("=")
        try:
            weights[source] = float(number)
        except ValueError as error:
            raise click.BadParameter(f"{value!r}; give SOURCE=NUMBER, such as squad=1.5") from error
    return weights


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--start",
    type=click.Path(path_type=Path),
    default=DEFAULT_START,
    show_default=True,
    help="The model to start from: a Hugging Face question-answering folder.",
)
@click.option("--out", type=click.Path(path_type=Path), default=DEFAULT_OUT, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in --out.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--apart", multiple=True, type=click.Path(path_type=Path), help="A test set: no text of it is used.")
@click.option("--join", multiple=True, metavar="SOURCE", help="Join neighbouring texts of a source of sentences.")
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="SOURCE=NUMBER",
    callback=_weights,
    help="How often an epoch has each question of a source.  [default: 1]",
)
@click.option("--epochs", type=float, default=3.0, show_default=True)
@click.option("--minutes", type=float, default=None, help="Train so long, whatever the epochs; cannot be repeated.")
@click.option("--learning-rate", type=float, default=1.5e-4, show_default=True)
@click.option("--seed", default=7, show_default=True)
def reader(
    *,
    data: Sequence[Path],
    start: Path,
    out: Path,
    resume: bool,
    device: str,
    apart: Sequence[Path],
    join: Sequence[str],
    weights: dict[str, float],
    epochs: float,
    minutes: float | None,
    learning_rate: float,
    seed: int,
) -> None:
    """Train the reader on questions with their texts and spans.

    DATA is JSON Lines, .jsonl or .jsonl.gz: question, text, answers [{text, start}], source. The result is a checkpoint
    for `pressmark train export`. Checkpoints are written every 5 minutes.

    \b
    Example:
      pressmark train reader train.jsonl.gz qamr.jsonl.gz --join qamr_wikinews --apart dev-v1.1.json.gz \\
        --start reader-start --out checkpoints/reader
    """
    from tqdm import tqdm

    from qa.training.data import Reading, read_data
    from qa.training.loop import Job, Step, train
    from qa.training.recipe import Recipe

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    shape = "{percentage:5.1f}% |{bar}| {elapsed} gone, {remaining} left{postfix}"
    with plain_errors():
        recipe = Recipe(epochs=epochs, minutes=minutes, learning_rate=learning_rate, weights=weights, seed=seed)
        job = Job(read_data(data, Reading(tuple(apart), frozenset(join))), start, out, recipe, device, resume)
        for reason, count in job.data.left_out.items():
            click.echo(f"left out, {reason}: {count:,} questions", err=True)
        with tqdm(total=1.0, bar_format=shape, disable=None) as bar:

            def show(step: Step) -> None:
                bar.set_postfix(loss=f"{step.loss:.3f}", tokens_s=f"{step.tokens / step.seconds:,.0f}", refresh=False)
                bar.update(step.progress - bar.n)

            result = train(job, show)
    click.echo(
        f"{out}: on {result.questions} held-out questions EM {result.em:.3f}, F1 {result.f1:.3f}; "
        f"tells windows without the answer: margin {result.margin:.3f}, relevance {result.relevance:.3f}"
    )
