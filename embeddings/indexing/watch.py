"""Folders kept indexed: looked through again and again, until told to stop."""

import errno
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from embeddings.archives import GrowingArchive
from embeddings.indexing.index import look_through
from embeddings.indexing.looks import Looks
from embeddings.indexing.reports import IndexReport
from embeddings.indexing.said import NOTHING_SAID, Said

log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds between two looks, at least."""

AWAY = frozenset(
    getattr(errno, name)
    for name in (
        "EIO", "ESTALE", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENOTCONN", "ETIMEDOUT", "EREMOTEIO",
        "ENODEV", "ENXIO", "ENOMEDIUM", "ESHUTDOWN", "EAGAIN", "EINTR", "ENOLINK", "ECOMM", "EPROTO", "EBADFD",
    )
    if hasattr(errno, name)
)  # fmt: skip
"""What a share or a disk answers that is away, and may come back."""

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

    Looking costs a question to the file system for each file, which works on every disk and network share. A file
    counts when it is the same at two looks: one that is being written stores nothing and removes nothing. `tell` is
    given the report of each look that changed something, or found other things amiss than the look before. A path that
    is gone, a share or a disk that does not answer, an archive that another process writes to, and a server that cannot
    be reached, are waited for.
    """
    amiss, trouble, pause, looks = None, "", 0.0, Looks()
    while not stop.wait(pause):
        began = monotonic()
        looks.begin()
        try:
            report = look_through(archive, paths, looks, said)
        except OSError as error:
            if not _passes(error):
                raise
            if str(error) != trouble:
                log.warning("waiting: %s", error)
            trouble = str(error)
        else:
            trouble = ""
            is_news = report.added or report.changed or report.removed or report.withdrawn
            found = (report.unread, report.absent)
            if is_news or (found != amiss and not report.waiting):
                tell(report)
                amiss = found
        pause = max(PAUSE, (monotonic() - began) / SHARE)


def _passes(error: OSError) -> bool:
    """Return whether what went wrong may be over at the next look."""
    return isinstance(error, FileNotFoundError | TimeoutError | ConnectionError) or error.errno in AWAY
