"""What the server measures of itself, as Prometheus reads it at /metrics. No question, article or token is in it."""

import time
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

from embeddings.types import DamagedError
from web.checking import check_none

if TYPE_CHECKING:
    from qa.types import Prediction

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Bounds of the histograms' buckets."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that are counted by name; names that clients make up would fill the memory."""

UNKNOWN = float("nan")


class Metrics:
    """Counters, gauges and histograms of one application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.registry = registry = CollectorRegistry()
        ProcessCollector(namespace="pressmark", registry=registry)
        self.requests = Counter(
            "pressmark_requests", "Requests by what was asked for.", ["endpoint", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "pressmark_request_seconds", "What a request took.", ["endpoint"], buckets=SECONDS, registry=registry
        )
        self.stages = Histogram(
            "pressmark_stage_seconds",
            "What each stage of an answer took.",
            ["stage"],
            buckets=SECONDS,
            registry=registry,
        )
        self.questions = Counter("pressmark_questions", "Questions that were answered or not.", registry=registry)
        self.abstained = Counter("pressmark_abstentions", "Questions without an answer.", registry=registry)
        for name, says, read in (
            ("pressmark_questions_running", "Questions that are being answered.", lambda: app.config["TURNS"].running),
            ("pressmark_questions_waiting", "Questions that wait.", lambda: app.config["TURNS"].waiting),
            ("pressmark_generation", "The archive's last change.", self._generation),
            ("pressmark_index_lag", "Changes of the archive that searches do not see yet.", self._lag),
            ("pressmark_articles", "Articles in the archive.", self._articles),
        ):
            Gauge(name, says, registry=registry).set_function(read)

    def answered(self, prediction: "Prediction") -> None:
        """Note what the stages of an answer to this request took, and whether there was one."""
        self.questions.inc()
        self.abstained.inc(int(prediction.abstained))
        timings = prediction.timings
        g.answer = g.get("answer", 0.0) + timings.total
        for stage in ("encode", "search", "skim", "read"):
            self.stages.labels(stage).observe(getattr(timings, stage) / 1000)

    def _archive(self) -> Any:
        return self._app.config["PIPELINE"].archive

    def _generation(self) -> float:
        return self._known(lambda archive: archive.store.generation)

    def _lag(self) -> float:
        return self._known(lambda archive: archive.store.generation - archive.generation)

    def _articles(self) -> float:
        return self._known(lambda archive: archive.store.counts().articles)

    def _known(self, read: Any) -> float:
        """Return a number of the archive, not a number while it cannot be read."""
        try:
            return float(read(self._archive()))
        except (OSError, DamagedError):
            return UNKNOWN


def register(app: Flask) -> None:
    """Measure an application, and show what was measured at /metrics."""
    metrics = Metrics(app)
    app.config["METRICS"] = metrics
    app.add_url_rule("/metrics", "metrics", _show)
    app.before_request(_begin)
    app.after_request(_end)


def current_metrics() -> Metrics:
    """Return what is measured of the application in charge."""
    return cast("Metrics", current_app.config["METRICS"])


def _show() -> Response:
    check_none(request.args)
    return Response(generate_latest(current_metrics().registry), content_type=CONTENT_TYPE_LATEST)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    metrics, endpoint = current_metrics(), request.endpoint or "none"
    method = request.method if request.method in METHODS else "other"
    metrics.requests.labels(endpoint, method, str(response.status_code)).inc()
    metrics.seconds.labels(endpoint).observe(time.perf_counter() - g.get("began", time.perf_counter()))
    if "answer" in g:  # as browsers show it: https://www.w3.org/TR/server-timing/
        response.headers["Server-Timing"] = f"answer;dur={g.answer:.1f}"
    return response
