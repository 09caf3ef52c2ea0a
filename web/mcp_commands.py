"""The command line for agents: `pressmark mcp`."""

from importlib.metadata import version
from pathlib import Path

import click

from embeddings.command_line import WrongUse, archive_option, plain_errors
from embeddings.locations import Location
from qa.commands import open_pipeline


@click.command()
@archive_option
@click.option(
    "--http", "port", type=click.IntRange(0, 65535), help="Serve over HTTP on this port of 127.0.0.1, at /mcp."
)
@click.option(
    "--tokens", metavar="FILE", type=click.Path(path_type=Path), help="Over HTTP, only who has a token may ask."
)
def mcp(archive: Location, port: int | None, tokens: Path | None) -> None:
    """Give agents the archive's tools over the Model Context Protocol: ask, search, read_article; on standard streams.

    \b
    Examples:
      pressmark mcp --archive ~/newsroom
      pressmark mcp --http 8001 --tokens tokens.json
    """
    try:
        import mcp as _  # noqa: F401
    except ImportError as error:
        raise WrongUse("the Model Context Protocol is an extra: pip install 'pressmark[mcp]'") from error
    if tokens and port is None:
        raise WrongUse("--tokens guards HTTP alone; name a port with --http, or leave --tokens out")
    from web.mcp import guarded, server
    from web.tokens import Tokens

    with plain_errors():
        known = Tokens(tokens) if tokens else None
        made = server(open_pipeline(archive), version("pressmark"))
    if port is None:
        made.run("stdio")
        return
    import uvicorn

    app = made.streamable_http_app()
    uvicorn.run(guarded(app, known) if known else app, host="127.0.0.1", port=port, log_level="warning")
