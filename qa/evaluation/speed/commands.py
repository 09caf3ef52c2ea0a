"""The command line of speed: `pressmark benchmark`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from embeddings.command_line import LocationType, NothingToDo, WrongUse, only_folder, progress_bar
from embeddings.files.articles import read_file
from embeddings.files.finding import InputFile, find_files
from embeddings.files.pieces import Unread
from embeddings.folder.archive import Archive
from embeddings.plural import plural
from embeddings.types import Article
from qa.commands import SEEDS
from qa.evaluation.bench import Bench
from qa.evaluation.options import PATH, evaluation_errors
from qa.evaluation.outputs import Outputs, command_line
from qa.evaluation.results.results import Provenance, Results

if TYPE_CHECKING:
    from qa.evaluation.speed.benchmark import Contenders, Plan

DEFAULT_SIZES = "1000,10000,100000,300000"


@click.command()
@click.argument("articles", nargs=-1, type=PATH)
@click.option("--json", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures as JSON.")
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), help="Write an HTML and a Markdown page.")
@click.option("--sizes", default=DEFAULT_SIZES, show_default=True, help="Passages in the archive, sizes to measure at.")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1), help="How often all is done, in turn.")
@click.option(
    "--archive", type=LocationType(), callback=only_folder, metavar="DIR", help="Measure this archive, too, as it is."
)
@click.option(
    "--search-sizes", metavar="SIZES", help="Sizes to measure searching at: passages of --archive, then copies of them."
)
@click.option("--checkpoint", type=PATH, help="The shipped reader's weights before the export.")
def benchmark(
    articles: Sequence[Path],
    json: Path | None,
    report: Path | None,
    sizes: str,
    runs: int,
    archive: Path | None,
    search_sizes: str | None,
    checkpoint: Path | None,
) -> None:
    """Measure the speed of indexing and asking, against the plain way, and as the archive grows.

    ARTICLES are files and folders as `pressmark index` takes them, by default the seeds. The plain way is
    sentence-transformers and a Hugging Face question-answering model, float32, in torch, on the same texts in the same
    run. Figures are medians of the runs, which take turns. Archives are made in a temporary folder and deleted.

    \b
    Examples:
      pressmark benchmark
      pressmark benchmark exports/2024.jsonl --sizes 1000,10000 --json speed.json --report speed/
      pressmark benchmark --archive news --search-sizes 10000,100000,1000000
    """
    wanted, searched = parse_sizes(sizes), parse_sizes(search_sizes) if search_sizes else ()
    if searched and archive is None:
        raise WrongUse("--search-sizes needs an archive to take passages from: name one with --archive DIR")
    if json is not None and not json.parent.is_dir():
        raise WrongUse(f"there is no folder {json.parent} to write {json.name} in; make it first")
    outputs = Outputs(json, report, compare=None)
    with evaluation_errors():
        outputs.check()
        bench = Bench()
        results = _benchmark(bench, list(articles) or [SEEDS], wanted, runs, archive, checkpoint)
        if archive is not None and searched:
            results = _with_search(bench, results, archive, searched)
        click.echo(outputs.deliver(results), nl=False)


def parse_sizes(text: str) -> tuple[int, ...]:
    """Return sizes in passages, ascending, each once, from numbers parted by commas.

    Raises:
        WrongUse: if one of them is not a whole number from 1.
    """
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if not (part.isascii() and part.isdigit() and int(part) > 0):
            raise WrongUse(f"--sizes holds {part!r}; give whole numbers from 1 parted by commas, such as 1000,10000")
    return tuple(sorted({int(part) for part in parts}))


def _benchmark(
    bench: Bench,
    paths: Sequence[Path],
    sizes: Sequence[int],
    runs: int,
    existing: Path | None,
    checkpoint: Path | None,
) -> Results:
    """Return everything measured, telling on stderr how far it is."""
    from qa.evaluation.speed.benchmark import benchmark_results, machine, plan_benchmark, run_benchmark
    from qa.evaluation.speed.growth import plan_steps

    files, settings = find_files(paths), bench.settings
    if existing is not None:
        Archive(existing, bench.encoder).close()
    unread: list[Unread] = []
    with progress_bar(sum(file.size for file in files), "B", "splitting") as bar:
        steps = list(plan_steps(_read(files, unread, bar.update), bench.encoder, sizes))
    if not steps:
        raise NothingToDo(f"no article was found in {', '.join(map(str, paths))}")
    plan = plan_benchmark(steps, bench.encoder, runs, settings.k, existing)
    contenders = _contenders(bench, checkpoint)
    with progress_bar(plan.work, " passages", "measuring") as bar:
        figures, stages = run_benchmark(plan, contenders, settings, bar.update)
    said = {field.name: str(getattr(settings, field.name)) for field in fields(settings) if field.name != "archive"}
    said |= {"encoder": bench.encoder.name, "runs": str(runs), "sizes": ", ".join(map(str, sizes))}
    provenance = Provenance(command_line(click.get_current_context()), said, machine())
    notes = _notes(plan, sizes, len(unread), checkpoint)
    return benchmark_results(", ".join(str(path) for path in paths), provenance, notes, figures, stages)


def _with_search(bench: Bench, results: Results, archive: Path, sizes: Sequence[int]) -> Results:
    """Return the results with what was measured of searching."""
    from qa.evaluation.speed.growth import serve_in_process
    from qa.evaluation.speed.scale import measure_search

    with progress_bar(max(sizes), " passages", "storing") as bar:
        figures, curves = measure_search(archive, sizes, bench.encoder, serve_in_process, bar.update)
    note = (
        "Search: each leg is asked for 100 passages; medians, with the 5th and 95th percentile in brackets. Recall is "
        "the share found of the ten nearest, which comparing the question with every vector gives. Beyond the "
        "archive's own passages there are copies of them, with noise in the vectors."
    )
    return replace(
        results,
        figures=(*results.figures, *figures),
        growth={**results.growth, **curves},
        notes=(*results.notes, note),
    )


def _contenders(bench: Bench, checkpoint: Path | None) -> "Contenders":
    from qa.evaluation.speed.baselines import load_plain_encoder, load_plain_reader
    from qa.evaluation.speed.benchmark import Contenders
    from qa.evaluation.speed.growth import serve_in_process, start_cold

    return Contenders(
        encoder=bench.encoder,
        reader=bench.readers.skimmer or bench.readers.reader,
        plain_encode=load_plain_encoder(bench.settings.encoder),
        plain_read=load_plain_reader(bench.reader_folders[-1], checkpoint).read,
        serve=serve_in_process,
        start_cold=start_cold,
    )


def _read(files: Sequence[InputFile], unread: list[Unread], progress: Callable[[int], object]) -> Iterator[Article]:
    for piece in chain.from_iterable(map(read_file, files)):
        progress(piece.size)
        if isinstance(piece.item, Unread):
            unread.append(piece.item)
        else:
            yield piece.item


def _notes(plan: "Plan", sizes: Sequence[int], unread: int, checkpoint: Path | None) -> list[str]:
    weights = (
        "random weights in the same architecture: speed does not depend on their values (--checkpoint gives real ones)"
        if checkpoint is None
        else f"the weights of {checkpoint}"
    )
    notes = [
        "Hugging Face, float32: AutoModelForQuestionAnswering over all hits of a question in one padded batch, as "
        f"transformers documents it since it has no question-answering pipeline any more; {weights}.",
        f"Median of {plan.runs} runs in turn, with the lowest and the highest in brackets. A ratio is taken turn by "
        "turn against the last line of its table, on the same texts; each side may use every core.",
        "The latency is that of the largest archive. A cold start is `pressmark ask` in a new process, with the files "
        "in the system's cache. Memory is the peak resident set of a process that opened the archive and answered the "
        "questions.",
    ]
    held = plan.steps[-1].passages
    beyond = [f"{size:,}" for size in sizes if size > held]
    if beyond:
        notes.append(f"The articles hold {plural(held, 'passage')}; not measured: {', '.join(beyond)}.")
    if unread:
        notes.append(f"{plural(unread, 'source')} could not be read; `pressmark index` tells why.")
    if plan.existing is not None:
        notes.append("The largest archive existed before: its indexing was not timed.")
    return notes
