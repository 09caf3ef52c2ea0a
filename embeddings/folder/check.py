"""An archive looked through from end to end: what is wrong, what cures it, and the cure itself."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from embeddings.export import line_of
from embeddings.folder.database import Database
from embeddings.folder.indexes import Indexes
from embeddings.folder.integrity import content_faults, file_faults
from embeddings.folder.locks import WriterLock
from embeddings.folder.paths import Paths, check_exists, copy_keywords
from embeddings.folder.snapshot import ARTICLE, Snapshot, whole_article
from embeddings.folder.sqlite import Connection, is_read_only
from embeddings.keywords.index import KeywordIndex
from embeddings.plural import plural
from embeddings.types import Article, DamagedError, Stamp, Vectors
from embeddings.vectors import VectorIndex

DATABASE, VECTORS, KEYWORDS = "database", "vectors", "keywords"

REPAIR = "pressmark check --repair"

FAULTS_NAMED = 20
"""Faults of one part that are named, at most."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one of the three parts of an archive, and what to do."""

    part: str
    what: str
    cure: str = REPAIR


@dataclass(frozen=True, slots=True)
class Saved:
    """What could be read of a damaged database: the file it was written to, and how many articles were and were not."""

    path: Path
    articles: int
    lost: int


class _Known:
    """What the database says of every passage, by number: generation, and hash of the vector."""

    def __init__(self) -> None:
        self.generations: dict[int, int] = {}
        self.vectors: dict[int, int] = {}

    def look(self, number: int, generation: int, vector: Vectors) -> None:
        """Remember a passage."""
        self.generations[number] = generation
        self.vectors[number] = hash(vector.tobytes())


def find_faults(folder: Path) -> list[Fault]:
    """Return all that is wrong with an archive; it is not changed, and nobody can write to it until that is done.

    An index that is behind the database is not wrong: opening the archive catches it up.

    Raises:
        FileNotFoundError: if there is no archive in the folder.
        ValueError: if what is there is no archive, or that of another version.
        TimeoutError: if another process is writing to it.
    """
    check_exists(folder)
    path, known = Paths(folder).database, _Known()
    with ExitStack() as stack:
        if not is_read_only(path):
            stack.enter_context(WriterLock(folder).held())
        try:
            Database(path).close()
            with closing(Connection(path)) as connection:
                found = chain(file_faults(connection), content_faults(connection, known.look))
                faults = _named(DATABASE, found)
        except DamagedError as error:
            return [Fault(DATABASE, str(error))]
        if faults:
            return faults
        snapshot = stack.enter_context(closing(Snapshot(Connection(path))))
        return [
            *_named(VECTORS, _vector_faults(folder, snapshot, known)),
            *_named(KEYWORDS, _keyword_faults(folder, snapshot, known)),
        ]


def repair(folder: Path, faults: Iterable[Fault]) -> Saved | None:
    """Rebuild damaged indexes; of a damaged database save what can be read, and return what that is."""
    parts = {fault.part for fault in faults}
    if DATABASE in parts:
        return save_articles(folder)
    rebuild(folder, parts)
    return None


def rebuild(folder: Path, parts: Collection[str] = (VECTORS, KEYWORDS)) -> None:
    """Build indexes anew from the database: nothing of what was removed is left in their files then."""
    with WriterLock(folder).held():
        if VECTORS in parts:
            Paths(folder).vectors.unlink(missing_ok=True)
        if KEYWORDS in parts:
            KeywordIndex.delete(Paths(folder).keywords)
    Indexes(folder).close()


def save_articles(folder: Path) -> Saved:
    """Write every article that can be read whole to a new JSON Lines file beside the folder, ready to be indexed."""
    path = next(
        path
        for number in count(1)
        if not (path := folder.resolve().with_name(f"{folder.resolve().name}-saved-{number}.jsonl")).exists()
    )
    saved = lost = 0
    with path.open("w", encoding="utf-8") as file:
        for article in _readable(Paths(folder).database):
            if article is None:
                lost += 1
                continue
            file.write(line_of(article))
            saved += 1
    return Saved(path, saved, lost)


