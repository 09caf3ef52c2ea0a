"""Which stored articles are copies of each other: found when an article is stored, forgotten when it goes.

Everything here happens in a transaction of the caller's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.folder.sqlite import Connection
from embeddings.minhash import Shingles, are_copies, bands, shingles
from embeddings.records import Copies

IN_A_BAND = 8
"""Articles of one band that are looked at, the oldest: a thousand equal ones do not take a thousand times as long."""

COMPARED = 20
"""Texts that one text is compared with, those first that have most bands in common with it."""


def link(connection: Connection, number: int, text: str, content: str) -> None:
    """Link a stored article that is in no family yet with its copies: all their families become one.

    `content` is the hash of what it says: see `content_of`.
    """
    found = shingles(text)
    keys = bands(found)
    packed = np.array(keys, dtype="<i8").tobytes()
    connection.run("INSERT INTO families VALUES (?, ?, ?, ?)", number, number, content, packed)
    _find(connection, number, number, found, keys)
    connection.run_many("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(key, number) for key in keys])


def unlink(connection: Connection, numbers: Sequence[int]) -> None:
    """Take articles out of their families; what they alone held together falls apart."""
    gone = set(numbers)
    rows = list(connection.among("SELECT article, family, bands FROM families WHERE article IN", numbers))
    neighbours = {other for (other,) in connection.among("SELECT other FROM links WHERE article IN", numbers)} - gone
    for article, _, packed in rows:
        keys = np.frombuffer(packed, dtype="<i8").tolist()
        connection.run_many("DELETE FROM bands WHERE band = ? AND article = ?", [(key, article) for key in keys])
    for query in ("families WHERE article", "links WHERE article", "links WHERE other"):
        connection.run_many(f"DELETE FROM {query} = ?", [(number,) for number in gone])
    _renumber(connection, sorted({family for _, family, _ in rows}))
    for number in sorted(neighbours):
        family, packed, text = connection.first(
            "SELECT family, bands, text FROM families JOIN articles ON number = article WHERE article = ?", number
        ) or (number, b"", "")
        _find(connection, number, family, shingles(text), np.frombuffer(packed, dtype="<i8").tolist())


def ids_with(connection: Connection, content: str) -> list[str]:
    """Return the ids of the articles that say the same, sorted: see `content_of`."""
    query = "SELECT id FROM families JOIN articles ON number = article WHERE content = ? ORDER BY id"
    return [article_id for (article_id,) in connection.rows(query, (content,))]


def family_sizes(connection: Connection) -> dict[int, int]:
    """Return how many articles each family has, by its number, for those of at least two."""
    return dict(connection.rows("SELECT family, count(*) FROM families GROUP BY family HAVING count(*) > 1"))


def copies(connection: Connection) -> Copies:
    """Return how many articles have copies, and in how many families."""
    sizes = family_sizes(connection)
    return Copies(sum(sizes.values()), len(sizes))


def _find(connection: Connection, number: int, family: int, found: Shingles, keys: Sequence[int]) -> None:
    """Link an article of a family with copies of it in other families, one of each, and make all of them one."""
    families, links, compared = {family}, list[int](), 0
    for other, others_family in _candidates(connection, number, keys):
        if others_family in families or compared == COMPARED:
            continue
        compared += 1
        (text,) = connection.first("SELECT text FROM articles WHERE number = ?", other) or ("",)
        if are_copies(found, shingles(text)):
            families.add(others_family)
            links.append(other)
    if links:
        both_ways = [pair for other in links for pair in ((number, other), (other, number))]
        connection.run_many("INSERT OR IGNORE INTO links VALUES (?, ?)", both_ways)
        into = min(families)
        rows = [(into, each) for each in families - {into}]
        connection.run_many("UPDATE families SET family = ? WHERE family = ?", rows)


def _candidates(connection: Connection, number: int, keys: Sequence[int]) -> list[tuple[int, int]]:
    """Return number and family of articles with bands in common, those with most first, then the oldest."""
    if not keys:
        return []
    one = f"SELECT * FROM (SELECT article FROM bands WHERE band = ? ORDER BY article LIMIT {IN_A_BAND})"
    shared = Counter(article for (article,) in connection.rows(" UNION ALL ".join([one] * len(keys)), keys))
    del shared[number]
    families: dict[int, int] = dict(
        connection.among("SELECT article, family FROM families WHERE article IN", sorted(shared))
    )
    return [(other, families[other]) for other in sorted(families, key=lambda other: (-shared[other], other))]


def _renumber(connection: Connection, families: Sequence[int]) -> None:
    """Give all that still hangs together by links in these families the least of its numbers."""
    members = {article for (article,) in connection.among("SELECT article FROM families WHERE family IN", families)}
    others: dict[int, list[int]] = {}
    for article, other in connection.among("SELECT article, other FROM links WHERE article IN", sorted(members)):
        others.setdefault(article, []).append(other)
    numbered = list[tuple[int, int]]()
    while members:
        family, reached = min(members), [min(members)]
        members.remove(family)
        for article in reached:  # it grows in the loop
            new = [other for other in others.get(article, ()) if other in members]
            members.difference_update(new)
            reached += new
        numbered += [(family, article) for article in reached]
    connection.run_many("UPDATE families SET family = ? WHERE article = ?", numbered)


def family_faults(connection: Connection) -> Iterable[str]:
    """Yield what is wrong with families: links that lead out of them, or in one direction only."""
    joined = "links LEFT JOIN families AS a ON a.article = links.article LEFT JOIN families AS b ON b.article = other"
    back = "(SELECT 1 FROM links AS back WHERE back.article = links.other AND back.other = links.article)"
    row = connection.first(f"SELECT count(*) FROM {joined} WHERE a.family IS NOT b.family OR NOT EXISTS {back}")
    if row != (0,):
        yield f"{(row or (0,))[0]:,} links between copies lead out of their family"
