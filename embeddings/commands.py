"""The command line of the archive: `pressmark index`."""

import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from embeddings.command_line import SHOWN, NothingToDo, archive_option, plain_errors, progress_bar
from embeddings.encoder import DEFAULT_ENCODER
from embeddings.encoders import load_encoder
from embeddings.files.articles import check_paths, find_files
from embeddings.files.fields import FieldNames
from embeddings.indexing.run import NOTHING_SAID, IndexReport, Said, index_files
from embeddings.indexing.watch import watch as keep_watching
from embeddings.locations import Location, open_or_create
from embeddings.plural import plural


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
@click.option("--encoder", envvar="PRESSMARK_ENCODER", default=DEFAULT_ENCODER, show_default=True, show_envvar=True)
@click.option("--cache", envvar="PRESSMARK_CACHE", type=click.Path(path_type=Path), default=None, hidden=True)
@click.option("--prune", is_flag=True, help="Remove articles whose files below PATHS are gone.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C: index what comes and changes, remove what goes.")
def index(
    *,
    paths: Sequence[Path],
    archive: Location,
    fields: Sequence[str],
    encoder: str,
    cache: Path | None,
    prune: bool,
    watch: bool,
) -> None:
    """Add the articles in files and folders to the archive, or update them.

    Reads text, Markdown, HTML, JSON, JSON Lines, CSV, PDF, mails, feeds and web archives, also in .gz and .zip. What
    cannot be read is named, with the reason; the rest goes in. Doing it again changes only what changed, and reads only
    the files that changed. If it is interrupted, what was stored stays, and the next time goes on from there.

    \b
    Examples:
      pressmark index seeds/
      pressmark index exports/2024.jsonl.gz clippings/ --archive ~/newsroom
      pressmark index export.csv --field title=headline_main --field text=body
      pressmark index clippings/ --prune
      pressmark index incoming/ --watch
    """
    with plain_errors():
        said = Said(FieldNames.parse(fields))
    if watch:
        _keep_indexed(paths, archive, encoder, cache, said)
        return
    with plain_errors():
        report = index_with_progress(paths, archive, encoder, cache, said, prune=prune)
    _say(report, archive, prune=prune)
    if not report.read:
        raise NothingToDo(f"no article was found in {', '.join(map(str, paths))}")


def index_with_progress(
    paths: Sequence[Path],
    archive: Location,
    encoder: str,
    cache: Path | None,
    said: Said = NOTHING_SAID,
    *,
    prune: bool = False,
) -> IndexReport:
    """Index paths into an archive, made if there is none, with a progress bar if it takes more than a second."""
    files = find_files(paths)
    if not files:
        return IndexReport()
    model = load_encoder(encoder, cache)
    opened = open_or_create(archive, model)
    try:
        with progress_bar(sum(file.size for file in files), "B") as bar:
            return index_files(opened, files, bar.update, said, prune_below=paths if prune else ())
    finally:
        opened.close()


def _keep_indexed(paths: Sequence[Path], archive: Location, encoder: str, cache: Path | None, said: Said) -> None:
    """Index paths again and again, until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with plain_errors():
            check_paths(paths)  # a path that is missing from the start is a mistake
            model = load_encoder(encoder, cache)
            with closing(open_or_create(archive, model)) as opened:
                click.echo(f"Watching {', '.join(map(str, paths))} for {archive}, until Ctrl-C", err=True)
                keep_watching(opened, paths, threading.Event(), lambda report: _say(report, archive, prune=True), said)
    except KeyboardInterrupt:
        click.echo("Stopped; what was stored stays.", err=True)


def _say(report: IndexReport, archive: Location, *, prune: bool) -> None:
    """Print what became of everything, and what could not be read."""
    removed = f"{report.removed:,} removed, " if prune else ""
    click.echo(
        f"{archive}: {plural(report.read, 'article')} read: {report.added:,} added, {report.changed:,} changed, "
        f"{removed}{report.unchanged:,} unchanged; {len(report.unread):,} not read"
    )
    sys.stdout.flush()
    for unread in report.unread[:SHOWN]:
        click.echo(f"not read: {unread.source}: {unread.reason}", err=True)
    if len(report.unread) > SHOWN:
        click.echo(f"not read: {len(report.unread) - SHOWN:,} more", err=True)
