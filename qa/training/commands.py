"""The command line of training: `pressmark train reader`, `mean`, `export`, `parity`, `calibration`, and the group."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from embeddings.command_line import NothingToDo, plain_errors
from qa.evaluation.bench import Bench, Selection
from qa.evaluation.options import PATH, question_options
from qa.settings import SHIPPED_READER
from qa.training.recipe import Recipe

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


def _setting(name: str, said: str, **more: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option for a field of the recipe, with its name and its default."""
    default = getattr(Recipe(), name)
    return click.option(
        f"--{name.replace('_', '-')}", default=default, show_default=default is not None, help=said, **more
    )


@click.group()
def train() -> None:
    """Make the reader's model."""


@train.command()
@click.argument("data", nargs=-1, required=True, type=PATH)
@click.option(
    "--start",
    type=PATH,
    default=DEFAULT_START,
    show_default=True,
    help="The model to start from: a Hugging Face question-answering folder.",
)
@click.option("--out", type=PATH, default=DEFAULT_OUT, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in --out.")
@click.option("--teacher", type=PATH, help="A larger model with the same word pieces, to learn from.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that prepare the data."
)
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--apart", multiple=True, type=PATH, help="A test set: no text of it is used.")
@click.option("--join", multiple=True, metavar="SOURCE", help="Join neighbouring texts of a source of sentences.")
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="SOURCE=NUMBER",
    callback=_weights,
    help="How often an epoch has each question of a source.  [default: 1]",
)
@_setting("epochs", "How often each question is asked.")
@_setting("minutes", "Train so long, whatever the epochs; cannot be repeated.", type=float)
@_setting("learning_rate", "The highest learning rate.")
@_setting("warmup", "The share of the training in which the learning rate rises.")
@_setting("layer_decay", "What each layer's rate is of that above it; below 1, low layers learn less.")
@_setting("frozen_layers", "How many of the lowest layers stay as they are.")
@_setting("dropout", "The share of each layer's output that is dropped.  [default: the model's own]", type=float)
@_setting("ema", "What an average of the weights keeps of itself each step, such as 0.999. 0: none.")
@_setting("batch_tokens", "The most word pieces in a batch.")
@_setting("negatives", "The share of windows without the answer.")
@_setting("long_windows", "The share of windows that are as long as a paragraph.")
@_setting("headings", "The share of windows read behind the heading of their article.")
@_setting("draws", "How many epochs' windows are drawn anew; later ones have them again.", type=click.IntRange(1))
@_setting("soft_weight", "The weight of the teacher's logits beside what the data say.")
@_setting("temperature", "What a teacher's logits, and the model's, are divided by to be compared.")
@_setting("doubtful", "A source whose answers count only where the teacher's overlap.", multiple=True)
@_setting("group_negatives", "How many windows without the answer each question is asked over beside its own.")
@_setting("own_weight", "In such groups, the weight of each window's loss on its own.")
@_setting("perturbed", "The share of questions changed so that they have no answer.")
@_setting("typed", "The share of questions in lower case, without question mark.")
@_setting("keywords", "The share of these that are keywords only.")
@_setting("typos", "The share of these with a typo.")
@_setting("every_mention", "Every place where the answer's words stand is right.", is_flag=True)
@_setting("seed", "What all chance depends on.")
def reader(
    *,
    data: Sequence[Path],
    start: Path,
    out: Path,
    resume: bool,
    teacher: Path | None,
    workers: int,
    device: str,
    apart: Sequence[Path],
    join: Sequence[str],
    **settings: Any,
) -> None:
    """Train the reader on questions with their texts and spans.

    DATA is JSON Lines, .jsonl or .jsonl.gz: question, text, answers [{text, start}], source, and the title where it is
    known. "answers": [] says that the text does not answer the question, null that only a teacher can tell. The result
    is a checkpoint for `pressmark train export`. Checkpoints are written every 5 minutes; what a teacher says is kept.

    \b
    Examples:
      pressmark train reader train.jsonl.gz qamr.jsonl.gz --join qamr_wikinews --apart dev-v1.1.json.gz \\
        --start reader-start --out checkpoints/reader
      pressmark train reader train.jsonl.gz --start checkpoints/reader --out checkpoints/second --epochs 1 \\
        --learning-rate 3e-5 --layer-decay 0.9 --ema 0.999 --group-negatives 3 --perturbed 0.1
    """
    from tqdm import tqdm

    from qa.training.data import Curation, read_data
    from qa.training.job import Job
    from qa.training.loop import Step, train

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    shape = "{percentage:5.1f}% |{bar}| {elapsed} gone, {remaining} left{postfix}"
    with plain_errors():
        job = Job(
            read_data(data, Curation(tuple(apart), frozenset(join), taught=teacher is not None)),
            start,
            out,
            Recipe(**settings),
            device,
            resume,
            teacher,
            workers,
        )
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


@train.command()
@click.argument("checkpoints", metavar="CHECKPOINT...", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, required=True, help="The folder of the mean.")
def mean(checkpoints: Sequence[Path], out: Path) -> None:
    """Average the weights of checkpoints that go back to the same first ones, as one checkpoint.

    \b
    Example:
      pressmark train mean reader-start checkpoints/reader checkpoints/second --out checkpoints/mean
    """
    from qa.training.soup import mean_of

    with plain_errors():
        mean_of(checkpoints, out)
    click.echo(f"{out}: the mean of {len(checkpoints)} checkpoints")


