"""The command line of looking an archive through: `pressmark check`."""

from collections.abc import Sequence
from pathlib import Path

import click

from embeddings.command_line import NothingToDo, folder_option, plain_errors
from embeddings.folder.check import Fault, Saved, find_faults, repair
from embeddings.plural import plural


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
