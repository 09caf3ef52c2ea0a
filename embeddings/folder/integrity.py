"""Whether a database holds what it should: its file, every article, passage and vector in it, and the families."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from embeddings.folder.near_duplicates import family_faults
from embeddings.folder.snapshot import ARTICLE, whole_article, whole_number
from embeddings.folder.sqlite import Connection
from embeddings.types import Vectors

UNIT = 1e-3
"""How far the length of a vector may be from 1."""

MAKING = "making"
"""The key under which the hash stands of all that is remembered of an archive's making."""

FIRST_FAULTS = 20
"""How many faults of a file are named."""

Look = Callable[[int, int, Vectors], object]


def making_hash(meta: Mapping[str, str]) -> str:
    """Return a hash of what an archive remembers of its making, which never changes: all but its generation."""
    made = sorted((key, value) for key, value in meta.items() if key not in ("generation", MAKING))
    return hashlib.sha256(json.dumps(made).encode("utf-8", "surrogatepass")).hexdigest()


def file_faults(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with the file: pages, indexes, and passages and the like without an article."""
    for (said,) in connection.rows(f"PRAGMA integrity_check({FIRST_FAULTS})"):
        if said != "ok":
            yield str(said)
    orphans = Counter(table for table, *_ in connection.rows("PRAGMA foreign_key_check"))
    for table, count in orphans.items():
        yield f"{count:,} {table} are of no article"


def content_faults(connection: Connection, look: Look | None = None) -> Iterator[str]:
    """Yield what is wrong with articles, passages and vectors, an article at a time, then with families.

    `look` is told each passage's number, generation and vector, float32, shape (dimension,).
    """
    meta: dict[str, str] = dict(connection.rows("SELECT key, value FROM meta"))
    if meta.get(MAKING) != making_hash(meta):
        yield f"what it says of its making is not what was stored: {', '.join(sorted(meta.keys() - {MAKING}))}"
    generation, dimension = whole_number(meta.get("generation")), whole_number(meta.get("dimension"))
    for number, known, *fields in connection.rows(f"SELECT number, digest, {ARTICLE} FROM articles ORDER BY number"):
        article = whole_article(known, *fields)
        if article is None:
            yield f"article {fields[0]!r} is not what was stored"
            continue
        query = 'SELECT number, start, "end", generation, vector FROM passages WHERE article = ? ORDER BY number'
        for passage, start, end, since, vector in connection.rows(query, (number,)):
            name = f"passage {passage} of article {article.id!r}"
            if any(type(value) is not int for value in (start, end, since)) or type(vector) is not bytes:
                yield f"{name} is not what was stored"
                continue
            if not 0 <= start < end <= len(article.text):
                yield f"{name} is {start} to {end} of {len(article.text)} characters"
            if since > generation:
                yield f"{name} is of generation {since}, the archive of {generation}"
            if len(vector) != 4 * dimension:
                yield f"{name} has a vector of {len(vector)} bytes, not {4 * dimension}"
                continue
            values = np.frombuffer(vector, dtype=np.float32)
            if not abs(float(np.linalg.norm(values)) - 1) < UNIT:  # also if it is not finite
                yield f"{name} has a vector of length {np.linalg.norm(values):.3f}, not 1"
            if look is not None:
                look(passage, since, values)
    yield from family_faults(connection)
