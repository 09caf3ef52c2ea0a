"""The command line of choosing: `pressmark evaluate tune`, `orders` and `ablations`."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from embeddings.command_line import WrongUse
from embeddings.locations import open_archive
from qa.evaluation.ablation import Ablation, variants
from qa.evaluation.bench import Bench, Selection
from qa.evaluation.options import PATH, delivered, evaluation_errors, path_option, question_options
from qa.evaluation.questions.datasets import check_relevant
from qa.evaluation.results.results import Results
from qa.reader.onnx_reader import OnnxReader


@click.command()
@click.argument("data", nargs=-1, required=True, type=PATH)
@question_options
def tune(data: Sequence[Path], selection: Selection) -> None:
    """Choose fusion weight, number of passages read and threshold on DATA, and say what that gains. Changes nothing.

    DATA are sets as `evaluate retrieval` takes, or reader data, kept apart from what is reported on and from what the
    reader was trained on. Half of the questions choose, the other half measures the gain over the present settings.

    \b
    Examples:
      pressmark evaluate tune heldout.jsonl --questions 500
      pressmark evaluate tune questions.jsonl --archive news --asked 2022 --as-of-asked
    """
    from qa.evaluation.measures.rankings import ir_measures_library
    from qa.evaluation.tune import tune as find_best
    from qa.evaluation.tune import tuned_in_words

    with evaluation_errors():
        ir_measures_library()
        sets, bench = selection.read_together(data), Bench()
        collections = bench.collect(sets, selection.archive)
        tuned = find_best(collections, bench.readers, bench.settings)
    click.echo(tuned_in_words(tuned, [questions.name for questions in sets]), nl=False)


@click.command()
@click.argument("data", nargs=-1, required=True, type=PATH)
@question_options
@delivered
def orders(data: Sequence[Path], selection: Selection) -> Results:
    """Compare what the order of the passages depends on, without reading: fusion, weights, candidates, recency.

    DATA are sets as `evaluate tune` takes, and count as one. Everything is compared over the whole archive, in minutes,
    with what is set now.

    \b
    Examples:
      pressmark evaluate orders heldout.jsonl questions.jsonl --archive news --asked 2022 --as-of-asked
      PRESSMARK_CANDIDATES=200 pressmark evaluate orders heldout.jsonl --json orders.json
    """
    from qa.evaluation.measures.rankings import ir_measures_library
    from qa.evaluation.order_runs import compare_orders

    ir_measures_library()
    sets, bench = selection.read_together(data), Bench()
    collections = bench.collect(sets, selection.archive)
    return compare_orders(collections, bench.settings, bench.provenance({}, reads=False))


@click.command()
@click.argument("data", type=PATH)
@question_options
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([one.value for one in Ablation]),
    help="Only this ablation.  [default: all of them]",
)
@click.option(
    "--others",
    metavar="N",
    default=1000,
    show_default=True,
    type=click.IntRange(0),
    help="Articles beside the relevant.",
)
@path_option("--float32-reader", "DIR", "The reader exported with --precision float32.  [default: not compared]")
@delivered
def ablations(
    data: Path, selection: Selection, only: Sequence[str], others: int, float32_reader: Path | None
) -> Results:
    """Take back the design's choices, one at a time, and measure what each is worth on DATA.

    DATA is what `evaluate retrieval` takes, kept apart from what is reported on. Other splittings and precisions need
    the articles to be encoded again, so only the relevant articles and --others of the rest are searched.

    \b
    Examples:
      pressmark evaluate ablations questions.jsonl --archive news --asked 2022 --report ablations/
      pressmark evaluate ablations questions.jsonl --archive news --asked 2022 --only fusion --only k
    """
    from qa.evaluation.ablation_runs import AblationRunner, ablation_results, with_articles
    from qa.evaluation.measures.rankings import ir_measures_library

    ir_measures_library()
    questions, bench = selection.read(data), Bench()
    if not questions.judged:
        raise WrongUse(f"{data}: no question has a relevant article, so there is nothing to compare by")
    readers = {"int8": bench.readers}
    if float32_reader is not None:
        readers["float32"] = replace(bench.readers, reader=OnnxReader.open(float32_reader))
    wanted = [Ablation(name) for name in only] or [
        one for one in Ablation if one is not Ablation.READ or bench.readers.skimmer is not None
    ]
    if Ablation.READ in wanted and bench.readers.skimmer is None:
        raise WrongUse(f"{Ablation.READ!s} needs two readers; the reader {bench.settings.reader} reads alone")
    articles = questions.articles
    if selection.archive is not None:
        with closing(open_archive(selection.archive, bench.encoder)) as archive:
            articles = tuple(archive.store.articles())
    questions = with_articles(questions, articles, others)
    check_relevant(questions, (article.id for article in questions.articles))
    with closing(AblationRunner(questions, readers, bench.settings.cache)) as runner:
        tables = {
            ablation: [
                (one, runner.measure(one)) for one in variants(ablation, bench.settings) if one.reader in readers
            ]
            for ablation in wanted
        }
        cost = runner.cost(variants(Ablation.READ, bench.settings)[0]) if Ablation.READ in wanted else None
    return ablation_results(questions, tables, bench.provenance({"others": str(others)}), cost)
