"""What an archive in Milvus holds, read from its collections."""

import json
from collections.abc import Iterator, Sequence

from embeddings.milvus.client import ROWS_AT_ONCE, Milvus, MilvusTable
from embeddings.milvus.revisions import Revisions
from embeddings.milvus.rows import HEAD, Head, among, key_of, lots, note_key
from embeddings.records import FileRecord, Origin, Trace
from embeddings.types import Article, Counts
from embeddings.withdrawals import now

TRIES = 3
"""Times that an article is asked for which is replaced just then."""


class MilvusStore:
    """Articles in their current revisions, and what is noted of files and outlets. Many threads may ask it."""

    def __init__(self, milvus: Milvus, revisions: Revisions) -> None:
        self._milvus = milvus
        self._revisions = revisions

    @property
    def generation(self) -> int:
        """When the archive last changed, in milliseconds since 1970; 0 if it never did."""
        return max((int(text) for text in self.notes("generation")), default=0)

    def counts(self) -> Counts:
        """Return how many articles and passages there are, those included that a crash left and no search finds."""
        return Counts(self._milvus.count(MilvusTable.ARTICLES), self._milvus.count(MilvusTable.PASSAGES))

    def hidden_count(self) -> int:
        """Return how many articles may not be shown now."""
        return self._milvus.count(MilvusTable.ARTICLES, f'withdrawn != "" or embargo > "{now()}"')

    def outlets(self) -> list[str]:
        """Return the outlets' names, sorted, without the unknown one."""
        return sorted(self.notes("outlet"))

    def articles(self) -> Iterator[Article]:
        """Yield every article that may be shown now, in the order of their ids' hashes."""
        for rows in self._milvus.every(MilvusTable.ARTICLES, "", HEAD, ROWS_AT_ONCE):
            heads = [head for head in map(Head.from_row, rows) if head.is_shown]
            yield from self._revisions.articles(heads).values()

    def article(self, article_id: str) -> Article:
        """Return one article.

        Raises:
            KeyError: if there is none with this id that may be shown now.
        """
        key = key_of(article_id)
        for _ in range(TRIES):
            heads = {found: head for found, head in self._revisions.heads([key]).items() if head.is_shown}
            if found := self._revisions.articles(list(heads.values())):
                return found[key]
            if not heads:
                break
        raise KeyError(article_id)

    def sources(self) -> dict[str, str]:
        """Return where every article was read, by id."""
        every = self._milvus.every(MilvusTable.ARTICLES, "", ("id", "source"), ROWS_AT_ONCE)
        return {row["id"]: row["source"] for rows in every for row in rows}

    def origins(self, ids: Sequence[str]) -> dict[str, Origin]:
        """Return where those of the articles were read that are stored, by id."""
        heads = self._revisions.heads([key_of(article_id) for article_id in ids], newest=True)
        return {
            head.id: Origin(head.source, head.digest, head.rank, head.link, head.scope, head.collection)
            for head in heads.values()
        }

    def traces(self, keys: Sequence[str]) -> list[Trace]:
        """Return which articles have versions that are known by one of these keys."""
        return [Trace(*each) for text in self.named_notes("trace", keys) for each in json.loads(text)]

    def known_by(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the keys that versions of articles are known by, by id."""
        notes = (json.loads(text) for text in self.named_notes("known", ids))
        return {article_id: keys for article_id, *keys in notes}

    def named_notes(self, kind: str, names: Sequence[str]) -> list[str]:
        """Return the texts of the notes of a kind and these names, as they are now."""
        wanted = lots([note_key(kind, name) for name in names])
        rows = (self._milvus.rows(MilvusTable.NOTES, among("key", lot), ("text",), newest=True) for lot in wanted)
        return [row["text"] for some in rows for row in some]

    def file_records(self) -> dict[str, FileRecord]:
        """Return what the files were like that articles were read from, by path."""
        records = (FileRecord(*json.loads(text)) for text in self.notes("file"))
        return {record.path: record for record in records}

    def notes(self, kind: str) -> list[str]:
        """Return the texts of all notes of a kind."""
        every = self._milvus.every(MilvusTable.NOTES, among("kind", [kind]), ("text",), ROWS_AT_ONCE)
        return [row["text"] for rows in every for row in rows]
