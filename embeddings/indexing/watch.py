"""Folders kept indexed: looked through again and again, until told to stop."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from embeddings.archives import GrowingArchive
from embeddings.indexing.run import NOTHING_SAID, IndexReport, Said, index_paths

log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds between two looks, at least."""

SHARE = 0.1
"""The part of the time that may go into looking: large folders are looked through less often."""


def watch(
    archive: GrowingArchive,
    paths: Sequence[Path],
    stop: threading.Event,
    tell: Callable[[IndexReport], object],
    said: Said = NOTHING_SAID,
) -> None:
    """Keep files and folders indexed until `stop` is set: what comes goes in, what changes is changed, what goes goes.

    Looking costs a question to the file system for each file, which works on every disk and network share. `tell` is
    given the report of each look that changed something, or found other things unreadable than the look before. A path
    that is gone, an archive that another process writes to, and a server that cannot be reached, are waited for.
    """
    unread, trouble, pause = None, "", 0.0
    while not stop.wait(pause):
        began = monotonic()
        try:
            report = index_paths(archive, paths, lambda _: None, said, prune=True)
        except (FileNotFoundError, TimeoutError, ConnectionError) as error:
            if str(error) != trouble:
                log.warning("waiting: %s", error)
            trouble = str(error)
        else:
            trouble = ""
            if report.added or report.changed or report.removed or report.unread != unread:
                tell(report)
            unread = report.unread
        pause = max(PAUSE, (monotonic() - began) / SHARE)
