"""The keyword index: BM25 by tantivy, a cache of the passages in the database."""

import json
import math
import re
import shutil
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from embeddings.dates import days_between
from embeddings.folding import searched
from embeddings.passages import heading
from embeddings.types import Allowed, Filter, Numbers, Passage, Ranking, Stamp
from embeddings.writing import write_whole

ANALYZER = "english"
HEADING_WEIGHT = 0.4
"""The weight of a match in title, outlet and date, where a match in the passage itself counts 1.

0.25 to 0.5 do not differ beyond chance: docs/evaluation.md, the order of the passages."""

COMMON = 0.1
"""Words in more than this share of the passages, and in more than LEAST_COMMON, are ignored, unless all of a question's
words are such.

598 questions on the news of 2023, 275,248 passages, no least number: fused success@1, @5 and @10 are 53.0, 79.4 and
85.3 % if all words rank, 53.2, 79.4, 85.8 at 0.2, and 53.0, 78.4, 84.8 at 0.1, where a search takes a sixth as long.
"""

LEAST_COMMON = 50_000
"""A word in no more passages than these is never ignored."""

WIDE = 10
"""A filter that lets through at least one passage in WIDE is applied to the best of all: only these can be found by
skipping. A narrower one, and one that leaves too few of them, is part of the query."""

SPARE = 1.5
"""How many more of the best are taken than a filter should leave."""

LISTED = 366
"""Days that a filter by date lists at most; a longer one is a range."""

SEGMENT_FILE = re.compile(r"[0-9a-f]{32}\..*")
"""How tantivy names the files of a segment."""

WRITER_HEAP = 64_000_000
"""Bytes that tantivy may use before it writes a segment."""


@dataclass(frozen=True, slots=True)
class KeywordSnapshot:
    """The index as it was at one generation. It stays as it is, whatever is written after."""

    stamp: Stamp
    searcher: Any


