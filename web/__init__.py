"""The page and the JSON endpoint in front of question answering: knows nothing of ranking."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from web import access, access_log, api, errors, metrics, pages
from web.examples import Examples
from web.requests import IdConverter, check_escapes
from web.turns import Turns

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""What every response carries: nothing is loaded from elsewhere, and no other site learns what is read here."""

MAX_BODY = 64 * 1024
"""The largest request body, in bytes."""


def create_app(pipeline: "Pipeline | None" = None, **config: object) -> Flask:
    """Return the web application over a pipeline; without one, over the pipeline of the environment's settings.

    `config` are Flask's settings: the defaults are overridden by them.
    """
    if pipeline is None:
        from qa.pipeline import Pipeline
        from qa.settings import Settings

        pipeline = Pipeline.from_settings(Settings.from_env())
    app = Flask(__name__)
    app.json = readable = DefaultJSONProvider(app)
    readable.ensure_ascii = readable.sort_keys = False  # letters as they are, names in the contract's order
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, PIPELINE=pipeline, VERSION=version("pressmark"))
    app.config.update(ACCESS=access.Access(), ACCESS_LOG=None, EXAMPLES=Examples(), LOCATION=None, TURNS=Turns())
    app.config.update(config)
    app.url_map.converters["id"] = IdConverter
    app.url_map.merge_slashes = False
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(api.blueprint)
    metrics.register(app)
    access_log.register(app)
    errors.register(app)
    access.register(app)
    app.before_request(check_escapes)
    app.after_request(_secure)
    return app


def _secure(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    return response
