"""The command line for agents: `pressmark mcp`."""

from contextlib import closing
from pathlib import Path

import click

from embeddings.command_line import WrongUse, archive_option, plain_errors
from embeddings.locations import Location
from qa.commands import open_pipeline
from web.admission import access_of, address_of, check_said, listen

HOST = "127.0.0.1"


@click.command()
@archive_option
@click.option("--http", "port", type=click.IntRange(0, 65535), help="Serve over HTTP on this port, at /mcp.")
@click.option("--host", default=HOST, show_default=True, help="The address that --http listens on.")
@click.option(
    "--tokens", metavar="FILE", type=click.Path(path_type=Path), help="Over HTTP, only who has a token of FILE may ask."
)
@click.option("--public", is_flag=True, help="Over HTTP, anybody who reaches the server may ask.")
@click.option(
    "--rate", metavar="RATE", default="", help="How often one may ask.  [default: 300/minute, without loopback]"
)
@click.option("--page", metavar="URL", default="", help="Where people see this archive's pages: quotations link there.")
def mcp(
    archive: Location, port: int | None, host: str, tokens: Path | None, public: bool, rate: str, page: str
) -> None:
    """Give agents the archive's tools over the Model Context Protocol: ask, search, read_article; on standard streams.

    \b
    Examples:
      pressmark mcp --archive ~/newsroom
      pressmark mcp --http 8001 --tokens tokens.json --page http://127.0.0.1:8000
    """
    try:
        import mcp as _  # noqa: F401
    except ImportError as error:
        cure = "pip install 'pressmark[mcp]', or in a checkout: pip install -e '.[mcp]'"
        raise WrongUse(f"the Model Context Protocol is an extra; install it with: {cure}") from error
    if port is None:
        _refuse_guards(**{"--tokens": tokens is not None, "--public": public, "--rate": rate, "--host": host != HOST})
    if page and not page.startswith(("http://", "https://")):
        raise WrongUse(f"--page {page!r} is no address; write one such as https://ask.newsroom.example")
    from web.mcp import Tools, server
    from web.mcp_serving import over_http, over_streams
    from web.taking_over import taken_over

    with plain_errors():
        may = access_of(tokens, (), rate, host)
    check_said(may, host, public=public)
    listening = None if port is None else listen(host, port, "--http")
    with plain_errors():
        pipeline = open_pipeline(archive)
    in_charge = {"PIPELINE": pipeline}
    made = server(Tools(lambda: in_charge["PIPELINE"], page))
    followed = pipeline.archive.following() if pipeline.settings.archive == archive else taken_over(in_charge, archive)
    with closing(pipeline.archive), followed:
        if listening is None:
            over_streams(made)
            return
        with closing(listening):
            click.echo(f"Tools for agents at {address_of(host, listening)}/mcp")
            over_http(made, listening, host, may)


def _refuse_guards(**given: object) -> None:
    """Raise WrongUse for an option that would guard nothing, because nothing is served over HTTP."""
    for name, is_given in given.items():
        if is_given:
            raise WrongUse(f"{name} is for HTTP alone; name a port with --http, or leave {name} out")
