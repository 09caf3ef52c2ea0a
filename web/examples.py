"""The first page's example questions: found beside the requests, kept until the archive has changed for a while."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

from embeddings.meanwhile import meanwhile
from embeddings.types import Filter
from qa.examples import LOOKED_AT, examples
from web.requests import current_pipeline

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at whether another archive is asked, or the same one has changed."""

KEPT = 600.0
"""Seconds for which examples are kept at least, while an archive grows."""

BREATH = 0.2
"""Seconds between two questions that are tried: people's own come first."""


class Examples:
    """Questions that the archive of an application answers, found while a server runs; many threads may ask."""

    def __init__(self) -> None:
        self._of: tuple[int, int] | None = None
        self._found: tuple[str, ...] = ()
        self._until = 0.0

    def of(self, pipeline: "Pipeline") -> tuple[str, ...]:
        """Return what was found so far for the archive of a pipeline."""
        of, found = self._of, self._found
        return found if of is not None and of[0] == id(pipeline) else ()

    @contextmanager
    def looked_for(self, app: Flask) -> Iterator[None]:
        """While it lasts, look for questions that the archive asked by an application answers; not a moment longer."""
        with meanwhile(partial(self._follow, app), "examples"):
            yield

    def _follow(self, app: Flask, stop: threading.Event) -> None:
        while True:
            try:
                with app.app_context():
                    self.look(current_pipeline(), stop)
            except (OSError, ValueError, HTTPException) as error:  # damaged, away, or busy: questions meet it as well
                log.info("no example questions: %s", error)
            if stop.wait(LOOK):
                return

    def look(self, pipeline: "Pipeline", stop: threading.Event) -> None:
        """Look for examples if that is due: in another archive, or in one that has changed since KEPT seconds."""
        now = (id(pipeline), pipeline.archive.generation)
        another = self._of is None or self._of[0] != now[0]
        if not another and (self._of == now or monotonic() < self._until):
            return
        if another:
            self._found = ()
        self._of, self._until = now, monotonic() + KEPT
        self._found = find(pipeline, stop)


def find(pipeline: "Pipeline", stop: threading.Event) -> tuple[str, ...]:
    """Return questions that an archive answers, made of its newest articles; none if it does not keep them by day.

    If it is told to stop, they are those found until then.
    """
    shelves = pipeline.archive.shelves
    if shelves is None:
        return ()
    found = list[str]()
    for question in examples(pipeline, shelves.newest(Filter(), LOOKED_AT).articles):
        found.append(question)
        if stop.wait(BREATH):
            break
    return tuple(found)
