"""The first page's example questions: found beside the requests, kept until the archive has changed for a while."""

import logging
import threading
from time import monotonic, sleep
from typing import TYPE_CHECKING

from embeddings.types import Filter
from qa.examples import LOOKED_AT, examples

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

log = logging.getLogger(__name__)

KEPT = 600.0
"""Seconds for which examples are kept at least, while an archive grows."""

BREATH = 0.2
"""Seconds between two questions that are tried: people's own come first."""


class Examples:
    """Questions that an archive answers. Many threads may ask for them; none of them waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: tuple[int, int] | None = None
        self._found: tuple[str, ...] = ()
        self._until = 0.0
        self._looking: threading.Thread | None = None

    def current(self, pipeline: "Pipeline") -> tuple[str, ...]:
        """Return what was found so far for an archive, and have it looked for if that is due."""
        if pipeline.archive.shelves is None:
            return ()
        now = (id(pipeline), pipeline.archive.generation)
        with self._lock:
            another = self._of is None or self._of[0] != now[0]
            due = another or (self._of != now and monotonic() > self._until)
            if due:
                self._of, self._until = now, monotonic() + KEPT
                self._found = () if another else self._found
                self._looking = threading.Thread(target=self._look, args=(pipeline, now), name="examples", daemon=True)
                self._looking.start()
            return self._found

    def wait(self) -> None:
        """Return when what is being looked for has been found."""
        if self._looking is not None:
            self._looking.join()

    def _look(self, pipeline: "Pipeline", of: tuple[int, int]) -> None:
        try:
            found = find(pipeline)
        except (OSError, ValueError) as error:  # the archive was closed, or is damaged: questions meet it as well
            log.info("no example questions: %s", error)
            return
        with self._lock:
            if self._of == of:
                self._found = found


def find(pipeline: "Pipeline") -> tuple[str, ...]:
    """Return questions that an archive answers, made of its newest articles; none if it does not keep them by day."""
    shelves = pipeline.archive.shelves
    if shelves is None:
        return ()
    found = list[str]()
    for question in examples(pipeline, shelves.newest(Filter(), LOOKED_AT)):
        found.append(question)
        sleep(BREATH)
    return tuple(found)
