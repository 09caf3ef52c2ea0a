"""An article that arrives, and what the archive knows of it."""

from dataclasses import dataclass
from enum import StrEnum

from embeddings.records import Later, Origin, OtherSource, Trace, digest_of
from embeddings.sources import Source
from embeddings.types import Article


class Claim(StrEnum):
    """Whose the id is that an article is stored under."""

    OWN = "own"
    """Its own: no other article has it, or this one was stored from here before."""

    MOVED = "moved"
    """That of a stored article whose file is gone: it is this one now."""

    SHARED = "shared"
    """That of a stored article, of a file that is still there, that says the same."""

    SUPERSEDED = "superseded"
    """That of a stored article of which this is a newer version."""

    OLDER = "older"
    """That of a stored article of which this is an older version: this one is left out."""

    TAKEN = "taken"
    """Its own, marked, for the one it came with is another article's."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A stored article that says the same as another one under another id, and where it was met beside its source."""

    id: str
    source: str
    others: tuple[OtherSource, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """An article that the archive knows under an id.

    `places` are where it is met if another article says the same and is stored for both; `stored` is that one then.
    """

    id: str
    stored: Origin
    places: tuple[OtherSource, ...] = ()

    @property
    def shown_as(self) -> str:
        """The id of the stored article that says what it says."""
        return self.places[0].article if self.places else self.id

    @property
    def sources(self) -> list[str]:
        """Where it was read."""
        return [place.source for place in self.places] if self.places else [self.stored.source]


@dataclass(frozen=True, slots=True)
class Joined:
    """A stored article that turns out to be a version of another, and where it goes on, if it says it there alone."""

    work: Work
    refuge: OtherSource | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that was read, under the id that it is stored with, and what the archive knows of it.

    `came_as` is where it was read, with the id it came with, and `claim` says whose id it has. `content` is the hash
    of what it says but its id. `stored` is the article with its id, `others` are that one's other sources, and
    `refuge` is the one of these at which it goes on if this article changes it. `rival` is the file, still there, of
    another version of it, or of the article that had its id. `twins` say the same; `merges` is false where the archive
    stores each of them on its own.
    `keys` are what its versions are known by, `traces` those that the archive does not know yet, and `names` the ids
    that were looked for. `joined` are other stored articles that it shows to be versions of the same one. `alike`
    is whether only that they resemble each other says so, and `supersedes_here` whether the stored one was read in
    the same file in this run. `later` is the stored article that says the same, if this is a later version of that.
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
    keys: tuple[str, ...] = ()
    traces: tuple[Trace, ...] = ()
    names: frozenset[str] = frozenset()
    joined: tuple[Joined, ...] = ()
    alike: bool = False
    supersedes_here: bool = False
    later: Later | None = None

    @property
    def is_moved(self) -> bool:
        """Whether the stored article with its id is read here now, or came with another collection before."""
        collection = self.article.collection
        if self.stored is None or not self.is_same or self.claim is not Claim.OWN:
            return self.claim is Claim.MOVED
        return collection not in ("", self.stored.collection)

    @property
    def is_same(self) -> bool:
        """Whether the stored article with its id says the same."""
        return self.stored is not None and self.stored.digest == digest_of(self.article.id, self.content)
