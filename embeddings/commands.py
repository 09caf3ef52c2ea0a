"""The command line of the archive: `pressmark index`."""

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path

import click

from embeddings.archives import GrowingArchive
from embeddings.command_line import SHOWN, NothingToDo, WrongUse, archive_option, plain_errors, progress_bar
from embeddings.encoder import DEFAULT_ENCODER
from embeddings.encoders import load_encoder
from embeddings.files.decoding import clean_line, known_encoding
from embeddings.files.fields.names import FieldNames
from embeddings.files.finding import InputFile, check_paths, find_files
from embeddings.files.pieces import Unread
from embeddings.folder.check import rebuild
from embeddings.indexing.index import index_files
from embeddings.indexing.reports import IndexReport
from embeddings.indexing.said import NOTHING_SAID, Said
from embeddings.indexing.standard_input import standard_input
from embeddings.indexing.watch import watch as keep_watching
from embeddings.locations import Location, open_or_create
from embeddings.plural import plural
from embeddings.sources import Source, file_of

STANDARD_INPUT = Path("-")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@archive_option
@click.option(
    "--field",
    "fields",
    metavar="FIELD=NAME",
    multiple=True,
    help="What an export calls a field, in JSON and CSV: title=headline_main, title=headline.main. May be repeated.",
)
@click.option(
    "--encoding", metavar="NAME", default="", help="What the text is in, such as cp1254, where a guess is wrong."
)
@click.option(
    "--ocr/--no-ocr",
    "recognise",
    default=True,
    help="Read scans by machine where tesseract is installed.  [default: ocr]",
)
@click.option("--outlet", default="", help="Whose articles these are, where they do not say it themselves.")
@click.option("--collection", metavar="NAME", default="", help="A name for this batch, for `remove --collection`.")
@click.option("--format", "form", metavar="SUFFIX", default="", help="What comes on standard input: jsonl, csv, rss, …")
@click.option(
    "--unread", metavar="FILE", type=click.Path(path_type=Path), help="Write all that was not read, as JSON Lines."
)
@click.option("--encoder", envvar="PRESSMARK_ENCODER", default=DEFAULT_ENCODER, show_default=True, show_envvar=True)
@click.option("--cache", envvar="PRESSMARK_CACHE", type=click.Path(path_type=Path), default=None, hidden=True)
@click.option("--prune", is_flag=True, help="Remove articles whose files below PATHS are gone.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C: index what comes and changes, remove what goes.")
def index(
    *,
    paths: Sequence[Path],
    archive: Location,
    fields: Sequence[str],
    encoding: str,
    recognise: bool,
    outlet: str,
    collection: str,
    form: str,
    unread: Path | None,
    encoder: str,
    cache: Path | None,
    prune: bool,
    watch: bool,
) -> None:
    """Add the articles in files and folders to the archive, or update them.

    Reads text, Markdown, HTML, JSON, JSON Lines, CSV, PDF, mails, feeds and web archives, also in .gz and .zip. What
    cannot be read is named, with the reason; the rest goes in. Doing it again changes only what changed, and reads only
    the files that changed. If it is interrupted, what was stored stays, and the next time goes on from there. The path
    - is standard input, of the format that --format says.

    \b
    Examples:
      pressmark index seeds/
      pressmark index exports/2024.jsonl.gz clippings/ --archive ~/newsroom
      pressmark index export.csv --field title=headline_main --field text=body
      pressmark index gazette/ --outlet Gazette --collection 2024-05
      pressmark index - --format jsonl < export.jsonl
      pressmark index clippings/ --prune --unread unread.jsonl
      pressmark index incoming/ --watch
    """
    with plain_errors():
        said = Said(
            FieldNames.parse(fields), _checked_encoding(encoding), clean_line(outlet), clean_line(collection), recognise
        )
    piped = STANDARD_INPUT in paths
    if piped and (len(paths) > 1 or prune or watch):
        raise WrongUse("standard input, -, is read alone, and neither with --prune nor with --watch")
    if watch:
        _keep_indexed(paths, archive, encoder, cache, said)
        return
    with plain_errors():
        _check_there(paths, prune=prune)
        with standard_input(form) if piped else nullcontext() as file:
            files = find_files(paths) if file is None else [file]
            report = index_with_progress(paths, archive, encoder, cache, said, files=files, prune=prune)
        if unread is not None:
            unread.write_text("".join(map(_unread_line, [*report.unread, *report.older])), encoding="utf-8")
    _say(report, archive, prune=prune, all_in=unread)
    if not report.read:
        why = _not_pruned(paths) if prune and not report.removed else ""
        raise NothingToDo(f"no article was found in {', '.join(map(str, paths))}{why}")


def _checked_encoding(said: str) -> str:
    """Return the encoding; ValueError if there is none of this name."""
    try:
        return known_encoding(said)
    except ValueError as error:
        raise ValueError(f"--encoding {said!r} is no known encoding; cp1254 and utf-8 are") from error


