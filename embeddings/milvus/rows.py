"""What an archive in Milvus holds, as rows: articles in pieces, passages, notes; and filters as Milvus writes them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import TypeVar

from embeddings.identity import link_of, rank_of, scope_of
from embeddings.milvus.client import ROWS_AT_ONCE, TEXT_BYTES, Row
from embeddings.passages import heading
from embeddings.records import Prepared, Trace, content_of, digest_of
from embeddings.types import Article, Filter
from embeddings.withdrawals import now

PIECE = TEXT_BYTES // 4
"""Characters of an article in one row: UTF-8 has at most four bytes for one."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Head:
    """The row that makes an article be there, in its current revision.

    `key` and `outlet` are hashes, the latter "" for the unknown one; `pieces` says in how many rows the rest is; the
    rest of what the row holds is as in `Origin`. `withdrawn` says what took the article back, "" if nothing did.
    """

    key: str
    revision: int
    id: str
    source: str
    digest: str
    outlet: str
    pieces: int
    rank: str
    link: str
    scope: str
    collection: str
    read_from: str
    embargo: str
    withdrawn: str

    @property
    def is_shown(self) -> bool:
        """Whether the article may be shown now."""
        return not self.withdrawn and self.embargo <= now()

    @classmethod
    def of(cls, article: Article, revision: int, withdrawn: str = "") -> "Head":
        """Return the head of an article in a new revision.

        Raises:
            ValueError: if its id, source or outlet is longer than a text in Milvus.
        """
        for name in (*IN_HEAD, "outlet"):
            text = getattr(article, name)
            if (size := len(text.encode())) > TEXT_BYTES:
                raise ValueError(
                    f"an article's {name} has {size:,} bytes, Milvus stores at most {TEXT_BYTES:,}; shorten it"
                )
        key, outlet = key_of(article.id), outlet_key(article.outlet)
        content = content_of(article)
        return cls(
            key,
            revision,
            article.id,
            article.source,
            digest_of(article.id, content),
            outlet,
            len(_pieces(article)),
            rank_of(article, content),
            link_of(article),
            scope_of(article),
            article.collection,
            article.read_from,
            article.embargo,
            withdrawn,
        )

    @classmethod
    def from_row(cls, row: Row) -> "Head":
        """Return what a row says."""
        return cls(*(row[name] for name in HEAD))

    def to_row(self) -> Row:
        """Return the row."""
        return asdict(self)


HEAD = tuple(field.name for field in fields(Head))
"""The fields of an article's row."""


IN_HEAD = ("id", "source", "collection", "read_from", "embargo")
"""The fields of an article that stand in its head, as they are."""

SAID = tuple(field.name for field in fields(Article) if field.name not in IN_HEAD)
"""The fields of an article that stand in its pieces."""


def key_of(text: str) -> str:
    """Return a key for a text of any length and characters."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def outlet_key(name: str) -> str:
    """Return the key of an outlet, "" for the unknown one."""
    return key_of(name) if name else ""


def note_key(kind: str, name: str) -> str:
    """Return the key of a note."""
    return f"{kind}:{key_of(name)}"


def outlet_note_key(outlet: str) -> str:
    """Return the key of the note with an outlet's name, from the outlet's key."""
    return f"outlet:{outlet}"


def note(kind: str, name: str, text: str) -> Row:
    """Return a note, of which there is one of a kind and name."""
    return {"key": note_key(kind, name), "kind": kind, "text": text}


def trace_note(key: str, traces: Sequence[Trace]) -> Row:
    """Return the note of all traces with one key."""
    return note("trace", key, json.dumps([[trace.key, trace.id, trace.likeness] for trace in traces]))


def known_note(article_id: str, keys: Sequence[str]) -> Row:
    """Return the note of all keys that versions of one article are known by."""
    return note("known", article_id, json.dumps([article_id, *keys]))


def _pieces(article: Article) -> list[str]:
    """Return all that an article says, besides its id and source, in pieces that fit a row each."""
    text = json.dumps([getattr(article, name) for name in SAID], ensure_ascii=False)
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def piece_rows(article: Article, revision: int) -> list[Row]:
    """Return the rows of what an article says."""
    shared = {"owner": key_of(article.id), "revision": revision}
    return [{**shared, "place": place, "text": text} for place, text in enumerate(_pieces(article))]


def to_article(head: Head, pieces: Mapping[int, str]) -> Article:
    """Return an article of all its pieces, by their places."""
    said = json.loads("".join(pieces[place] for place in range(head.pieces)))
    here = {name: getattr(head, name) for name in IN_HEAD}
    return Article(**here, **dict(zip(SAID, said, strict=True)))


def passage_rows(prepared: Prepared, revision: int, words: Callable[[str], Sequence[str]]) -> list[Row]:
    """Return the rows of an article's passages; `words` makes what is searched by of a text."""
    article = prepared.article
    first, last = article.days
    shared = {
        "owner": key_of(article.id),
        "revision": revision,
        "outlet": outlet_key(article.outlet),
        "first_day": first,
        "last_day": last,
        "heading": _fitting(words(heading(article))),
    }
    return [
        {
            **shared,
            "start": passage.start,
            "end": passage.end,
            "words": _fitting(words(passage.text)),
            "vector": vector.tolist(),
        }
        for passage, vector in zip(prepared.passages, prepared.vectors, strict=True)
    ]


def _fitting(words: Sequence[str]) -> str:
    """Return words with blanks between, of very many those that fit."""
    return " ".join(words).encode()[:TEXT_BYTES].decode(errors="ignore")


def where(only: Filter) -> str:
    """Return the condition on passages that a filter stands for, "" for none."""
    conditions = []
    if only.days:
        conditions.append(f"last_day >= {only.days[0]} and first_day <= {only.days[1]}")
    if only.outlets:
        conditions.append(among("outlet", [outlet_key(outlet) for outlet in only.outlets]))
    if only.articles:
        conditions.append(among("owner", [key_of(article) for article in only.articles]))
    return " and ".join(conditions)


def among(field: str, values: Sequence[str] | Sequence[int]) -> str:
    """Return the condition that a field is one of some hashes or numbers."""
    return f"{field} in {json.dumps(list(values))}"


def lots_to_read(heads: Sequence[Head]) -> Iterator[list[Head]]:
    """Yield as many articles at a time as have ROWS_AT_ONCE pieces together, at least one."""
    lot: list[Head] = []
    for head in heads:
        if lot and sum(each.pieces for each in lot) + head.pieces > ROWS_AT_ONCE:
            yield lot
            lot = []
        lot.append(head)
    if lot:
        yield lot


def lots(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield ROWS_AT_ONCE items at a time."""
    return (items[start : start + ROWS_AT_ONCE] for start in range(0, len(items), ROWS_AT_ONCE))
