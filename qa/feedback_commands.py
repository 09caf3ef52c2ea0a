"""The command line of feedback: `pressmark feedback list` and `export`."""

import json
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from embeddings.command_line import NothingToDo, WrongUse, archive_option, plain_errors
from embeddings.cures import make_archive
from embeddings.encoders import load_encoder
from embeddings.folding import copied
from embeddings.locations import Location, open_archive
from embeddings.plural import plural
from embeddings.writing import write_whole
from qa.feedback import IN_WORDS, FeedbackFile, default_file, to_json
from qa.feedback_export import Find, Sorted, in_own_format, in_squad_format, sort_out
from qa.settings import Settings

SHOWN = 20
"""Reasons that are told one by one."""


@click.group()
def feedback() -> None:
    """See what was said of answers on the page, and make questions to evaluate with of it."""


@feedback.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, as the file has them.")
def list_feedback(*, as_json: bool) -> None:
    """List what was said of answers, an answer a line, the last one last; PRESSMARK_FEEDBACK is the file.

    \b
    Example:
      pressmark feedback list
    """
    with plain_errors():
        file = _file(Settings.from_env())
        given = file.all()
    if not given:
        raise NothingToDo(f"there is no feedback in {file.path}; it is given on the page, below an answer")
    for each in given:
        if as_json:
            click.echo(json.dumps(to_json(each), ensure_ascii=False))
        else:
            place = f"{each.article} [{each.start}:{each.end}]"
            said = f"{each.time[:10]}  {IN_WORDS[each.verdict]}: {each.question} → “{each.text}”  {place}"
            click.echo(" ".join(copied(said).split()))
    counted = Counter(IN_WORDS[each.verdict] for each in given)
    click.echo(f"{plural(len(given), 'answer')}: {', '.join(f'{n} {word}' for word, n in counted.items())}", err=True)


@feedback.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@archive_option
def export(file: Path, archive: Location) -> None:
    """Write the questions of which it was said what is right to FILE: .jsonl, or .json for SQuAD's format.

    `pressmark evaluate answers` and `pressmark train calibration` take both, a .jsonl with --archive. Each answer is
    compared with its article. What cannot be a question is named.

    \b
    Examples:
      pressmark feedback export judged.jsonl
      pressmark feedback export judged.json --archive ~/newsroom
    """
    if file.suffix not in {".jsonl", ".json"}:
        raise WrongUse(
            f"{file} ends in {file.suffix!r}; name it .jsonl for questions on the archive, or .json for SQuAD's"
        )
    with plain_errors():
        settings = replace(Settings.from_env(), archive=archive)
        given = _file(settings).all()
        if not archive.exists():  # the seeds are no stand-in: what was said elsewhere is none of theirs
            raise FileNotFoundError(
                f"there is no archive in {archive}, and what was said is compared with the articles: name the archive "
                f"that was asked with --archive, or {make_archive(archive)}"
            )
        with closing(open_archive(archive, load_encoder(settings.encoder, settings.cache))) as opened:
            done = sort_out(given, opened.store.article)
            if done.judged:
                write_whole(file, _written(file, done, opened.store.article).encode())
    for reason in done.left_out[:SHOWN]:
        click.echo(f"left out: {copied(reason)}", err=True)
    if len(done.left_out) > SHOWN:
        click.echo(f"… and {len(done.left_out) - SHOWN} more", err=True)
    if not done.judged:
        raise NothingToDo("there is no feedback that says what is right, so there is nothing to export")
    click.echo(f"{plural(len(done.judged), 'question')} written to {file}", err=True)


def _file(settings: Settings) -> FeedbackFile:
    return FeedbackFile(settings.feedback or default_file())


def _written(file: Path, done: Sorted, find: Find) -> str:
    if file.suffix == ".json":
        return json.dumps(in_squad_format(done.judged, find), ensure_ascii=False)
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in in_own_format(done.judged))
