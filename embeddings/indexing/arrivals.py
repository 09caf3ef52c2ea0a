"""What an archive knows of an article that arrives: whose id it has, and which articles say the same."""

from dataclasses import dataclass, replace
from enum import StrEnum

from embeddings.archives import ArticleStore, CopyStore, GrowingArchive
from embeddings.records import Origin, OtherSource, content_of, digest_of
from embeddings.sources import Source, file_of
from embeddings.types import Article


class Claim(StrEnum):
    """Whose the id is that an article comes with."""

    OWN = "own"
    """Its own: no other article has it, or this one was stored from here before."""

    MOVED = "moved"
    """That of a stored article whose file is gone: it is this one now."""

    SHARED = "shared"
    """That of a stored article, of a file that is still there, that says the same."""

    SUPERSEDED = "superseded"
    """That of a stored article of which this is a newer version: a newsroom gave both the id."""

    TAKEN = "taken"
    """That of another stored article, of a file that is still there: this one gets an id of its own."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A stored article that says the same as another one under another id, and where it was met beside its source."""

    id: str
    source: str
    others: tuple[OtherSource, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that was read, under the id that it is stored with, and what the archive knows of it.

    `came_as` is where it was read, with the id it came with, and `claim` says whose that id is. `content` is the hash
    of what it says but its id. `stored` is the article with its id, `others` are that one's other sources, and
    `refuge` is the one of these at which it goes on if this article changes it. `rival` is the file, still there, of
    the article that had the id it came with. `twins` say the same; `merges` is false where the archive stores each of
    them on its own.
    """

    article: Article
    came_as: Source
    claim: Claim
    content: str
    stored: Origin | None = None
    others: tuple[OtherSource, ...] = ()
    refuge: OtherSource | None = None
    rival: str | None = None
    twins: tuple[Twin, ...] = ()
    merges: bool = True

    @property
    def is_same(self) -> bool:
        """Whether the stored article with its id says the same."""
        return self.stored is not None and self.stored.digest == digest_of(self.article.id, self.content)


def arrive(found: Article, archive: GrowingArchive) -> Arrival:
    """Return an article that was read with what the archive knows of it: two look-ups if it is new."""
    source, content = Source.of(found), content_of(found)
    known = archive.store.origins([found.id, source.own_id])
    first = known.get(found.id)
    rival = None if first is None or source.is_that_of(first.source) else file_of(first.source)
    claim = Claim.TAKEN if source.own_id in known else _claim(source, first, rival, content)
    article = replace(found, id=source.own_id) if claim is Claim.TAKEN else found
    copies, stored = archive.copies, known.get(article.id)
    arrival = Arrival(article, source, claim, content, stored, rival=rival, merges=copies is not None)
    return arrival if copies is None else _with_copies(arrival, archive.store, copies)


def _claim(source: Source, stored: Origin | None, rival: str | None, content: str) -> Claim:
    """Return whose an id is: `stored` is the article that has it.

    An id that a newsroom gave in JSON names one article wherever it comes from: the last one counts.
    """
    if stored is None or source.is_that_of(stored.source):
        return Claim.OWN
    if rival is None:
        return Claim.MOVED
    if stored.digest == digest_of(source.id, content):
        return Claim.SHARED
    return Claim.SUPERSEDED if source.may_replace(stored.source) else Claim.TAKEN


def _with_copies(arrival: Arrival, store: ArticleStore, copies: CopyStore) -> Arrival:
    """Return an arrival with its twins, and with what happens to the sources of the article that has its id."""
    article = arrival.article
    changes = arrival.stored is not None and not arrival.is_same
    others = copies.other_sources(article.id) if changes or arrival.claim is Claim.SHARED else []
    refuges = (each for each in others if each.id != article.id and each.source != article.source)
    same = copies.ids_with(arrival.content)
    return replace(
        arrival,
        others=tuple(others),
        refuge=next((each for each in refuges if file_of(each.source) is not None), None) if changes else None,
        twins=() if article.id in same else tuple(_twins(same, store, copies)),
    )


def _twins(ids: list[str], store: ArticleStore, copies: CopyStore) -> list[Twin]:
    origins = store.origins(ids) if ids else {}
    return [Twin(each, origins[each].source, tuple(copies.other_sources(each))) for each in ids if each in origins]
