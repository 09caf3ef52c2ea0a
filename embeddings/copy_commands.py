"""The command line of what leaves an archive whole: `pressmark export`, `backup` and `restore`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from embeddings.archive_commands import opened_database
from embeddings.command_line import NothingToDo, folder_option, plain_errors
from embeddings.export import is_read_as_it_is, line_of
from embeddings.folder.backup import back_up
from embeddings.folder.backup import restore as restore_from
from embeddings.plural import plural

replace_option = click.option("--replace", is_flag=True, help="Write over FILE if it is there already.")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@folder_option
@replace_option
def export(file: Path, archive: Path, replace: bool) -> None:
    """Write all articles to FILE as JSON Lines, an article a line, as `pressmark index` reads them; - is the terminal.

    FILE is there whole or not at all. Collections and the pages of PDFs come back with the articles; what their
    newsrooms took back is not in it, nor at which places each was read.

    \b
    Examples:
      pressmark export articles.jsonl
      pressmark export - --archive ~/newsroom | gzip > articles.jsonl.gz
    """
    written = odd = 0
    with plain_errors():
        if str(file) != "-":
            _check_free(file, archive, replace=replace)
    with plain_errors(), opened_database(archive) as database, _opened(file) as out:
        for article in database.kept():
            out.write(line_of(article))
            written += 1
            odd += not is_read_as_it_is(article)
        if not written:
            raise NothingToDo(f"there is no article in {archive} to export")
        taken_back, _ = database.hidden_counts()
    click.echo(f"{plural(written, 'article')} of {archive} written to {file}", err=True)
    if taken_back:
        click.echo(f"{plural(taken_back, 'article')} taken back by the newsroom left out", err=True)
    if odd:
        said = plural(odd, "article")
        click.echo(f"{said} of these show what looks like HTML; index would read the words that it shows", err=True)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@folder_option
@replace_option
def backup(file: Path, archive: Path, replace: bool) -> None:
    """Copy the archive to FILE, as it is at one moment, also while it is asked and written to.

    FILE is there whole or not at all. The indexes are not in it: they are made anew from it.

    \b
    Example:
      pressmark backup /backups/news-2024-05-01.sqlite
    """
    with plain_errors():
        _check_free(file, archive, replace=replace)
        counts = back_up(archive, file)
    click.echo(f"{plural(counts.articles, 'article')}, {plural(counts.passages, 'passage')} of {archive} are in {file}")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@folder_option
def restore(file: Path, archive: Path) -> None:
    """Make an archive of a copy that `pressmark backup` made, in a new or empty folder.

    \b
    Example:
      pressmark restore /backups/news-2024-05-01.sqlite --archive ~/newsroom
    """
    with plain_errors():
        counts = restore_from(file, archive)
    click.echo(f"{plural(counts.articles, 'article')}, {plural(counts.passages, 'passage')} of {file} are in {archive}")


def _check_free(file: Path, archive: Path, *, replace: bool) -> None:
    """Raise FileNotFoundError or ValueError unless a file may be written beside an archive."""
    if not file.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {file.parent}; make it first, or name another one")
    if archive.resolve() in file.resolve().parents:
        raise ValueError(f"{file} lies within the archive {archive}; name a file elsewhere")
    if file.exists() and not replace:
        raise ValueError(f"{file} is there already; name another file, or write over it with --replace")


@contextmanager
def _opened(file: Path) -> Iterator[IO[str]]:
    """Yield what to write to; a file takes the place of an older one when all is written."""
    if str(file) == "-":
        yield sys.stdout
        return
    draft = file.with_name(f"{file.name}.draft")
    try:
        with draft.open("w", encoding="utf-8") as out:
            yield out
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
