"""The command line of question answering: `pressmark ask`."""

import json
from dataclasses import replace
from pathlib import Path

import click

from embeddings.command_line import NothingToDo, WrongUse, archive_option, outlets_option, plain_errors, progress_bar
from embeddings.commands import index_with_progress
from embeddings.cures import make_archive
from embeddings.dates import parse_filter_date
from embeddings.encoders import default_cache
from embeddings.locations import FORMAT, FolderPlace, Location
from embeddings.onnx_models import folder_name
from embeddings.passages import SPLITTING
from embeddings.plural import plural
from embeddings.types import Filter
from qa.absence import absence_of
from qa.answers import same_words
from qa.differing import ORDERS, Order
from qa.limits import check_k, check_outlets, check_question
from qa.pipeline import Pipeline
from qa.render import Href, prediction_to_json
from qa.settings import Settings
from qa.sheet import read_sheet
from qa.sheet_run import SheetWork, answer_sheet, check_out
from qa.terminal import prediction_in_words

PATH = click.Path(dir_okay=False, path_type=Path)

SEEDS = Path(__file__).parent.parent / "seeds"
"""The articles that are asked while there is no archive, in a checkout of the project."""

WITH_SHEET = "--sheet FILE and --out FILE go together, with --archive, --from, --to, --outlet and nothing else"


def open_pipeline(archive: Location) -> Pipeline:
    """Return the pipeline over an archive; where there is none yet, over the seeds', and it is said so."""
    settings = replace(Settings.from_env(), archive=archive)
    return Pipeline.from_settings(replace(settings, archive=place_to_ask(settings)))


def place_to_ask(settings: Settings) -> Location:
    """Return where the archive of the settings lies; where there is none yet, the seeds', and it is said so.

    Raises as `_seeds_archive` does.
    """
    return settings.archive if settings.archive.exists() else _seeds_archive(settings)


def _seeds_archive(settings: Settings) -> FolderPlace:
    """Return the place of the seeds' own archive, in the cache, which is made if need be.

    Raises:
        FileNotFoundError: if there are no seeds, as in an installed program.
        FileExistsError: if something else is where the archive was looked for.
    """
    if not SEEDS.is_dir():
        raise FileNotFoundError(f"there is no archive in {settings.archive}; {make_archive(settings.archive)}")
    settings.archive.check_can_be_made()
    said = f"There is no archive in {settings.archive} yet: asking the seed articles in {SEEDS}"
    click.echo(f"{said}; {make_archive(settings.archive)}", err=True)
    name = folder_name(str(SEEDS), settings.encoder, FORMAT, str(SPLITTING))
    place = FolderPlace((settings.cache or default_cache()) / "seeds" / name)
    if not place.exists():
        index_with_progress([SEEDS], place, settings.encoder, settings.cache)
    return place


@click.command()
@click.argument("question", required=False)
@archive_option
@click.option("-k", type=int, default=None, help="How many passages to look through, 1 to 100.  [default: 10]")
@click.option("--from", "published_from", metavar="DATE", default="", help="Only articles published on or after.")
@click.option("--to", "published_to", metavar="DATE", default="", help="Only articles published on or before.")
@outlets_option("Only articles of this outlet; also several times.")
@click.option("--order", type=click.Choice(ORDERS), default=ORDERS[0], help="Order the answers by this.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as the endpoint does.")
@click.option("--explain", is_flag=True, help="Say on stderr at which stage the answer of --expect was lost.")
@click.option("--expect", metavar="ANSWER", default="", help="The answer that --explain looks for.")
@click.option("--sheet", metavar="FILE", type=PATH, help="Answer the questions of FILE, a line or a row each.")
@click.option("--out", metavar="FILE", type=PATH, help="Write the answers of --sheet to FILE, .csv or .json.")
@click.pass_obj
def ask(
    href: Href,
    question: str | None,
    archive: Location,
    k: int | None,
    published_from: str,
    published_to: str,
    outlets: tuple[str, ...],
    order: Order,
    as_json: bool,
    explain: bool,
    expect: str,
    sheet: Path | None,
    out: Path | None,
) -> None:
    """Answer a question with verbatim quotations from the archive.

    Dates are written 2022, 2022-10 or 2022-10-19. The exit status is 1 if no passage answers the question.

    \b
    Examples:
      pressmark ask "Who signed the memorandum?"
      pressmark ask "Who signed the memorandum?" --from 2022-10 --outlet Azernews --json
      pressmark ask "Who signed the memorandum?" --explain --expect "Sabina Aliyeva"
      pressmark ask --sheet questions.csv --out answers.csv --from 2022 --outlet Azernews
    """
    if sheet is not None or out is not None:
        beside = {"QUESTION": question, "--expect": expect, "-k": k is not None, "--json": as_json}
        beside |= {"--explain": explain, "--order": order != ORDERS[0]}
        unfit = ", ".join(name for name, given in beside.items() if given)
        if sheet is None or out is None or unfit:
            raise WrongUse(f"{unfit} does not go with a sheet, leave it out; {WITH_SHEET}" if unfit else WITH_SHEET)
        with plain_errors():
            work = SheetWork(sheet, out, _only(published_from, published_to, outlets))
        _ask_sheet(work, archive, href)
        return
    if question is None:
        raise click.UsageError("Missing argument 'QUESTION'; many at once are answered with: --sheet FILE --out FILE")
    if explain != bool(same_words(expect)):
        raise WrongUse(
            "--explain and --expect ANSWER go together: name the answer that should have been found, in words"
        )
    with plain_errors():
        only = _only(published_from, published_to, outlets)
        question, k = check_question(question), k if k is None else check_k(k)
        pipeline = open_pipeline(archive)
        check_outlets(outlets, pipeline.archive.store.outlets())
        prediction = pipeline.ask(question, k=k, only=only)
        absence = absence_of(pipeline, prediction, only)
    if as_json:
        click.echo(json.dumps(prediction_to_json(prediction, absence, href, order=order), ensure_ascii=False, indent=2))
    else:
        click.echo(prediction_in_words(prediction, absence, order, pipeline.readers.calibration.words))
        if prediction.notice:
            click.echo(prediction.notice, err=True)
    if explain:
        from qa.explain import explained

        click.echo(explained(pipeline, prediction, expect, only), err=True)
    if prediction.abstained:
        raise SystemExit(NothingToDo.exit_code)


def _only(published_from: str, published_to: str, outlets: tuple[str, ...]) -> Filter:
    """Return the filter of the options. Raises ValueError."""
    first, last = (parse_filter_date(day) if day else "" for day in (published_from, published_to))
    return Filter(first, last, outlets)


def _ask_sheet(work: SheetWork, archive: Location, href: Href) -> None:
    """Answer all questions of a sheet into a file, and say how many."""
    with plain_errors():
        check_out(work.out)
        questions = read_sheet(work.sheet.read_bytes())
        pipeline = open_pipeline(archive)
        check_outlets(work.only.outlets, pipeline.archive.store.outlets())
        with progress_bar(len(questions), "question", "answering") as bar:
            rows = answer_sheet(work, pipeline, href, bar.update)
    found = sum(row["answer"] != "" for row in rows)
    click.echo(f"{plural(len(rows), 'question')} of {work.sheet}, {found} answered, written to {work.out}", err=True)
