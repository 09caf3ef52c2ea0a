"""Which articles in Milvus were taken back by their newsrooms: a note a key, and a mark on what is stored."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from embeddings.identity import date_of, folder_of, key_of
from embeddings.milvus.client import Milvus, MilvusTable
from embeddings.milvus.revisions import Revisions
from embeddings.milvus.rows import Head, note
from embeddings.milvus.rows import key_of as row_key_of
from embeddings.milvus.store import MilvusStore
from embeddings.types import Article
from embeddings.withdrawals import Withdrawal, dated, known_by

KIND = "withdrawn"
"""The kind of the notes that say what takes back articles, a note a key."""


class Withdrawals:
    """What takes back articles of one archive."""

    def __init__(self, milvus: Milvus, store: MilvusStore, revisions: Revisions) -> None:
        self._milvus = milvus
        self._store = store
        self._revisions = revisions

    def of(self, articles: Sequence[Article]) -> dict[str, str]:
        """Return the sources of what takes back those of the articles that are, by their ids."""
        keys = {article.id: known_by(article) for article in articles}
        known = self._known({key for of_article in keys.values() for key in of_article})
        found: dict[str, str] = {}
        for article in articles:
            for key in keys[article.id]:
                for until, source in known.get(key, []):
                    if dated(article) <= until:
                        found[article.id] = source
        return found

    def take_back(self, withdrawals: Sequence[Withdrawal]) -> int:
        """Remember withdrawals, and hide what those that are new mean; return how many articles were hidden.

        An article that is told by nothing but its headline or its place is found by going through all of them.
        """
        new = self._note(withdrawals)
        if not new:
            return 0
        hidden = {head.key: head for each in new for head in self._meant(each)}
        self._milvus.put(MilvusTable.ARTICLES, [head.to_row() for head in hidden.values()])
        return len(hidden)

    def _known(self, keys: Iterable[str]) -> dict[str, list[list[str]]]:
        texts = self._store.named_notes(KIND, sorted(keys))
        return dict(json.loads(text) for text in texts)

    def _note(self, withdrawals: Sequence[Withdrawal]) -> list[Withdrawal]:
        """Remember withdrawals; return those that are new, or told by their place alone."""
        known = self._known({key for each in withdrawals for key in each.lasting})
        new, changed = [], set()
        for each in withdrawals:
            unknown = [key for key in each.lasting if each.until not in (until for until, _ in known.get(key, []))]
            for key in unknown:
                known.setdefault(key, []).append([each.until, each.source])
            changed.update(unknown)
            if unknown or not each.lasting:
                new.append(each)
        self._milvus.put(MilvusTable.NOTES, [note(KIND, key, json.dumps([key, known[key]])) for key in sorted(changed)])
        return new

    def _meant(self, withdrawal: Withdrawal) -> list[Head]:
        """Return the heads of what a withdrawal means, marked."""
        ids = {trace.id for trace in self._store.traces(sorted(withdrawal.keys))}
        if withdrawal.is_told_by_little:
            ids = {each.id for each in self._store.articles() if withdrawal.means(each)}
        names = sorted(filter(None, {*ids, withdrawal.id}))
        heads = self._revisions.heads([row_key_of(name) for name in names], newest=True).values()
        return [
            replace(head, withdrawn=withdrawal.source)
            for head in heads
            if not head.withdrawn
            and date_of(head.rank) <= withdrawal.until
            and (head.id in ids or _place(head) in withdrawal.keys)
        ]


def _place(head: Head) -> str:
    """Return the key of an article's id in its folder."""
    return key_of("own", head.id, folder_of(Article(head.id, "", "", source=head.source)))