def _readable(path: Path) -> Iterator[Article | None]:
    """Yield each article of a damaged database that is as it was stored, and None for each that is not.

    Those that their newsrooms took back are left out.
    """
    try:
        connection = Connection(path)
        last = max(number for (number,) in connection.rows("SELECT seq FROM sqlite_sequence"))
    except (DamagedError, ValueError):
        return
    with closing(connection):
        for number in range(1, last + 1):
            try:
                query = f"SELECT digest, {ARTICLE} FROM articles WHERE number = ? AND withdrawn = ''"
                row = connection.first(query, number)
            except DamagedError:
                yield None
                continue
            if row is not None:
                yield whole_article(*row)


def _vector_faults(folder: Path, snapshot: Snapshot, known: _Known) -> Iterator[str]:
    dimension = int(snapshot.meta["dimension"])
    try:
        index = VectorIndex.open(Paths(folder).vectors, dimension)
    except FileNotFoundError:
        return
    except ValueError as error:
        yield str(error)
        return
    if _is_of_another(index.stamp, snapshot):
        yield f"{Paths(folder).vectors} is that of another archive, or of a later state of this one"
        return
    yield from _set_faults("vectors", index.numbers().tolist(), index.stamp, snapshot, known)
    if not index.is_exact:  # it holds no vectors; its codes say only which ones are looked at
        return
    numbers, vectors = index.held()
    for number, vector in zip(numbers.tolist(), vectors, strict=True):
        if number in known.vectors and hash(vector.astype(np.float32).tobytes()) != known.vectors[number]:
            yield f"the vector of passage {number} is not the one in the database"


def _keyword_faults(folder: Path, snapshot: Snapshot, known: _Known) -> Iterator[str]:
    if not Paths(folder).keywords.is_dir():
        return
    with _keywords_folder(folder) as readable:
        try:
            index = KeywordIndex(readable)
        except ValueError as error:
            yield str(error)
            return
        stamp = index.stamp
        if stamp is None:
            return
        if _is_of_another(stamp, snapshot):
            yield f"{Paths(folder).keywords} is that of another archive, or of a later state of this one"
            return
        yield from _set_faults("keywords", index.numbers(), stamp, snapshot, known)


@contextmanager
def _keywords_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder that the keyword index can be opened in: tantivy writes a lock even to read."""
    if not is_read_only(Paths(folder).database):
        yield Paths(folder).keywords
        return
    with TemporaryDirectory(prefix="pressmark-") as temporary:
        yield copy_keywords(folder, Path(temporary))


def _is_of_another(stamp: Stamp, snapshot: Snapshot) -> bool:
    return stamp.archive != snapshot.stamp.archive or stamp.generation > snapshot.stamp.generation


def _set_faults(name: str, held: Iterable[int], stamp: Stamp, snapshot: Snapshot, known: _Known) -> Iterator[str]:
    """Yield whether an index lacks passages of its generation, or holds others."""
    numbers = set(held)
    wanted = {number for number, generation in known.generations.items() if generation <= stamp.generation}
    if missing := wanted - numbers:
        verb = "is" if len(missing) == 1 else "are"
        yield f"{plural(len(missing), 'passage')} {verb} not in the index of {name}, as {min(missing)}"
    if extra := numbers - wanted - set(snapshot.removed_since(stamp.generation)):
        verb = "is" if len(extra) == 1 else "are"
        yield f"{plural(len(extra), 'passage')} in the index of {name} {verb} not in the database, as {min(extra)}"


def _named(part: str, found: Iterator[str]) -> list[Fault]:
    """Return the first faults of a part."""
    return [Fault(part, what) for _, what in zip(range(FAULTS_NAMED), found, strict=False)]
