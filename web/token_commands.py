"""The command line of tokens: `pressmark token make`, `list` and `revoke`."""

from pathlib import Path

import click

from embeddings.command_line import NothingToDo, plain_errors
from web.tokens import Rights, make_token, read_tokens, revoke_token

file_option = click.option(
    "--tokens", "file", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file."
)


@click.group()
def token() -> None:
    """Say who may ask a server, and who may write to its archive: `pressmark serve --tokens FILE`."""


@token.command()
@click.argument("name")
@file_option
@click.option("--write", is_flag=True, help="It may post and delete articles, too.")
def make(name: str, file: Path, write: bool) -> None:
    """Make a token and print it, this once: what is kept of it is a hash.

    \b
    Example:
      pressmark token make desk --tokens tokens.json
    """
    with plain_errors():
        secret = make_token(file, name, Rights.WRITE if write else Rights.READ)
    click.echo(secret)
    click.echo(
        f"{file} has a hash of it, and a running server takes it at once; keep it where passwords are kept", err=True
    )


@token.command("list")
@file_option
def list_tokens(file: Path) -> None:
    """Name the tokens, a line each: name, rights and the day each was made.

    \b
    Example:
      pressmark token list --tokens tokens.json
    """
    with plain_errors():
        tokens = read_tokens(file)
    for each in tokens:
        click.echo(f"{each.name}\t{each.rights}\t{each.made}")
    if not tokens:
        raise NothingToDo(f"there is no token in {file}")


@token.command()
@click.argument("name")
@file_option
def revoke(name: str, file: Path) -> None:
    """Take a token back: a running server refuses it at once.

    \b
    Example:
      pressmark token revoke desk --tokens tokens.json
    """
    with plain_errors():
        try:
            revoke_token(file, name)
        except KeyError as error:
            raise FileNotFoundError(f"there is no token {name!r} in {file}") from error
    click.echo(f"{name} is revoked")
