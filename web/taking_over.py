"""While the seeds are asked, a server waits for the archive that it was started for, and goes on with that."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from flask import Flask

from embeddings.locations import Location, open_archive
from qa.pipeline import Pipeline

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks for the archive."""


@contextmanager
def taken_over(app: Flask, archive: Location) -> Iterator[None]:
    """Let an application answer from the archive in the place of the one it has, as soon as there is one, meanwhile."""
    stop = threading.Event()
    thread = threading.Thread(target=_take_over, args=(app, archive, stop), name="archive", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _take_over(app: Flask, archive: Location, stop: threading.Event) -> None:
    before: Pipeline = app.config["PIPELINE"]
    try:
        while not archive.exists():
            if stop.wait(LOOK):
                return
        opened = open_archive(archive, before.archive.encoder)
    except (OSError, ValueError) as error:
        log.warning("the seed articles are still asked: %s", error)
        return
    with closing(opened), opened.following():
        settings = replace(before.settings, archive=archive)
        app.config["PIPELINE"] = Pipeline(opened, before.readers, settings)
        log.warning("Now asking the articles in %s", archive)
        stop.wait()
