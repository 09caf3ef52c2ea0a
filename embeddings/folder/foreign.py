"""A journal that belongs to another archive's file: SQLite would take it for this one's."""

import logging
from contextlib import closing
from pathlib import Path

from embeddings.folder.journal import journal_of
from embeddings.folder.sqlite import Connection
from embeddings.types import DamagedError

log = logging.getLogger(__name__)


def journal_is_of_another(path: Path) -> bool:
    """Return whether the journal beside a file is that of another archive: it would overwrite this one's pages."""
    if not journal_of(path).exists():
        return False
    names = []
    for mode in ("mode=ro&immutable=1", "mode=ro"):  # without the journal, and with it
        try:
            with closing(Connection(path, mode)) as connection:
                names.append(connection.first("SELECT value FROM meta WHERE key = 'archive'"))
        except DamagedError:
            names.append(None)
    return None not in names and names[0] != names[1]


def set_journal_aside(path: Path) -> None:
    """Take away a journal that is not this file's, and what belongs to it."""
    journal = journal_of(path)
    aside = journal.with_name(f"{journal.name}.of-another")
    log.warning("%s is that of another archive: it is now %s", journal, aside.name)
    journal.replace(aside)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
