"""The command line of taking articles out: `pressmark remove`."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from embeddings.archive_commands import date_of, line_of, opened_database
from embeddings.command_line import SHOWN, WrongUse, folder_option, outlets_option, plain_errors
from embeddings.folder.check import rebuild
from embeddings.folder.database import Database
from embeddings.folder.indexes import Indexes
from embeddings.indexing.pruning import Departure, departure
from embeddings.plural import plural
from embeddings.records import ListedArticle, SourceChanges
from embeddings.sources import is_below, paths_of
from embeddings.types import Filter

ALL = Filter()
NO_CHANGES = SourceChanges()


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
                chosen = list(database.entries(Filter(outlets=outlets), date_of(before)))
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


def _chosen(database: Database, ids: Sequence[str]) -> list[ListedArticle]:
    """Return the articles of these ids. Raises FileNotFoundError if there is none of an id."""
    wanted = dict.fromkeys(ids)
    found = {entry.id: entry for entry in database.entries(ALL) if entry.id in wanted}
    for article_id in wanted:
        if article_id not in found:
            raise FileNotFoundError(f"there is no article {article_id!r}; nothing was removed")
    return [found[article_id] for article_id in wanted]


def _name(entries: Sequence[ListedArticle], *, err: bool = False) -> None:
    for entry in entries[:SHOWN]:
        click.echo(line_of(entry), err=err)
    if len(entries) > SHOWN:
        click.echo(f"and {len(entries) - SHOWN:,} more", err=err)