def index_with_progress(
    paths: Sequence[Path],
    archive: Location,
    encoder: str,
    cache: Path | None,
    said: Said = NOTHING_SAID,
    *,
    files: Sequence[InputFile] | None = None,
    prune: bool = False,
) -> IndexReport:
    """Index paths into an archive, made if there is none, with a progress bar if it takes more than a second.

    `files` are those at the paths, if they are known. Where something was pruned, nothing of it is left in any file.
    """
    files = find_files(paths) if files is None else files
    if not files:
        return IndexReport()
    model = load_encoder(encoder, cache)
    opened = open_or_create(archive, model)
    try:
        with progress_bar(sum(file.size for file in files), "B") as bar:
            report = index_files(opened, files, bar.update, said, prune_below=paths if prune else ())
    finally:
        opened.close()
    if report.removed and archive.folder is not None:
        rebuild(archive.folder)
    return report


def _check_there(paths: Sequence[Path], *, prune: bool) -> None:
    """Raise FileNotFoundError if a path is gone below which articles are to be pruned: that is not done by itself."""
    for path in paths if prune else ():
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist{_not_pruned([path])}")


def _not_pruned(paths: Sequence[Path]) -> str:
    """Return why nothing was removed below paths, and how that is done: the end of a message."""
    cures = " and ".join(f"pressmark remove --from-file {path}" for path in paths)
    return f": it may be a disk that is not there, so nothing is removed. To take out what was read there: {cures}"


def _keep_indexed(paths: Sequence[Path], archive: Location, encoder: str, cache: Path | None, said: Said) -> None:
    """Index paths again and again, until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with plain_errors():
            check_paths(paths)  # a path that is missing from the start is a mistake
            model = load_encoder(encoder, cache)
            with closing(open_or_create(archive, model)) as opened:
                click.echo(f"Watching {', '.join(map(str, paths))} for {archive}, until Ctrl-C", err=True)
                keep_watching(opened, paths, threading.Event(), partial(_say_and_forget, opened, archive), said)
    except KeyboardInterrupt:
        click.echo("Stopped; what was stored stays.", err=True)


def _say_and_forget(opened: GrowingArchive, archive: Location, report: IndexReport) -> None:
    """Print what became of everything, and leave nothing of what was removed in any file."""
    _say(report, archive, prune=True)
    if report.removed:
        opened.forget_removed()


def _say(report: IndexReport, archive: Location, *, prune: bool, all_in: Path | None = None) -> None:
    """Print what became of everything, and what could not be read; `all_in` is the file that names all of that."""
    removed = f"{report.removed:,} removed, " if prune else ""
    click.echo(
        f"{archive}: {plural(report.read, 'article')} read: {report.added:,} added, {report.changed:,} changed, "
        f"{removed}{report.unchanged:,} unchanged; {len(report.unread):,} not read"
    )
    for said in _versions(report):
        click.echo(said)
    sys.stdout.flush()
    _name("not read", report.unread, all_in)
    _name("left out", report.older, all_in)
    _name("alike", report.alike, None)
    _name("doubtful", report.doubtful, None)
    _name("waiting", report.waiting, None)
    _name("kept", report.absent, None)
    for note, count in sorted(report.notes.items()):
        click.echo(f"{plural(count, 'article')} {note}", err=True)


def _versions(report: IndexReport) -> Iterator[str]:
    """Yield what left the archive, or did not come into it, for a version that counts."""
    if report.replaced:
        yield f"{plural(report.replaced, 'article')} replaced by a newer version read elsewhere"
    if report.older:
        yield f"{plural(len(report.older), 'older version')} left out: a newer one is in the archive"
    if report.withdrawn:
        yield f"{plural(report.withdrawn, 'article')} taken back by the newsroom: kept out of sight"
    if report.joined:
        yield f"{plural(report.joined, 'article')} removed: shown to be another version of one in the archive"


def _name(what: str, found: Sequence[Unread], all_in: Path | None) -> None:
    """Name the first of what was found, and say where the rest is."""
    for each in found[:SHOWN]:
        click.echo(f"{what}: {each.source}: {each.reason}", err=True)
    if len(found) > SHOWN:
        rest = f"all of them are in {all_in}" if all_in else "name a file for all of them with --unread FILE"
        click.echo(f"{what}: {len(found) - SHOWN:,} more; {rest}", err=True)


def _unread_line(unread: Unread) -> str:
    """Return what was not read as a line of JSON: file, place in it, "" if it is all of it, and why."""
    file = file_of(unread.source) or Source.at(unread.source)
    place = unread.source[len(file) :].lstrip("#/")
    return json.dumps({"file": file, "place": place, "reason": unread.reason}, ensure_ascii=False) + "\n"