@train.command()
@click.argument("folder", metavar="READER", type=PATH)
@click.argument("data", type=PATH)
@click.option(
    "--checkpoint",
    type=PATH,
    help="What the READER was exported from.  [default: float32 over the weights that its int8 ones stand for]",
)
@click.option("--questions", metavar="N", type=click.IntRange(1), help="Only so many, drawn at random by a seed.")
@click.option("--spans", metavar="FILE", type=PATH, help="Write float32's spans, for all questions of DATA.")
def parity(folder: Path, data: Path, checkpoint: Path | None, questions: int | None, spans: Path | None) -> None:
    """Compare a READER with the same in float32, on the questions of DATA that have an answer.

    DATA has SQuAD's format or is reader data. The exit status is 1 if F1 differs by more than 0.3 points, or more than
    1 % of the answers changed in meaning: the two share less than half of their words. Without its checkpoint, what the
    weights lost when they were rounded is not seen.

    \b
    Examples:
      pressmark train parity qa/models/careful dev-v1.1.json.gz --questions 1000
      pressmark train parity readers/large dev-v1.1.json.gz --checkpoint checkpoints/large
    """
    from qa.training.parity import parity as compare
    from qa.training.parity import save_spans

    with plain_errors():
        found = compare(folder, data, questions, checkpoint)
        if spans is not None:
            save_spans(found.spans, spans)
    for name, score in (("float32", found.float32), ("reader", found.reader)):
        click.echo(f"{name}: on {score.count:,} questions EM {score.em:.4f}, F1 {score.f1:.4f}")
    click.echo(
        f"difference of F1: {100 * found.difference:+.2f} points; changed in meaning: {100 * found.changed:.2f} %"
    )
    if not found.kept:
        raise SystemExit(NothingToDo.exit_code)


@train.command()
@click.argument("checkpoint", type=PATH)
@click.option("--out", type=PATH, default=SHIPPED_READER, show_default=True)
@click.option(
    "--precision",
    type=click.Choice(["int8", "float32"]),
    default="int8",
    show_default=True,
    help="float32 is for measuring what int8 costs.",
)
@click.option("--heading", is_flag=True, help="It was trained to read passages behind the heading of their article.")
@click.option(
    "--skimmer", default="", metavar="NAME", help="The reader in the folder of that name beside it skims for it."
)
def export(checkpoint: Path, out: Path, precision: str, heading: bool, skimmer: str) -> None:
    """Turn a trained checkpoint into a reader's folder: ONNX, tokenizer, hashes.

    \b
    Examples:
      pressmark train export checkpoints/small --heading --out qa/models/small
      pressmark train export checkpoints/careful --heading --skimmer small --out qa/models/careful
      pressmark train export checkpoints/reader --out float32/ --precision float32
    """
    from qa.reader.compile import export_reader
    from qa.reader.onnx_reader import write_spec

    with plain_errors():
        spec = export_reader(checkpoint, out, precision)
        write_spec(out, replace(spec, heading=heading, skimmer=skimmer))
    click.echo(f"{out}: {spec.name}, model.onnx {(out / 'model.onnx').stat().st_size / 1e6:.1f} MB")


@train.command()
@click.argument("data", nargs=-1, required=True, type=PATH)
@click.option("--reader", "name", metavar="NAME", help="The reader, by folder or name.  [default: PRESSMARK_READER]")
@question_options
def calibration(data: Sequence[Path], name: str | None, selection: Selection) -> None:
    """Fit the confidence on DATA, asked through the whole way, every other question once more in vain.

    Half of these are asked without the articles that answer them, the others are changed by rule, as in training, so
    that what answers them does so no longer.

    DATA are sets as `evaluate retrieval` takes, or reader data; neither may have trained the reader, nor be reported
    on. Those that bring no articles are asked over --archive; --asked is for those whose questions have a date.

    \b
    Example:
      pressmark train calibration held-out.jsonl questions.jsonl --archive news --asked 2022 --as-of-asked
    """
    from qa.confidence_words import words_explained
    from qa.reader.load import models_of, open_readers
    from qa.training.calibrate import calibrate

    with plain_errors():
        bench = Bench(name)
        sets = selection.read_together(data)
        collections = bench.collect(sets, selection.archive)
        folders = bench.reader_folders
        report = calibrate(collections, open_readers(folders), bench.settings)
        replace(report.calibration, fitted_for=models_of(folders)).save(folders[0])
    false = ", ".join(f"{100 * share:.1f} at k = {k}" for k, share in report.false_answers.items())
    click.echo(
        f"{report.questions:,} questions, each half judged by the fit on the other: first answer right "
        f"{100 * report.first_right:.1f} %, shown {100 * report.answered_rightly:.1f} %; ECE {report.ece:.3f}, of "
        f"those with an answer {report.ece_answerable:.3f} if only such are expected; "
        f"questions answered where nothing answers them, %: {false}; "
        f"threshold {report.calibration.threshold:.2f}"
    )
    click.echo(f"the words: {words_explained(report.calibration.words)}")
