"""An archive in Milvus: articles and passages in collections, searched by Milvus on both legs.

Milvus has no transactions. What holds all the same: an article is found in one revision, whole, or not at all. Its
passages and its text are written first, each with the number of the new revision; then its head, which says which
revision is the current one; then the former revision is deleted. Searches leave out passages of any other revision, and
look further for others. So what a crash leaves is never found; it is deleted when the article is next stored, if that
is an hour later or more. An article that is replaced while a question is answered may be missing from that answer.

What does not hold: articles that are added together do not appear all at once; `counts` counts passages, too, that a
crash left; of two machines that store the same article at the same time either may win; and if one removes an outlet's
last article just as another adds one, the outlet is not listed until an article of it is next added.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import astuple, replace
from time import time_ns

from embeddings.cures import make_archive
from embeddings.identity import Identity
from embeddings.keywords.queries import HEADING_WEIGHT
from embeddings.milvus.address import MilvusAddress
from embeddings.milvus.client import Milvus, MilvusTable
from embeddings.milvus.revisions import Revisions
from embeddings.milvus.rows import (
    Head,
    among,
    key_of,
    lots,
    note,
    note_key,
    outlet_note_key,
    passage_rows,
    piece_rows,
)
from embeddings.milvus.search import Search
from embeddings.milvus.store import MilvusStore
from embeddings.milvus.traces import Traces
from embeddings.milvus.withdrawn import Withdrawals
from embeddings.passages import SPLITTING, Splitting
from embeddings.records import FileRecord, Later, OtherSource, Prepared, SourceChanges, provenance
from embeddings.sources import paths_of
from embeddings.types import Encoder, Filter, Passage, Ranking, Vectors
from embeddings.withdrawals import Withdrawal

FORMAT = "4"
"""The format of archives in Milvus: another one is not read."""

HOUR = 3_600_000_000_000
"""Nanoseconds after which a revision that is not current was left by a crash, and is not about to become current."""


class MilvusArchive:
    """An archive in Milvus. `encoder` makes every vector in it, and `splitting` every passage.

    Many threads may search one, while other threads, processes and machines add to it.
    """

    def __init__(self, address: MilvusAddress, encoder: Encoder, splitting: Splitting = SPLITTING) -> None:
        """Open an existing archive.

        Raises:
            FileNotFoundError: if there is none.
            ValueError: if it was made with another encoder or way of splitting, or pymilvus is not installed.
            OSError: if the server cannot be reached, or another process has the file open.
        """
        self.address = address
        self.encoder = encoder
        self.splitting = splitting
        self._milvus = Milvus(address)
        self._revisions = Revisions(self._milvus)
        self._search = Search(self._milvus, self._revisions)
        self.store = MilvusStore(self._milvus, self._revisions)
        self._traces = Traces(self._milvus, self.store)
        self._withdrawals = Withdrawals(self._milvus, self.store, self._revisions)
        self.copies = None  # each article is stored on its own, wherever else it was met
        self.shelves = None  # Milvus sorts nothing but what a search finds
        with ExitStack() as undo:
            undo.callback(self.close)
            if not _is_whole(self._milvus):
                raise FileNotFoundError(f"there is no archive in {address}; {make_archive(address)}")
            self._check_provenance()
            undo.pop_all()

    @classmethod
    def exists(cls, address: MilvusAddress) -> bool:
        """Return whether there is an archive."""
        with closing(Milvus(address)) as milvus:
            return _is_whole(milvus)

    @classmethod
    def create(cls, address: MilvusAddress, encoder: Encoder, splitting: Splitting = SPLITTING) -> "MilvusArchive":
        """Make an empty archive and open it. Collections that a crash left of another try are used."""
        with closing(Milvus(address)) as milvus:
            for table in MilvusTable:
                milvus.create(table, encoder.dimension)
            milvus.load()
            milvus.put(
                MilvusTable.NOTES, [note("about", "", json.dumps({**provenance(encoder, splitting), "format": FORMAT}))]
            )
        return cls(address, encoder, splitting)

    def close(self) -> None:
        """Let go of the connection."""
        self._milvus.close()

    @property
    def generation(self) -> int:
        """The generation that searches see: about that, for Milvus has no snapshots."""
        return self.store.generation

    def passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """Return passages by their numbers; those that are gone are left out."""
        fields = ("number", "owner", "revision", "start", "end")
        wanted = lots([int(number) for number in numbers])
        rows = [row for lot in wanted for row in self._milvus.rows(MilvusTable.PASSAGES, among("number", lot), fields)]
        heads = self._revisions.current({row["owner"] for row in rows})
        shown = [row for row in rows if row["owner"] in heads and heads[row["owner"]].revision == row["revision"]]
        articles = self._revisions.articles([heads[key] for key in dict.fromkeys(row["owner"] for row in shown)])
        return {
            row["number"]: Passage(articles[row["owner"]], row["start"], row["end"])
            for row in shown
            if row["owner"] in articles
        }

    def save(
        self, articles: Sequence[Prepared], files: Sequence[FileRecord] = (), changes: SourceChanges | None = None
    ) -> None:
        """Store prepared articles, what files are like, and where unchanged articles are read now.

        Each article appears whole. A crash leaves some of them stored, and their files to be read again.

        Raises:
            ValueError: if an id, a source or an outlet is longer than a text in Milvus; nothing is stored then.
        """
        now, changes = time_ns(), changes or SourceChanges()
        if changes.merged:
            self._remove(changes.merged)
        milvus, taken_back = self._milvus, self._withdrawals.of([each.article for each in articles])
        heads = [Head.of(each.article, now, taken_back.get(each.article.id, "")) for each in articles]
        keys = [head.key for head in heads]
        before = self._revisions.heads(keys, newest=True).values()
        milvus.put(MilvusTable.PIECES, [row for each in articles for row in piece_rows(each.article, now)])
        milvus.put(
            MilvusTable.PASSAGES, [row for each in articles for row in passage_rows(each, now, self._search.words)]
        )
        outlets = {each.article.outlet for each in articles} - {""}
        milvus.put(MilvusTable.NOTES, [note("outlet", outlet, outlet) for outlet in outlets])
        self._traces.join(changes.joined)
        told_by = [trace for each in articles for trace in Identity(each.article).traces(each.article.id)]
        self._traces.note([*told_by, *changes.traces])
        milvus.put(MilvusTable.ARTICLES, [head.to_row() for head in heads])
        self._delete_revisions(keys, before, now)
        self._forget_outlets(before)
        self._move(changes.moved)
        self._rank(changes.later)
        milvus.put(MilvusTable.NOTES, [note("file", file.path, json.dumps(astuple(file))) for file in files])
        if articles:
            self._note_change(now)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles. The files they were read from are forgotten, too: as long as they are there, they are read.

        Raises:
            KeyError: if there is no article with one of these ids; nothing is removed then.
        """
        self._remove(ids)
        self._traces.forget(ids)

    def _remove(self, ids: Sequence[str]) -> None:
        """Remove articles and what was known of their files; what their versions are known by stays."""
        heads = self._revisions.heads([key_of(article_id) for article_id in ids], newest=True)
        for article_id in ids:
            if key_of(article_id) not in heads:
                raise KeyError(article_id)
        gone, now = heads.values(), time_ns()
        self._delete(MilvusTable.ARTICLES, list(heads))
        self._delete_revisions(list(heads), gone, now)
        self._forget_outlets(gone)
        paths = {path for head in gone for path in paths_of(head.source)}
        self._delete(MilvusTable.NOTES, [note_key("file", path) for path in sorted(paths)])
        self._note_change(now)

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> int:
        """Hide the articles that withdrawals mean, also those that come later; return how many were hidden now."""
        hidden = self._withdrawals.take_back(withdrawals)
        if hidden:
            self._note_change(time_ns())
        return hidden

    def forget_removed(self) -> None:
        """Do nothing: Milvus deletes what was removed when it compacts its segments."""

    def refresh(self) -> None:
        """Have what was stored searched fast; it is found before, too: at once here, elsewhere within seconds."""
        self._milvus.settle()

    def one_generation(self) -> AbstractContextManager[None]:
        """While it lasts, all searches of this thread see each article in one revision, the first that they saw."""
        return self._revisions.one_generation()

    def following(self) -> AbstractContextManager[None]:
        """Do nothing: Milvus tells every process what others wrote."""
        return nullcontext()

    def search_vectors(self, vector: Vectors, k: int, only: Filter) -> Ranking:
        """Return the k passages nearest to a vector of shape (1, dimension), at most MOST: cosines in [-1, 1]."""
        return self._search.vectors(vector, k, only)

    def search_keywords(self, question: str, k: int, only: Filter, heading_weight: float = HEADING_WEIGHT) -> Ranking:
        """Return the k passages whose words match best, at most MOST: BM25 as Milvus computes it, positive, unbounded.

        Passages and headings are two searches: see `Search.keywords`.
        """
        return self._search.keywords(question, k, only, heading_weight)

    def _check_provenance(self) -> None:
        known = json.loads(self.store.notes("about")[0])
        if known.get("format") != FORMAT:
            raise ValueError(
                f"the archive in {self.address} is of another format than this program's, {FORMAT}: another version of "
                "it made it; index the articles under another name"
            )
        for key, here in provenance(self.encoder, self.splitting).items():
            if known[key] != here:
                raise ValueError(
                    f"the archive in {self.address} was built with {key} {known[key]!r}, this is {here!r}; set "
                    "PRESSMARK_ENCODER as it was then, or index the articles under another name"
                )

    def _move(self, places: Mapping[str, OtherSource]) -> None:
        """Note where unchanged articles are read now: the one row that says so; their passages stay."""
        heads = self._revisions.heads([key_of(article_id) for article_id in places], newest=True).values()
        moved = [
            replace(head, source=place.source, collection=place.collection, read_from=place.read_from)
            for head in heads
            for place in [places[head.id]]
        ]
        self._milvus.put(MilvusTable.ARTICLES, [head.to_row() for head in moved])

    def _rank(self, later: Sequence[Later]) -> None:
        """Note that articles were met again later, unchanged."""
        ranks = {each.id: each.rank for each in sorted(later, key=lambda each: each.rank)}
        heads = self._revisions.heads([key_of(article_id) for article_id in ranks], newest=True).values()
        raised = [replace(head, rank=ranks[head.id]) for head in heads if head.rank < ranks[head.id]]
        self._milvus.put(MilvusTable.ARTICLES, [head.to_row() for head in raised])

    def _delete(self, table: MilvusTable, keys: Sequence[str]) -> None:
        for lot in lots(keys):
            self._milvus.delete(table, among("key", lot))

    def _delete_revisions(self, keys: Sequence[str], former: Collection[Head], now: int) -> None:
        """Delete passages and texts of former revisions, and what a crash left of older ones."""
        revisions = sorted({0, *(head.revision for head in former)})
        for lot in lots(keys):
            condition = f"{among('owner', lot)} and (revision < {now - HOUR} or {among('revision', revisions)})"
            self._milvus.delete(MilvusTable.PASSAGES, condition)
            self._milvus.delete(MilvusTable.PIECES, condition)

    def _forget_outlets(self, former: Collection[Head]) -> None:
        """Forget the outlets of which no article is left."""
        outlets = {head.outlet for head in former} - {""}
        gone = [outlet for outlet in outlets if not self._milvus.count(MilvusTable.ARTICLES, among("outlet", [outlet]))]
        self._delete(MilvusTable.NOTES, [outlet_note_key(outlet) for outlet in gone])

    def _note_change(self, now: int) -> None:
        self._milvus.put(MilvusTable.NOTES, [note("generation", "", str(now // 1_000_000))])


def _is_whole(milvus: Milvus) -> bool:
    """Return whether there is an archive, ready to be asked: its notes are made last, and say how it was made."""
    if not milvus.has(MilvusTable.NOTES):
        return False
    milvus.load()
    return bool(milvus.rows(MilvusTable.NOTES, among("kind", ["about"]), ("key",), newest=True))
