"""The command line's front door: `pressmark` with every layer's commands, and `serve`."""

import logging
import signal
from importlib.metadata import version
from pathlib import Path

import click

from embeddings.archive_commands import info, list_articles
from embeddings.check_commands import check
from embeddings.command_line import archive_option, plain_errors
from embeddings.commands import index
from embeddings.copy_commands import backup, export, restore
from embeddings.locations import Location
from embeddings.plural import plural
from embeddings.removing_commands import remove
from qa.commands import ask, open_pipeline
from qa.evaluation.commands import evaluate
from qa.evaluation.speed.commands import benchmark
from qa.feedback_commands import feedback
from qa.training.commands import train
from web.admission import LOOPBACK, access_of, address_of, check_said, listen
from web.load.commands import load
from web.mcp_commands import mcp
from web.span_links import span_path
from web.token_commands import token


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
@click.option("--tokens", metavar="FILE", type=click.Path(path_type=Path), help="Only who has a token of FILE may ask.")
@click.option("--public", is_flag=True, help="Anybody who reaches the server may ask.")
@click.option(
    "--cors", metavar="ORIGIN", multiple=True, help="A page of this origin may ask, such as https://desk.org."
)
@click.option(
    "--rate", metavar="RATE", default="", help="How often one may ask.  [default: 300/minute, without loopback]"
)
@click.option("--at-once", type=click.IntRange(1), help="Questions answered at once.  [default: one a core]")
@click.option("--waiting", type=click.IntRange(0), help="Questions that wait, at most.  [default: two a core]")
@click.option(
    "--access-log", metavar="FILE", type=click.Path(path_type=Path), help="Add a line of JSON a request to FILE."
)
@click.option("--log-questions", is_flag=True, help="The access log has what is asked, too.")
@click.option("--behind-proxy", is_flag=True, help="A proxy in front says who asks: X-Forwarded-For, -Proto and -Host.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
def serve(
    *,
    archive: Location,
    host: str,
    allow_host: tuple[str, ...],
    tokens: Path | None,
    public: bool,
    cors: tuple[str, ...],
    rate: str,
    at_once: int | None,
    waiting: int | None,
    access_log: Path | None,
    log_questions: bool,
    behind_proxy: bool,
    port: int,
) -> None:
    """Serve the page and the JSON endpoint until Ctrl-C.

    On any other address than this machine's own one, say who may ask: with --tokens, or everybody, with --public.

    \b
    Examples:
      pressmark serve
      pressmark serve --archive ~/newsroom --port 8080
      pressmark serve --host 0.0.0.0 --tokens tokens.json --rate 60/minute
    """
    from web import create_app, serving
    from web.access_log import AccessLog
    from web.taking_over import taken_over
    from web.turns import Turns

    with plain_errors():
        may = access_of(tokens, cors, rate, host)
    check_said(may, host, public=public)
    listening = listen(host, port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with plain_errors():
        pipeline = open_pipeline(archive)
    pipeline.ask("Is everything loaded?")
    # On a loopback address, a foreign page must not reach the archive.
    app = create_app(pipeline, TRUSTED_HOSTS=[*LOOPBACK, *allow_host] if host in LOOPBACK else None)
    app.config.update(ACCESS=may, LOCATION=archive, TURNS=Turns(at_once, waiting))
    app.config["ACCESS_LOG"] = AccessLog(access_log, log_questions) if access_log else None
    if behind_proxy:
        serving.behind_proxy(app)
    counts = pipeline.archive.store.counts()
    asked = pipeline.settings.archive
    held = f"{plural(counts.articles, 'article')}, {plural(counts.passages, 'passage')}"
    click.echo(f"{held} in {asked}. Ask them at {address_of(host, listening)}")
    try:
        followed = pipeline.archive.following() if asked == archive else taken_over(app.config, archive)
        with followed, app.config["EXAMPLES"].looked_for(app):
            try:
                serving.run(app, listening)
            finally:
                app.config["TURNS"].stopping = True
    finally:
        listening.close()
        pipeline.archive.close()


KEEPING = (index, list_articles, info, remove, check, export, backup, restore)
for command in (*KEEPING, ask, mcp, evaluate, benchmark, load, train, token, feedback):
    main.add_command(command)