class KeywordIndex:
    """Passages by their words as the eye reads them: English stems, accents folded.

    A folder of tantivy's files and a stamp.json.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or an empty one without a stamp if there is none.

        Raises:
            ValueError: if the folder's files cannot be read, or are not those that were stamped. That may also be so
                while another process writes to it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._stamp_path = folder / "stamp.json"
        self._known: dict[str, int] = {}
        self._check_files()
        self._index = tantivy.Index(_schema(), path=str(folder))
        self._analyzer = analyzer()
        self._index.register_tokenizer(ANALYZER, self._analyzer)
        self._index.config_reader(reload_policy="Manual")  # what was written is shown when we say so
        self.reload()

    @staticmethod
    def delete(folder: Path) -> None:
        """Delete the whole index."""
        shutil.rmtree(folder, ignore_errors=True)

    @property
    def stamp(self) -> Stamp | None:
        """What the files on disk hold; None if that cannot be told."""
        return read_stamp(self._folder)

    def _check_files(self) -> None:
        """Raise ValueError unless the stamped segments are there, byte for byte: tantivy itself panics in a search."""
        try:
            stamped = dict(json.loads(self._stamp_path.read_text(encoding="utf-8"))["files"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return  # without a stamp the index is built anew
        try:
            whole = all(_checksum(self._folder / name) == crc for name, crc in stamped.items())
        except FileNotFoundError as error:
            raise ValueError(f"{self._folder} is damaged: {error.filename} is missing") from error
        if not whole:
            raise ValueError(f"{self._folder} is damaged")
        self._known = stamped

    def _checksums(self) -> dict[str, int]:
        """Return the CRC-32 of each file of the segments; such a file is never written to again, so each is read once.

        Files of deletions are: their names end with when they were made.
        """
        files = sorted(path for path in self._folder.iterdir() if SEGMENT_FILE.fullmatch(path.name))
        self._known = {path.name: self._known.get(path.name, -1) for path in files}
        self._known = {name: crc if crc >= 0 else _checksum(self._folder / name) for name, crc in self._known.items()}
        return self._known

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def update(self, removed: Iterable[int], added: Iterable[tuple[int, Passage]], stamp: Stamp) -> None:
        """Take passages out, put passages in, stamp the result and search it from now on."""
        self.write(removed, added, stamp)
        self.reload()

    def write(self, removed: Iterable[int], added: Iterable[tuple[int, Passage]], stamp: Stamp) -> None:
        """Take passages out of the files, put passages in, and stamp the result; searches do not see it yet.

        Doing it twice is the same as doing it once, so a crash before the stamp is written costs nothing.
        """
        writer = self._index.writer(heap_size=WRITER_HEAP, num_threads=1)
        try:
            for number in removed:
                writer.delete_documents_by_query(self._numbered(number))
            for number, passage in added:
                writer.delete_documents_by_query(self._numbered(number))
                writer.add_document(_to_document(number, passage))
            writer.commit()
        finally:  # as a context manager it would commit half of it
            writer.wait_merging_threads()  # else they may write to the files when the archive is closed
        known = {"archive": stamp.archive, "generation": stamp.generation, "files": self._checksums()}
        write_whole(self._stamp_path, json.dumps({**known, "meta": self._meta()}).encode())

    def snapshot(self) -> KeywordSnapshot | None:
        """Return what the files hold now, for `show`; None if that cannot be told, as while they are written to.

        The stamp tells the state of tantivy's meta.json that it is for. If that is the same before and after the files
        are opened, they are those of the stamp: it changes with every commit, and never back.
        """
        stamped = _read_json(self._stamp_path)
        stamp = _stamp(stamped)
        if stamp is None or stamped.get("meta") != self._meta():
            return None
        try:
            self._index.reload()
        except (ValueError, OSError):
            return None  # another process is just building the index anew
        snapshot = KeywordSnapshot(stamp, self._index.searcher())
        same = stamped.get("meta") == self._meta() and _read_json(self._stamp_path) == stamped
        return snapshot if same else None

    def show(self, snapshot: KeywordSnapshot) -> None:
        """Search a snapshot from now on."""
        self._searcher = snapshot.searcher

    def reload(self) -> None:
        """Search what the files hold now."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def numbers(self) -> set[int]:
        """Return the numbers of all passages in it."""
        searcher = self._searcher
        found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        return set(searcher.fast_field_values("number", [address for _, address in found]))

    def _meta(self) -> int:
        """Return the CRC-32 of tantivy's own list of what belongs to the index; -1 if there is none."""
        try:
            return _checksum(self._folder / "meta.json")
        except FileNotFoundError:
            return -1

    def search(
        self,
        question: str,
        k: int,
        only: Filter,
        heading_weight: float = HEADING_WEIGHT,
        allowed: Allowed | None = None,
    ) -> Ranking:
        """Return the k passages that match the question's words best, by BM25: scores positive, unbounded.

        `heading_weight`, from 0: what a match in title, outlet and date counts, where one in the passage counts 1.
        `allowed` are the passages that the filter `only` lets through and that may be shown; None if that are all that
        match the filter.

        Source: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond".
        """
        words = self._informative(dict.fromkeys(self._analyzer.analyze(searched(question))))
        if not words or not len(self):
            return Ranking.empty()
        parts = [part for word in words for part in self._field_queries(word, heading_weight)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        if allowed is not None and len(self) < WIDE * allowed.count:
            most = math.ceil(SPARE * k * len(self) / allowed.count)
            found = self._best(query, most)
            kept = _kept(found, allowed, k)
            if len(kept.numbers) == k or len(found.numbers) < most:
                return kept
        return self._best_allowed(self._restricted(query, only, allowed), k, allowed)

    def _best_allowed(self, query: tantivy.Query, k: int, allowed: Allowed | None) -> Ranking:
        """Return the k allowed passages that a query ranks highest, looking further where others stand before them."""
        most = k
        while True:
            found = self._best(query, most)
            kept = found if allowed is None else _kept(found, allowed, k)
            if len(kept.numbers) == k or len(found.numbers) < most:
                return kept
            most *= 4

    def _best(self, query: tantivy.Query, k: int) -> Ranking:
        """Return the k passages that a query ranks highest."""
        found = self._searcher.search(query, limit=k, count=False).hits
        addresses = [address for _, address in found]
        numbers: Numbers = np.array(self._searcher.fast_field_values("number", addresses), dtype=np.int64)
        return Ranking(numbers, np.array([score for score, _ in found], dtype=np.float32))

    def _informative(self, words: Iterable[str]) -> list[str]:
        """Return those of the words that are in the archive, but not in too many passages; all if that leaves none.

        BM25 gives a common word next to no weight, but its list of passages is most of what a search reads.
        """
        searcher = self._searcher
        counts = {word: searcher.doc_freq("text", word) for word in words}
        known = [word for word, count in counts.items() if count or searcher.doc_freq("heading", word)]
        most = max(LEAST_COMMON, COMMON * searcher.num_docs)
        return [word for word in known if counts[word] <= most] or known

    def _field_queries(self, word: str, heading_weight: float) -> tuple[tantivy.Query, tantivy.Query]:
        """Return the queries for a word in the passage and in its heading.

        They stand beside all others, not in a query of their own: only of such a list does tantivy skip the passages
        that cannot be among the best (Ding & Suel 2011, "Faster top-k document retrieval using block-max indexes").
        """
        text, above = (
            tantivy.Query.term_query(self._index.schema, field, word, index_option="freq")
            for field in ("text", "heading")
        )
        return text, tantivy.Query.boost_query(above, heading_weight)

    def _numbered(self, number: int) -> tantivy.Query:
        return tantivy.Query.term_query(self._index.schema, "number", number)

    def _restricted(self, query: tantivy.Query, only: Filter, allowed: Allowed | None) -> tantivy.Query:
        """Return the query, and the filter as conditions that add nothing to a score.

        A filter by articles is one by the numbers of the passages that it lets through.
        """
        schema, must = self._index.schema, tantivy.Occur.Must
        conditions = self._within(*only.days) if only.days else []
        if only.outlets:
            conditions.append(tantivy.Query.term_set_query(schema, "outlet", list(only.outlets)))
        if only.articles and allowed is not None:
            conditions.append(tantivy.Query.term_set_query(schema, "number", allowed.numbers.tolist()))
        if not conditions:
            return query
        silent = [(must, tantivy.Query.const_score_query(condition, 0.0)) for condition in conditions]
        return tantivy.Query.boolean_query([(must, query), *silent])

    def _within(self, first: int, last: int) -> list[tantivy.Query]:
        """Return conditions that let an article through if its days and those from `first` to `last` meet.

        tantivy looks a list of days up, but for a range of them it reads the days of every passage. So a short range is
        a list: an article's days begin in it, or before it, on the first day of a month or year that lasts into it.
        """
        schema, integer = self._index.schema, tantivy.FieldType.Integer
        lasting = tantivy.Query.range_query(schema, "latest", integer, lower_bound=first)
        days = days_between(first, last, LISTED)
        if not days:
            return [lasting, tantivy.Query.range_query(schema, "earliest", integer, upper_bound=last)]
        month, year = first // 100 * 100 + 1, first // 10_000 * 10_000 + 101
        begun = tantivy.Query.term_set_query(schema, "earliest", days)
        before = tantivy.Query.term_set_query(schema, "earliest", [month, year])
        running = tantivy.Query.boolean_query([(tantivy.Occur.Must, before), (tantivy.Occur.Must, lasting)])
        return [tantivy.Query.boolean_query([(tantivy.Occur.Should, begun), (tantivy.Occur.Should, running)])]


def _kept(found: Ranking, allowed: Allowed, k: int) -> Ranking:
    """Return the first k of what was found that are allowed."""
    known = found.numbers < len(allowed.mask)
    kept = np.flatnonzero(known)[allowed.mask[found.numbers[known]]][:k]
    return Ranking(found.numbers[kept], found.scores[kept])


def analyzer() -> tantivy.TextAnalyzer:
    """Return what makes words to search by of a text that is `searched`: English stems, accents folded."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.ascii_fold(),  # before lowercase: a lowercased "İ" keeps a dot that no longer folds
        tantivy.Filter.lowercase(),
        tantivy.Filter.stemmer("English"),
    ):
        builder = builder.filter(step)
    return builder.build()


def read_stamp(folder: Path) -> Stamp | None:
    """Return what the index in a folder says that it holds; None if there is none, or it cannot be told."""
    return _stamp(_read_json(folder / "stamp.json"))


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _stamp(known: Any) -> Stamp | None:
    """Return the stamp in what a stamp's file says; None if it says none."""
    try:
        return Stamp(known["archive"], known["generation"])
    except (KeyError, TypeError):
        return None


def _checksum(path: Path) -> int:
    """Return the CRC-32 of a file, read in pieces."""
    crc = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            crc = zlib.crc32(piece, crc)
    return crc


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=False, indexed=True, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("heading", stored=False, tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("outlet", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("earliest", stored=False, indexed=True, fast=True)
    builder.add_integer_field("latest", stored=False, indexed=True, fast=True)
    return builder.build()


def _to_document(number: int, passage: Passage) -> tantivy.Document:
    article = passage.article
    document = tantivy.Document()
    document.add_unsigned("number", number)
    document.add_text("text", searched(passage.text))
    document.add_text("heading", searched(heading(article)))
    document.add_text("outlet", article.outlet)
    first, last = article.days
    document.add_integer("earliest", first)
    document.add_integer("latest", last)
    return document
