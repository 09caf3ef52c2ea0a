"""Milvus: an archive's rows in four collections, on a server or in a file; the only import of pymilvus."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from embeddings.milvus.address import MilvusAddress
from embeddings.types import Vectors

Row = dict[str, Any]
"""A row: what it holds by the names of its fields."""

CONNECTING = 5.0
ANSWERING = 60.0
"""Seconds that a server has to take a connection, and to answer."""

ROWS_AT_ONCE = 500
"""So many rows are written or asked for at once: at 65,535 bytes each they stay below a server's 64 MiB a message."""

MOST = 16_384
"""A server returns no more rows of one search."""

TEXT_BYTES = 65_535
"""Milvus stores no longer text in one field."""


class MilvusTable(StrEnum):
    """The collections: what is current, what articles say, what is searched, and all else by key."""

    ARTICLES = "articles"
    PIECES = "pieces"
    PASSAGES = "passages"
    NOTES = "notes"


class Leg(StrEnum):
    """The fields that passages are searched in."""

    VECTOR = "vector"
    WORDS = "words_bm25"
    HEADING = "heading_bm25"


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search found, the article and the revision it is of, and its score, higher is better."""

    number: int
    owner: str
    revision: int
    score: float


TEXT, NUMBER = "text", "number"

FIELDS: Mapping[MilvusTable, Mapping[str, str]] = {
    MilvusTable.ARTICLES: {
        "revision": NUMBER,
        "id": TEXT,
        "source": TEXT,
        "digest": TEXT,
        "outlet": TEXT,
        "pieces": NUMBER,
        "rank": TEXT,
        "link": TEXT,
        "scope": TEXT,
        "collection": TEXT,
        "read_from": TEXT,
        "embargo": TEXT,
        "withdrawn": TEXT,
    },
    MilvusTable.PIECES: {"owner": TEXT, "revision": NUMBER, "place": NUMBER, "text": TEXT},
    MilvusTable.PASSAGES: {
        "owner": TEXT, "revision": NUMBER, "start": NUMBER, "end": NUMBER, "outlet": TEXT,
        "first_day": NUMBER, "last_day": NUMBER,
    },
    MilvusTable.NOTES: {"kind": TEXT, "text": TEXT},
}  # fmt: skip
"""What each collection holds besides its key; passages also have what they are searched by."""

KEYED = (MilvusTable.ARTICLES, MilvusTable.NOTES)
"""The collections whose rows have a key of ours, a text; those of the others get numbers from Milvus."""

UNSEARCHED = [0.0, 1.0]
"""Milvus wants a vector in every row, also where none is searched."""


def key_of(table: MilvusTable) -> str:
    """Return the name of a collection's primary key."""
    return "key" if table in KEYED else "number"


