"""What versions of articles are known by, as notes in Milvus: one a key, and one an article."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from embeddings.milvus.client import Milvus, MilvusTable
from embeddings.milvus.rows import (
    among,
    known_note,
    lots,
    note_key,
    trace_note,
)
from embeddings.milvus.store import MilvusStore
from embeddings.records import Trace


class Traces:
    """Writes what versions of articles are known by."""

    def __init__(self, milvus: Milvus, store: MilvusStore) -> None:
        self._milvus = milvus
        self._store = store

    def note(self, traces: Sequence[Trace]) -> None:
        """Remember what versions of articles are known by: a note a key, and one an article."""
        keys = list(dict.fromkeys(trace.key for trace in traces))
        known = self._store.traces(keys)
        new = [trace for trace in dict.fromkeys(traces) if trace not in known]
        by_key: dict[str, list[Trace]] = {}
        for trace in [*known, *new]:
            by_key.setdefault(trace.key, []).append(trace)
        ids = list(dict.fromkeys(trace.id for trace in new))
        by_id = {article_id: dict.fromkeys(keys) for article_id, keys in self._store.known_by(ids).items()}
        for trace in new:
            by_id.setdefault(trace.id, {})[trace.key] = None
        changed = {trace.key for trace in new}
        rows = [trace_note(key, of_key) for key, of_key in by_key.items() if key in changed]
        rows += [known_note(article_id, list(keys)) for article_id, keys in by_id.items()]
        self._milvus.put(MilvusTable.NOTES, rows)

    def join(self, ids: Mapping[str, str]) -> None:
        """Let what articles were known by be that of others, by id."""
        if ids:
            keys = {key for keys in self._store.known_by(list(ids)).values() for key in keys}
            former = [trace for trace in self._store.traces(sorted(keys)) if trace.id in ids]
            self.note([replace(trace, id=ids[trace.id]) for trace in former])
            self.forget(list(ids))

    def forget(self, ids: Sequence[str]) -> None:
        """Forget what articles were known by."""
        keys = sorted({key for keys in self._store.known_by(ids).values() for key in keys})
        left: dict[str, list[Trace]] = {}
        for trace in self._store.traces(keys):
            if trace.id not in ids:
                left.setdefault(trace.key, []).append(trace)
        self._milvus.put(MilvusTable.NOTES, [trace_note(key, traces) for key, traces in left.items()])
        gone = [note_key("trace", key) for key in keys if key not in left]
        gone += [note_key("known", article_id) for article_id in ids]
        for lot in lots(gone):
            self._milvus.delete(MilvusTable.NOTES, among("key", lot))
