"""What the commands share: how an archive is named, what a mistake says, and the exit status it ends with."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from embeddings.cures import DEFAULT_FOLDER
from embeddings.folder.sqlite import FULL_CURE
from embeddings.locations import Location, parse_location

SHOWN = 20
"""How many unread sources are named one by one."""


class NothingToDo(click.ClickException):
    """Ends a command with exit status 1: nothing to do, or not found."""

    exit_code = 1


class WrongUse(click.ClickException):
    """Ends a command with exit status 2: what was asked for cannot be done that way."""

    exit_code = 2


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what went wrong into one line on stderr and the exit status of the contract."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever reads the output has read enough
    except FileNotFoundError as error:
        raise NothingToDo(_said(error)) from error
    except (ValueError, OSError, MemoryError) as error:
        raise WrongUse(_said(error)) from error


def _said(error: Exception) -> str:
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    if error.filename is None:
        return f"what is printed cannot be written: {error.strerror}"
    if isinstance(error, FileNotFoundError):
        return f"{error.strerror}: {error.filename}; look at how it is spelled, and that its folder is there"
    cure = f"; {FULL_CURE}" if error.errno == errno.ENOSPC and FULL_CURE not in error.strerror else ""
    return f"{error.strerror}{cure}: {error.filename}"


def progress_bar(total: int, unit: str, what: str = "") -> Any:
    """Return a bar on stderr, which is shown if it is a terminal and this takes more than a second."""
    from tqdm import tqdm

    return tqdm(desc=what, total=total, unit=unit, unit_scale=True, delay=1, disable=None, leave=False)


LOCATION = "DIR|FILE.db|milvus://HOST:PORT/NAME"
"""How a location is typed."""


class LocationType(click.ParamType[Location]):
    """Where an archive lies, on a command line."""

    name = "location"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Location:
        """Return the location; a wrong address ends the command."""
        try:
            return parse_location(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --archive to a command, as a Location."""
    what = "The archive's folder, a Milvus Lite file, or an archive on a Milvus server."
    return _archive_option(metavar=LOCATION, help=what)(command)


def folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --archive to a command that looks into an archive's files, as a Path."""
    return _archive_option(metavar="DIR", help="The archive's folder.", callback=only_folder)(command)


def _archive_option(**others: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--archive",
        type=LocationType(),
        default=DEFAULT_FOLDER,
        envvar="PRESSMARK_ARCHIVE",
        show_default=True,
        show_envvar=True,
        **others,
    )


def only_folder(context: click.Context, _: click.Parameter, value: Location | None) -> Path | None:
    """Return where an archive lies if that is a folder, or None; raise WrongUse for any other kind of archive."""
    if value is None:
        return None
    if value.folder is None:
        raise WrongUse(f"{context.command_path} is for archives in a folder, {value} is in Milvus")
    return value.folder


def outlets_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds --outlet to a command, which may be given several times; a blank name is none."""
    return click.option(
        "--outlet",
        "outlets",
        multiple=True,
        callback=lambda _context, _option, names: tuple(filter(None, names)),
        help=what,
    )
