"""While the seeds are asked, a server waits for the archive that it was started for, and goes on with that."""

import logging
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from embeddings.archives import GrowingArchive
from embeddings.locations import Location, open_archive
from embeddings.meanwhile import meanwhile
from embeddings.types import Encoder
from qa.pipeline import Pipeline

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks for the archive."""


@contextmanager
def taken_over(config: MutableMapping[str, Any], archive: Location) -> Iterator[None]:
    """While it lasts, let the PIPELINE in charge go over to the archive as soon as that is there and can be opened."""
    with meanwhile(partial(_take_over, config, archive), "archive"):
        yield


def _take_over(config: MutableMapping[str, Any], archive: Location, stop: threading.Event) -> None:
    before: Pipeline = config["PIPELINE"]
    opened = _opened(archive, before.archive.encoder, stop)
    if opened is None:
        return
    with closing(opened), opened.following():
        settings = replace(before.settings, archive=archive)
        config["PIPELINE"] = Pipeline(opened, before.readers, settings)
        log.warning("Now asking the articles in %s", archive)
        stop.wait()


def _opened(archive: Location, encoder: Encoder, stop: threading.Event) -> GrowingArchive | None:
    """Return the archive once it is there and can be opened; None if it does not fit, or if told to stop before."""
    trouble = ""
    while not stop.wait(LOOK):
        try:
            if archive.exists():
                return open_archive(archive, encoder)
        except (OSError, ValueError) as error:
            if str(error) != trouble:
                log.warning("The seed articles are still asked: %s", error)
            if isinstance(error, ValueError):  # of another encoder, or damaged: waiting does not help
                return None
            trouble = str(error)
    return None
