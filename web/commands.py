"""The command line's front door: `pressmark` with every layer's commands, and `serve`."""

import logging
import signal
import socket
from importlib.metadata import version

import click

from embeddings.archive_commands import check, info, list_articles, remove
from embeddings.command_line import WrongUse, archive_option, plain_errors
from embeddings.commands import index
from embeddings.copy_commands import export
from embeddings.locations import Location
from embeddings.plural import plural
from qa.commands import ask, open_pipeline
from qa.evaluation.commands import evaluate
from qa.evaluation.speed.commands import benchmark
from qa.training.commands import train
from web.span_links import span_path

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")

THREADS = 8
"""Requests answered at once; the models use as many threads as there are cores, whatever this is."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("pressmark"), prog_name="pressmark")
@click.pass_context
def main(context: click.Context) -> None:
    """Ask your news archive. Every answer is a verbatim, dated quotation that you can check."""
    context.obj = span_path
    logging.basicConfig(level=logging.WARNING, format="%(message)s")


@main.command()
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--allow-host", multiple=True, help="Another name this server is reached by, as behind a proxy.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
def serve(archive: Location, host: str, allow_host: tuple[str, ...], port: int) -> None:
    """Serve the page and the JSON endpoint until Ctrl-C.

    \b
    Examples:
      pressmark serve
      pressmark serve --archive ~/newsroom --port 8080
    """
    from waitress.server import create_server

    from web import create_app
    from web.taking_over import taken_over

    listening = _listen(host, port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with plain_errors():
        pipeline = open_pipeline(archive)
    pipeline.ask("Is everything loaded?")
    # On a loopback address, a foreign page must not reach the archive.
    app = create_app(pipeline, TRUSTED_HOSTS=[*LOOPBACK, *allow_host] if host in LOOPBACK else None)
    server = create_server(app, sockets=[listening], threads=THREADS)
    counts = pipeline.archive.store.counts()
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    asked = pipeline.settings.archive
    held = f"{plural(counts.articles, 'article')}, {plural(counts.passages, 'passage')}"
    click.echo(f"{held} in {asked}. Ask them at {address}")
    try:
        with pipeline.archive.following() if asked == archive else taken_over(app, archive):
            server.run()
    finally:
        server.close()
        pipeline.archive.close()


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, so that a port in use is told before the models are loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise WrongUse(
            f"cannot listen on {host}, port {port}: {error.strerror}; name another port with --port"
        ) from error
    return listening


for command in (index, list_articles, info, remove, check, export, ask, evaluate, benchmark, train):
    main.add_command(command)