class Milvus:
    """A connection to where an archive lies, or may be made. Many threads may use one."""

    def __init__(self, address: MilvusAddress) -> None:
        """Connect.

        Raises:
            ValueError: if pymilvus is not installed.
            FileExistsError: if there is a file at the path that Milvus Lite did not make.
            ConnectionError: if the server cannot be reached, or another process has the file open.
        """
        self.address = address
        self._unsettled: set[MilvusTable] = set()
        try:
            from pymilvus import MilvusClient
            from pymilvus.exceptions import MilvusException
        except ModuleNotFoundError as error:
            raise ValueError(
                f"an archive in {address} needs {error.name}, which is not installed; "
                "install it with: pip install 'pressmark[milvus]'"
            ) from error
        for library in ("pymilvus", "milvus_lite"):  # they log what they raise as well
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self._error: type[Exception] = MilvusException
        if address.is_file:
            if Path(address.uri).is_file():
                raise FileExistsError(f"{address} exists and was not made by Milvus Lite 3; name a new file")
            Path(address.uri).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._client: Any = MilvusClient(address.uri, token=address.token, timeout=CONNECTING)
        except MilvusException as error:
            raise ConnectionError(_not_reached(address, error.message)) from error

    def close(self) -> None:
        """Let go of the connection. A Milvus Lite file stays open to this process until it ends."""
        self._client.close()

    def has(self, table: MilvusTable) -> bool:
        """Return whether a collection is there."""
        return bool(self._call("has_collection", table))

    def create(self, table: MilvusTable, dimension: int) -> None:
        """Make a collection and its indexes, as far as they are not there."""
        from pymilvus import MilvusClient

        if not self.has(table):
            schema = MilvusClient.create_schema(auto_id=table not in KEYED, enable_dynamic_field=False)
            _add_fields(schema, table, dimension if table is MilvusTable.PASSAGES else len(UNSEARCHED))
            self._call("create_collection", table, schema=schema, consistency_level="Session")
        there = self._call("list_indexes", table)
        for leg in Leg if table is MilvusTable.PASSAGES else (Leg.VECTOR,):
            if leg in there:
                continue
            # In a file every vector is compared: its approximate index may return a short list through a filter.
            exact, kind = self.address.is_file, {"index_type": "SPARSE_INVERTED_INDEX", "metric_type": "BM25"}
            if leg is Leg.VECTOR:
                kind = {"index_type": "FLAT" if exact else "AUTOINDEX", "metric_type": "IP"}
            index = MilvusClient.prepare_index_params(field_name=leg.value, index_name=leg.value, **kind)
            self._call("create_index", table, index_params=index, sync=False)  # there is nothing to wait for yet

    def load(self) -> None:
        """Have every collection ready to be searched."""
        for table in MilvusTable:
            self._call("load_collection", table)

    def put(self, table: MilvusTable, rows: Sequence[Row]) -> None:
        """Write rows: those of a keyed collection in the place of the ones with their keys, the others besides."""
        if table is not MilvusTable.PASSAGES:
            rows = [{**row, Leg.VECTOR.value: UNSEARCHED} for row in rows]
        self._unsettled |= {table}
        for start in range(0, len(rows), ROWS_AT_ONCE):
            self._call("upsert" if table in KEYED else "insert", table, data=list(rows[start : start + ROWS_AT_ONCE]))

    def settle(self) -> None:
        """Have what was written searched fast: a file's rows are compared one by one until they are put into segments.

        A server does so by itself, and better if it is not told when.
        """
        if self.address.is_file:
            unsettled, self._unsettled = self._unsettled, set()
            for table in sorted(unsettled):
                self._call("flush", table)

    def delete(self, table: MilvusTable, condition: str) -> None:
        """Delete the rows for which a condition holds."""
        self._call("delete", table, filter=condition)

    def count(self, table: MilvusTable, condition: str = "") -> int:
        """Return for how many rows a condition holds."""
        [row] = self._call("query", table, filter=condition, output_fields=["count(*)"])
        return int(row["count(*)"])

    def rows(self, table: MilvusTable, condition: str, fields: Sequence[str], *, newest: bool = False) -> list[Row]:
        """Return the rows for which a condition holds. `newest`: also what other processes wrote just now."""
        level = "Strong" if newest else "Session"
        return list(self._call("query", table, filter=condition, output_fields=list(fields), consistency_level=level))

    def every(self, table: MilvusTable, condition: str, fields: Sequence[str], together: int) -> Iterator[list[Row]]:
        """Yield all rows for which a condition holds, `together` at a time."""
        found = self._call("query_iterator", table, filter=condition, output_fields=list(fields), batch_size=together)
        try:
            while rows := found.next():
                yield list(rows)
        finally:
            found.close()

    def search(self, leg: Leg, wanted: Vectors | str, limit: int, condition: str) -> list[Found]:
        """Return the passages that fit best, by vector of shape (1, dimension) or by words, through a filter.

        Raises ValueError if more than MOST are asked for.
        """
        if limit > MOST:
            raise ValueError(f"{limit:,} passages were asked for; Milvus returns at most {MOST:,}")
        [hits] = self._call(
            "search",
            MilvusTable.PASSAGES,
            data=[wanted] if isinstance(wanted, str) else wanted.tolist(),
            anns_field=leg.value,
            limit=limit,
            filter=condition,
            output_fields=["owner", "revision"],
            search_params={"metric_type": "IP" if leg is Leg.VECTOR else "BM25"},
        )
        found = [(hit["number"], hit["entity"], float(hit["distance"])) for hit in hits]
        # BM25 is positive; Milvus Lite gives it as a negative distance.
        return [
            Found(number, row["owner"], row["revision"], score if leg is Leg.VECTOR else abs(score))
            for number, row, score in found
        ]

    def _call(self, method: str, table: MilvusTable, **options: Any) -> Any:
        try:
            return getattr(self._client, method)(f"{self.address.name}_{table}", timeout=ANSWERING, **options)
        except self._error as error:
            raise ConnectionError(f"{self.address} did not do as asked ({method}, {table}): {error}") from error


def _add_fields(schema: Any, table: MilvusTable, dimension: int) -> None:
    """Give a schema the fields of a collection."""
    from pymilvus import DataType, Function, FunctionType

    key = {"datatype": DataType.VARCHAR, "max_length": 256} if table in KEYED else {"datatype": DataType.INT64}
    schema.add_field(key_of(table), is_primary=True, **key)
    for name, kind in FIELDS[table].items():
        if kind == NUMBER:
            schema.add_field(name, DataType.INT64)
        else:
            schema.add_field(name, DataType.VARCHAR, max_length=TEXT_BYTES)
    schema.add_field(Leg.VECTOR.value, DataType.FLOAT_VECTOR, dim=dimension)
    if table is MilvusTable.PASSAGES:
        for leg in (Leg.WORDS, Leg.HEADING):
            words = leg.removesuffix("_bm25")
            schema.add_field(words, DataType.VARCHAR, max_length=TEXT_BYTES, enable_analyzer=True)
            schema.add_field(leg.value, DataType.SPARSE_FLOAT_VECTOR)
            made = {"input_field_names": [words], "output_field_names": [leg.value]}
            schema.add_function(Function(name=leg.value, function_type=FunctionType.BM25, **made))


def _not_reached(address: MilvusAddress, reason: str) -> str:
    if address.is_file:
        return (
            f"{address} cannot be opened: another process has it open, or milvus-lite is not installed or did not make "
            f"it ({reason}); a Milvus Lite file serves one process at a time"
        )
    return f"{address} cannot be reached ({reason}); see that Milvus runs there, and that host and port are right"
