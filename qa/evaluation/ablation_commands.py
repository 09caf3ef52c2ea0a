"""The command line of what documents the design: `pressmark evaluate ablations` and `publish`."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from embeddings.commands import WrongUse
from embeddings.encoders import load_encoder
from embeddings.folder.archive import Archive
from embeddings.types import Article
from qa.evaluation.ablation import Ablation, variants
from qa.evaluation.options import PATH, evaluation_errors, output_options, question_options
from qa.evaluation.outputs import Outputs, described, provenance
from qa.evaluation.questions.collections import narrowed, read_set
from qa.evaluation.questions.datasets import check_relevant
from qa.reader.load import load_reader
from qa.reader.onnx_reader import OnnxReader
from qa.settings import Settings


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
@click.option(
    "--float32-reader",
    type=PATH,
    metavar="DIR",
    help="The reader exported with --precision float32.  [default: not compared]",
)
@output_options
def ablations(
    data: Path,
    archive: Path | None,
    only: Sequence[str],
    others: int,
    float32_reader: Path | None,
    split: str,
    asked: str,
    questions: int | None,
    outputs: Outputs,
) -> None:
    """Take back the design's choices, one at a time, and measure what each is worth on DATA.

    DATA is what `evaluate retrieval` takes, kept apart from what is reported on. Other splittings and precisions need
    the articles encoded anew: so only the relevant articles are searched, and --others of the rest.

    \b
    Examples:
      pressmark evaluate ablations questions.jsonl --archive news --asked 2022 --report ablations/
      pressmark evaluate ablations questions.jsonl --archive news --asked 2022 --only fusion --only k
    """
    from qa.evaluation.ablation_runs import AblationRunner, RememberingReader, ablation_results, with_articles
    from qa.evaluation.measures.rankings import ir_measures_library

    with evaluation_errors():
        outputs.check()
        ir_measures_library()
        found = narrowed(read_set(data, split=split), asked=asked, most=questions)
        if not found.judged:
            raise WrongUse(f"{data}: no question has a relevant article, so there is nothing to compare by")
        settings = Settings.from_env()
        reader, calibration = load_reader(settings.reader, settings.cache)
        readers = {"int8": RememberingReader(reader)}
        if float32_reader is not None:
            readers["float32"] = RememberingReader(OnnxReader(float32_reader))
        found = with_articles(found, _articles(archive, settings), others)
        check_relevant(found, (article.id for article in found.articles))
        with closing(AblationRunner(found, readers, calibration, settings.cache)) as runner:
            tables = {
                ablation: [(one, runner.measure(one)) for one in variants(ablation, settings) if one.reader in readers]
                for ablation in map(Ablation, only or Ablation)
            }
        facts = described(settings, reader=reader) | {"others": str(others)}
        click.echo(outputs.deliver(ablation_results(found, tables, provenance(facts))), nl=False)


@click.command()
@click.argument("pages", nargs=-1, required=True, type=PATH)
@click.option("--results", type=PATH, metavar="DIR", required=True, help="The folder of the results, NAME.json each.")
def publish(pages: Sequence[Path], results: Path) -> None:
    """Put results, written with --json, into the marked places of Markdown PAGES.

    A place is marked by <!-- results: NAME -->, <!-- table: NAME: TITLE -->, <!-- plot: NAME: PLOT --> or
    <!-- text: FILE -->, and ends with <!-- end -->. A number within a line is marked by
    <!-- figure: NAME: TABLE: ROW: COLUMN --> and <!-- end -->. What stands between is replaced.

    \b
    Example:
      pressmark evaluate publish docs/evaluation.md README.md --results build/evaluation
    """
    from qa.evaluation.results.plots import check_matplotlib
    from qa.evaluation.results.publish import publish as fill

    with evaluation_errors():
        check_matplotlib()
        for page in pages:
            click.echo(f"{page}: {fill(page, results)} places filled")


def _articles(folder: Path | None, settings: Settings) -> list[Article]:
    """Return the articles of an archive; none without one."""
    if folder is None:
        return []
    with closing(Archive(folder, load_encoder(settings.encoder, settings.cache))) as archive:
        return list(archive.articles())
