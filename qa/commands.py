"""The command line of question answering: `pressmark ask`."""

import json
import shutil
import textwrap
from dataclasses import replace
from pathlib import Path

import click

from embeddings.command_line import NothingToDo, WrongUse, archive_option, outlets_option, plain_errors, progress_bar
from embeddings.commands import index_with_progress
from embeddings.cures import make_archive
from embeddings.dates import in_words, parse_filter_date
from embeddings.encoders import default_cache
from embeddings.folding import copied, printed
from embeddings.locations import FORMAT, FolderPlace, Location
from embeddings.onnx_models import folder_name
from embeddings.passages import SPLITTING
from embeddings.plural import plural
from embeddings.types import Article, Filter, Hit
from qa.answers import same_words
from qa.differing import ORDERS, articles_read, differing, ordered, sources_in_words, timeline
from qa.limits import check_k, check_outlets, check_question
from qa.pipeline import Pipeline
from qa.render import Href, confidence_in_words, page_doubts, page_in_words, prediction_to_json, said_by
from qa.settings import Settings
from qa.sheet import read_sheet
from qa.types import Answer, Prediction

PATH = click.Path(dir_okay=False, path_type=Path)

SEEDS = Path(__file__).parent.parent / "seeds"
"""The articles that are asked while there is no archive, in a checkout of the project."""

TITLE = 90
"""The most characters of a title in a terminal."""

LEFT_OUT = "printed without the hyphens that only part a word, and without marks that take no width"
"""What is said of a quotation that is not printed letter by letter."""

NO_ANSWER = "No passage in this archive answers this."
NOT_ANSWERED = "This question was not answered."

