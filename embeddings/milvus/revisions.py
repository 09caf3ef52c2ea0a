"""Which revision of each article in Milvus is the current one, and what it says."""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from embeddings.milvus.client import Milvus, MilvusTable
from embeddings.milvus.rows import HEAD, Head, among, lots, lots_to_read, to_article
from embeddings.types import Article


class Revisions:
    """The current revisions of an archive's articles, as each thread sees them."""

    def __init__(self, milvus: Milvus) -> None:
        self._milvus = milvus
        self._local = threading.local()

    @contextmanager
    def one_generation(self) -> Iterator[None]:
        """While it lasts, this thread sees each article in one revision, the first that it saw."""
        outer = self._seen
        self._local.seen = {} if outer is None else outer
        try:
            yield
        finally:
            self._local.seen = outer

    def current(self, keys: Collection[str]) -> dict[str, Head]:
        """Return the heads of the articles that may be shown, as this thread first saw them in `one_generation`."""
        seen: dict[str, Head | None] = {} if self._seen is None else self._seen
        unknown = [key for key in keys if key not in seen]
        found = self.heads(unknown)
        seen.update({key: head if (head := found.get(key)) and head.is_shown else None for key in unknown})
        return {key: head for key in keys if (head := seen[key]) is not None}

    def heads(self, keys: Sequence[str], *, newest: bool = False) -> dict[str, Head]:
        """Return the heads of those articles that are there, by key; `newest` waits for what others write just now."""
        heads = (
            Head.from_row(row)
            for lot in lots(keys)
            for row in self._milvus.rows(MilvusTable.ARTICLES, among("key", lot), HEAD, newest=newest)
        )
        return {head.key: head for head in heads}

    def articles(self, heads: Sequence[Head]) -> dict[str, Article]:
        """Return articles by key; one that is replaced just now is left out."""
        found = {}
        for lot in lots_to_read(heads):
            whose = among("owner", [head.key for head in lot])
            when = among("revision", sorted({head.revision for head in lot}))
            pieces: dict[tuple[str, int], dict[int, str]] = {}
            for row in self._milvus.rows(
                MilvusTable.PIECES, f"{whose} and {when}", ("owner", "revision", "place", "text")
            ):
                pieces.setdefault((row["owner"], row["revision"]), {})[row["place"]] = row["text"]
            for head in lot:
                parts = pieces.get((head.key, head.revision), {})
                if len(parts) == head.pieces:
                    found[head.key] = to_article(head, parts)
        return found

    @property
    def _seen(self) -> dict[str, Head | None] | None:
        """The heads that this thread saw in `one_generation`, None for an article that was not there."""
        seen: dict[str, Head | None] | None = getattr(self._local, "seen", None)
        return seen
