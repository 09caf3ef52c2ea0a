"""The command line of what is in an archive: `pressmark list`, `info`, `remove` and `check`."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from embeddings.command_line import SHOWN, NothingToDo, WrongUse, folder_option, outlets_option, plain_errors
from embeddings.dates import in_words, parse_filter_date
from embeddings.folder.check import Fault, Saved, find_faults, rebuild, repair
from embeddings.folder.database import Database
from embeddings.folder.indexes import Indexes
from embeddings.folder.overview import Overview, overview
from embeddings.folder.paths import Paths, check_exists
from embeddings.indexing.pruning import Departure, departure
from embeddings.plural import plural
from embeddings.records import ListedArticle, SourceChanges
from embeddings.sources import is_below, paths_of
from embeddings.types import Filter

ALL = Filter()
NO_CHANGES = SourceChanges()


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
        for entry in database.entries(Filter(_date(published_from), _date(published_to), outlets)):
            found = True
            click.echo(json.dumps(asdict(entry), ensure_ascii=False) if as_json else _line(entry))
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


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@folder_option
@outlets_option("All articles of this outlet; also several times.")
@click.option("--before", metavar="DATE", default="", help="All articles that were published before; no undated ones.")
@click.option("--from-file", metavar="PATH", default="", help="All that was read in this file or folder, gone or not.")
@click.option("--collection", metavar="NAME", default="", help="All that came with this `index --collection`.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(
    *,
    ids: Sequence[str],
    archive: Path,
    outlets: tuple[str, ...],
    before: str,
    from_file: str,
    collection: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """Remove articles from the archive: by id, of an outlet, of a time, or what was read in a place or a collection.

    With --outlet and --before, articles go for which both is so. With --from-file and --collection, an article that
    was read elsewhere, too, goes on as that one. An article whose file is still in a folder that is indexed comes back
    the next time: delete the file, too. Nothing of what was removed is left in the archive's files.

    \b
    Examples:
      pressmark remove 004_802d376f4d3385fe
      pressmark remove --outlet Azernews --before 2020 --yes
      pressmark remove --from-file clippings/ --dry-run
      pressmark remove --collection 2024-05
    """
    if sum(map(bool, (ids, outlets or before, from_file, collection))) != 1:
        raise WrongUse(
            "name what to remove: either ids, or --outlet or --before or both, or --from-file, or --collection"
        )
    with plain_errors():
        with opened_database(archive) as database:
            found = _read_at(database, from_file, collection) if from_file or collection else Departure([], NO_CHANGES)
            everything = ids or found.gone
            chosen = _chosen(database, everything) if everything or found.changes else []
            if outlets or before:
                chosen = list(database.entries(Filter(outlets=outlets), _date(before)))
        if not chosen and not found.changes:
            raise FileNotFoundError(f"no article in {archive} is like that; what there is, says: pressmark info")
        if dry_run or not yes:
            _name(chosen, err=not dry_run)
            _say_kept(found)
        if dry_run:
            click.echo(f"{archive}: {plural(len(chosen), 'article')} would be removed")
            return
        if not yes:
            click.confirm(f"Remove {plural(len(chosen), 'article')} from {archive}?", abort=True, err=True)
        _take_out(archive, [entry.id for entry in chosen], found.changes)
    click.echo(f"{archive}: {plural(len(chosen), 'article')} removed")
    _name(chosen)


def _read_at(database: Database, path: str, collection: str) -> Departure:
    """Return what becomes of the articles that were read in a file or folder, or came with a collection."""
    roots = {os.path.realpath(path), path.rstrip("/")} if path else set()
    of_collection = database.ids_in_collection(collection) if collection else set()

    def is_there(source: str) -> bool:
        return any(is_below(source, root) for root in roots)

    return departure(
        database.sources(),
        database.other_sources(),
        lambda article_id, source: article_id in of_collection or is_there(source),
        lambda other: bool(collection and other.collection == collection) or is_there(other.source),
    )


def _say_kept(found: Departure) -> None:
    """Say how many articles stay that were read elsewhere, too."""
    if found.changes.handed:
        count = plural(len(found.changes.handed), "article")
        click.echo(f"{count} read elsewhere, too, will go on as read there", err=True)


def _take_out(archive: Path, ids: Sequence[str], changes: SourceChanges) -> None:
    """Remove articles and change the places of others, and leave nothing of it in any file."""
    with closing(Indexes(archive)) as indexes:
        database = indexes.database
        try:
            with indexes.writing(), database.transaction():
                database.rearrange(changes)
                database.note_sources(changes)
                database.forget_files({path for source in changes.dropped for path in paths_of(source)})
                if ids:
                    database.remove(ids)
        except KeyError as error:
            raise ValueError(f"article {error} was removed by another process; nothing else was: try again") from error
    rebuild(archive)


@click.command()
@folder_option
@click.option(
    "--repair", "mend", is_flag=True, help="Build damaged indexes anew; of a damaged database save what is whole."
)
def check(archive: Path, mend: bool) -> None:
    """Look through the whole archive: database, articles, passages, vectors and both indexes.

    The exit status is 1 if something is wrong, and stays wrong with --repair.

    \b
    Examples:
      pressmark check
      pressmark check --repair --archive ~/newsroom
    """
    with plain_errors():
        faults = find_faults(archive)
        if not faults:
            click.echo(f"{archive} is whole")
            return
        _name_faults(faults)
        if not mend:
            raise NothingToDo(f"something is wrong with {archive}; the cure: pressmark check --repair")
        saved = repair(archive, faults)
        if saved is None:
            faults = find_faults(archive)
    if saved is not None:
        raise NothingToDo(_rescue(archive, saved))
    _name_faults(faults)
    if faults:
        raise NothingToDo(f"something is still wrong with {archive}")
    click.echo(f"{archive} is whole again")


def _name_faults(faults: Sequence[Fault]) -> None:
    for fault in faults:
        click.echo(f"{fault.part}: {fault.what}")


def _rescue(archive: Path, saved: Saved) -> str:
    """Return what was saved of a damaged database, and how to index it anew."""
    lost = f"; {plural(saved.lost, 'article')} could not be read whole" if saved.lost else ""
    return (
        f"the database cannot be repaired: {plural(saved.articles, 'article')} saved to {saved.path}{lost}. Restore "
        f"{archive} from a copy, or put it aside and do: pressmark index {saved.path} --archive {archive}, and index "
        "again what the articles came from"
    )


def _chosen(database: Database, ids: Sequence[str]) -> list[ListedArticle]:
    """Return the articles of these ids. Raises FileNotFoundError if there is none of an id."""
    wanted = dict.fromkeys(ids)
    found = {entry.id: entry for entry in database.entries(ALL) if entry.id in wanted}
    for article_id in wanted:
        if article_id not in found:
            raise FileNotFoundError(f"there is no article {article_id!r}; nothing was removed")
    return [found[article_id] for article_id in wanted]


def _date(text: str) -> str:
    return parse_filter_date(text) if text else ""


def _line(entry: ListedArticle) -> str:
    family = [f"family {entry.family}"] if entry.copies else []
    hidden = ["withdrawn"] if entry.withdrawn else [f"embargoed until {entry.embargo} UTC"] if entry.embargo else []
    return "\t".join([entry.published, entry.outlet, entry.title, entry.id, *family, *hidden])


def _name(entries: Sequence[ListedArticle], *, err: bool = False) -> None:
    for entry in entries[:SHOWN]:
        click.echo(_line(entry), err=err)
    if len(entries) > SHOWN:
        click.echo(f"and {len(entries) - SHOWN:,} more", err=err)


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
