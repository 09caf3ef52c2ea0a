"""The command line of what is in an archive: `pressmark list` and `info`."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from embeddings.command_line import SHOWN, NothingToDo, folder_option, outlets_option, plain_errors
from embeddings.dates import in_words, parse_filter_date
from embeddings.folder.database import Database
from embeddings.folder.overview import Overview, overview
from embeddings.folder.paths import Paths, check_exists
from embeddings.plural import plural
from embeddings.records import ListedArticle
from embeddings.types import Filter


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --from, --to and --outlet to a command, as `ask` has them."""
    for name, field, what in (
        ("--to", "published_to", "Only articles published on or before."),
        ("--from", "published_from", "Only articles published on or after."),
    ):
        command = click.option(name, field, default="", help=what)(command)
    return outlets_option("Only articles of this outlet; also several times.")(command)


@contextmanager
def opened_database(folder: Path) -> Iterator[Database]:
    """Open an archive's database alone: neither encoder nor indexes are needed. Raises FileNotFoundError."""
    check_exists(folder)
    with closing(Database(Paths(folder).database)) as database:
        yield database


@click.command("list")
@folder_option
@filter_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, an article a line.")
def list_articles(
    archive: Path, published_from: str, published_to: str, outlets: tuple[str, ...], as_json: bool
) -> None:
    """List the articles in the archive by date: date, outlet, title and id, with tabs between.

    Behind an article that has copies, or nearly, stands the number of its family: all of them have the same one. An
    article that is not shown says so: its newsroom took it back, or its embargo has not ended.

    \b
    Examples:
      pressmark list --from 2022-10 --outlet Azernews
      pressmark list --json | wc -l
    """
    found = False
    with plain_errors(), opened_database(archive) as database:
        for entry in database.entries(Filter(date_of(published_from), date_of(published_to), outlets)):
            found = True
            click.echo(json.dumps(asdict(entry), ensure_ascii=False) if as_json else line_of(entry))
    if not found:
        raise NothingToDo(f"no article in {archive} is like that; what there is, says: pressmark info")


@click.command()
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(archive: Path, as_json: bool) -> None:
    """Say what the archive holds, of whom and of when, how it was made, and what it takes.

    \b
    Example:
      pressmark info --archive ~/newsroom
    """
    with plain_errors(), opened_database(archive) as database:
        found = overview(archive, database)
    click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2) if as_json else _in_words(found))


def date_of(text: str) -> str:
    """Return the date that a filter is given, "" for none. Raises ValueError."""
    return parse_filter_date(text) if text else ""


def line_of(entry: ListedArticle) -> str:
    """Return an article as it is listed."""
    family = [f"family {entry.family}"] if entry.copies else []
    hidden = ["withdrawn"] if entry.withdrawn else [f"embargoed until {entry.embargo} UTC"] if entry.embargo else []
    return "\t".join([entry.published, entry.outlet, entry.title, entry.id, *family, *hidden])


def _in_words(found: Overview) -> str:
    """Return an overview as it stands in a terminal."""
    named = list(found.outlets.items())[:SHOWN]
    outlets = [f"{name or 'unknown'} ({count:,})" for name, count in named]
    languages = [f"{name or 'unknown'} ({count:,})" for name, count in found.languages.items()]
    more = len(found.outlets) - len(named)
    days = f"{in_words(found.first)} to {in_words(found.last)}" if found.first else "none"
    gaps = [f"{in_words(gap.first)} to {in_words(gap.last)} ({plural(gap.days, 'day')})" for gap in found.gaps]
    families = plural(found.families, "family", "families")
    rows = {
        "articles": f"{found.articles:,}",
        "passages": f"{found.passages:,}",
        "outlets": ", ".join([*outlets, *([f"and {more:,} more"] if more > 0 else [])]) or "none",
        "languages": ", ".join(languages) or "none",
        "dates": f"{days}; {found.undated:,} undated",
        "longest gaps": "; ".join(gaps) or "none",
        "not shown": f"{found.withdrawn:,} taken back by their newsrooms; {found.embargoed:,} under embargo",
        "copies": f"{found.copies:,} of these articles are copies of each other, in {families}",
        "encoder": f"{found.encoder}, {found.dimension} dimensions",
        "splitting": found.splitting,
        "generation": f"{found.generation:,}",
        "on disk": ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in found.sizes.items()),
        "indexes": ", ".join(f"{name} {said}" for name, said in found.health.items()),
    }
    return "\n".join(f"{name:14}{value}" for name, value in rows.items())