NEAREST = 3
"""How many passages are shown when no answer is."""


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
@click.option("--order", type=click.Choice(ORDERS), default=ORDERS[0], help="Order the answers in words by this.")
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
    order: str,
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
      pressmark ask --sheet questions.csv --out answers.csv
    """
    if sheet is not None or out is not None:
        beside = [
            question,
            published_from,
            published_to,
            *outlets,
            expect,
            k is not None,
            as_json,
            explain,
            order != ORDERS[0],
        ]
        _ask_sheet(sheet, out, archive, href, alone=not any(beside))
        return
    if question is None:
        raise click.UsageError("Missing argument 'QUESTION'.")
    if explain != bool(same_words(expect)):
        raise WrongUse(
            "--explain and --expect ANSWER go together: name the answer that should have been found, in words"
        )
    with plain_errors():
        only = Filter(
            parse_filter_date(published_from) if published_from else "",
            parse_filter_date(published_to) if published_to else "",
            outlets,
        )
        question, k = check_question(question), k if k is None else check_k(k)
        pipeline = open_pipeline(archive)
        check_outlets(outlets, pipeline.archive.store.outlets())
        prediction = pipeline.ask(question, k=k, only=only)
    if as_json:
        click.echo(json.dumps(prediction_to_json(prediction, href), ensure_ascii=False, indent=2))
    else:
        click.echo(_in_words(prediction, order))
        if prediction.notice:
            click.echo(prediction.notice, err=True)
    if explain:
        from qa.explain import explained

        click.echo(explained(pipeline, prediction, expect, only), err=True)
    if prediction.abstained:
        raise SystemExit(NothingToDo.exit_code)


def _ask_sheet(sheet: Path | None, out: Path | None, archive: Location, href: Href, *, alone: bool) -> None:
    """Answer all questions of a sheet into a file, and say how many."""
    from qa.sheet_run import answer_sheet, check_out

    if sheet is None or out is None or not alone:
        raise WrongUse("--sheet FILE and --out FILE go together, with --archive and nothing else")
    with plain_errors():
        check_out(out)
        questions = read_sheet(sheet.read_bytes())
        pipeline = open_pipeline(archive)
        with progress_bar(len(questions), "question", "answering") as bar:
            rows = answer_sheet(sheet, out, pipeline, href, bar.update)
    found = sum(row["answer"] != "" for row in rows)
    click.echo(f"{plural(len(rows), 'question')} of {sheet}, {found} answered, written to {out}", err=True)


def _in_words(prediction: Prediction, order: str) -> str:
    """Return a prediction as it stands in a terminal, the answers marked in colour."""
    if prediction.answers:
        answers = map(_answer_in_words, ordered(prediction.answers, order))
        return "\n\n".join([*_differing_in_words(prediction, order), *answers, *_possible_in_words(prediction)])
    nearest = "\n\n".join(_hit_in_words(hit) for hit in prediction.hits[:NEAREST])
    said = NOT_ANSWERED if prediction.language else NO_ANSWER
    nearest = f"Nearest passages:\n\n{nearest}" if nearest else ""
    return "\n\n".join(filter(None, [said, *_possible_in_words(prediction), nearest]))


def _differing_in_words(prediction: Prediction, order: str) -> list[str]:
    """Return one paragraph with what the answers say that differ, oldest first, by date a timeline; none if none do."""
    sayings, read = differing(prediction), articles_read(prediction)
    lines = ["These answers differ:"]
    for saying in sayings:
        for answer in saying.answers:
            when = in_words(answer.article.published) or "undated"
            who = _speaker_line(answer) if answer.attribution else copied(answer.article.outlet)
            lines.append(_indented(" · ".join(filter(None, [" ".join(printed(answer.text).split()), when, who]))))
        lines.append(_indented(f"({sources_in_words(saying, read)})"))
    if order == "date":
        lines.append(_indented(timeline(sayings)))
    return ["\n".join(lines)] if sayings else []


def _possible_in_words(prediction: Prediction) -> list[str]:
    """Return one paragraph that names what may hold the answer, none if nothing may."""
    if not prediction.possible:
        return []
    lines = [
        _indented(f"{copied(one.article.outlet) or 'unknown outlet'}: “{' '.join(printed(one.sentence.text).split())}”")
        + f"\n  {one.article.id} [{one.start}:{one.end}]"
        for one in prediction.possible
    ]
    return ["\n".join(["Other passages that may hold it:", *lines])]


def _answer_in_words(answer: Answer) -> str:
    sentence, text = answer.sentence, answer.article.text
    before, after = text[sentence.start : answer.start], text[answer.end : sentence.end]
    marked = click.style(printed(answer.text), fg="black", bg="yellow", bold=True)
    quotation = printed(before) + marked + printed(after)
    said = confidence_in_words(answer.confidence) + (", skimmed" if answer.skimmed else "")
    lines = [
        f"{click.style(' '.join(printed(answer.text).split()), bold=True)}  ({said})",
        _indented(f"“{' '.join(quotation.split())}”"),
        *([_indented(_speaker_line(answer))] if answer.attribution else []),
        _indented(_source_line(answer.article, page_in_words(answer))),
        f"  {answer.article.id} [{answer.start}:{answer.end}]",
        *(_indented(f"this page was {doubt}") for doubt in page_doubts(answer)),
    ]
    if printed(sentence.text) != sentence.text:
        lines.append(_indented(LEFT_OUT))
    places = [f"{span.article.id} [{span.start}:{span.end}]" for span in answer.supports]
    if answer.copies:
        places.append(f"{'and ' if places else ''}in {plural(len(answer.copies), 'copy', 'copies')}")
    if places:
        lines.append(_indented(f"the same words: {', '.join(places)}"))
    return "\n".join(lines)


def _speaker_line(answer: Answer) -> str:
    return f"{said_by(answer)}, reported by {copied(answer.article.outlet) or 'an unknown outlet'}"


def _hit_in_words(hit: Hit) -> str:
    passage = hit.passage
    return "\n".join(
        [
            f"{hit.rank}. {_source_line(passage.article, page_in_words(passage))}",
            _indented(" ".join(printed(passage.text).split())),
            f"  {passage.article.id} [{passage.start}:{passage.end}]",
            *(_indented(f"this page was {doubt}") for doubt in page_doubts(passage)),
        ]
    )


def _source_line(article: Article, page: str) -> str:
    title = textwrap.shorten(article.title, TITLE, placeholder=" …")
    parts = (article.outlet, in_words(article.published), article.byline, title, page)
    return " · ".join(copied(part) for part in parts if part)


def _indented(text: str) -> str:
    width = min(shutil.get_terminal_size().columns, 100)
    return click.wrap_text(text, width, initial_indent="  ", subsequent_indent="  ")
