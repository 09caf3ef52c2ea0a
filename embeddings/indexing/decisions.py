"""What becomes of an article that arrives, and batches of articles on their way into the archive."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from embeddings.indexing.arrivals import Arrival, Claim, Joined
from embeddings.records import FileRecord, Later, OtherSource, SourceChanges, Trace
from embeddings.types import Article

BATCH_ARTICLES = 16
"""Articles that are split and encoded together, at most."""

BATCH_CHARACTERS = 30_000
"""Characters that these have together, at most; one article of any length is a batch of its own."""


class Outcome(StrEnum):
    """What becomes of an article that arrives."""

    NEW = "new"
    """It is stored: no article has its id."""

    CHANGED = "changed"
    """It is stored in the place of the one with its id."""

    SAME = "same"
    """It is stored already, under its id."""

    ANOTHER_SOURCE = "another source"
    """An article under another id says the same: this is one more place where that one is read."""

    OLDER = "older"
    """A newer version of it is stored: it is left out."""

    WAIT = "wait"
    """It meets what is not stored yet: that is stored first, and then the archive is asked again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an arrival; `same_as` is the id of the article that it is another source of, if any."""

    arrival: Arrival
    outcome: Outcome
    same_as: str | None = None

    @property
    def changes_stored(self) -> bool:
        """Whether a stored article is no longer what it was."""
        another = self.outcome is Outcome.ANOTHER_SOURCE and self.arrival.stored is not None
        return another or self.outcome is Outcome.CHANGED

    @property
    def replaces(self) -> bool:
        """Whether a stored article leaves for a version that was read elsewhere, and goes on nowhere."""
        arrival = self.arrival
        elsewhere = arrival.claim is Claim.SUPERSEDED or arrival.supersedes_here
        return self.changes_stored and elsewhere and arrival.refuge is None

    @property
    def noted(self) -> OtherSource | None:
        """The other source that is to be remembered; None if it is known, or is the article's own one."""
        if self.same_as is None:
            return None
        article = self.arrival.article
        other = OtherSource(self.same_as, article.source, article.id, article.read_from, article.collection)
        twin = next((each for each in self.arrival.twins if each.id == self.same_as), None)
        known = self.arrival.others if twin is None else twin.others
        return None if other in known or self.is_at_own_source else other

    @property
    def is_at_own_source(self) -> bool:
        """Whether the article that says the same was itself read from here."""
        here = self.arrival.article.source
        return any(twin.id == self.same_as and twin.source == here for twin in self.arrival.twins)


@dataclass(slots=True)
class Batch:
    """Articles that are encoded together, and what is stored along with them.

    `articles` are by their ids, `fresh` those of them that are new or changed; `contents` are their ids by what they
    say, see `content_of`. `finished` are files whose last articles are in this batch or an earlier one, of one path the
    last counts; `size` is how many bytes of files were read for it, and `keys` what versions of its articles are known
    by. The rest is as in `SourceChanges`, `noted` by source.
    """

    articles: dict[str, Article] = field(default_factory=dict)
    fresh: list[Arrival] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)
    finished: list[FileRecord] = field(default_factory=list)
    size: int = 0
    handed: dict[str, OtherSource] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    moved: dict[str, OtherSource] = field(default_factory=dict)
    noted: dict[str, OtherSource] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    joined: dict[str, str] = field(default_factory=dict)
    traces: list[Trace] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    later: list[Later] = field(default_factory=list)

    def has_room(self, article: Article) -> bool:
        """Return whether an article may go into the batch."""
        characters = sum(len(each.text) for each in (*self.articles.values(), article))
        return not self.articles or (len(self.articles) < BATCH_ARTICLES and characters <= BATCH_CHARACTERS)

    def changes(self, ids: Set[str], source: str) -> bool:
        """Return whether one of these articles is stored with the batch, or removed, or goes on at a source."""
        named = any(not ids.isdisjoint(each) for each in (self.articles, self.merged, self.handed, self.joined))
        met = any(to.source == source for to in self.handed.values())
        return named or met or any(other.id in ids for other in self.noted.values() if other.id != other.article)

    def apply(self, decision: Decision) -> None:
        """Take in an arrival as it was decided; the outcome is not WAIT."""
        arrival, article = decision.arrival, decision.arrival.article
        self.traces += arrival.traces
        self.keys.update(arrival.keys)
        self.later += [] if arrival.later is None else [arrival.later]
        for joined in arrival.joined:
            self._join(joined, article)
        if decision.outcome is Outcome.OLDER:
            return
        if arrival.is_moved:
            here = OtherSource(article.id, article.source, article.id, article.read_from, article.collection)
            self.moved[article.id] = here
        if arrival.refuge is not None:
            self.handed[article.id] = arrival.refuge
        if decision.noted is not None:
            self.noted[article.source] = decision.noted
        if decision.outcome is not Outcome.ANOTHER_SOURCE:
            self._put(decision)
        elif arrival.stored is not None and arrival.refuge is None:
            self.merged.add(article.id)

    def _join(self, joined: Joined, article: Article) -> None:
        """Have a stored article leave that is a version of another, which has what it is known by."""
        work = joined.work
        self.joined[work.id] = article.id
        if work.places:
            same = [place for place in work.places if place.article == article.id]
            self.noted.update({place.source: replace(place, id=article.id) for place in same})
            self.dropped += [place.source for place in work.places if place not in same]
        elif joined.refuge is not None:
            self.handed[work.id] = joined.refuge
        else:
            self.merged.add(work.id)

    def _put(self, decision: Decision) -> None:
        """Put an article in that is stored as one of its own."""
        arrival = decision.arrival
        self.articles[arrival.article.id] = arrival.article
        if arrival.merges:
            self.contents[arrival.content] = arrival.article.id
        if decision.outcome is not Outcome.SAME:
            self.fresh.append(arrival)


def decide(arrival: Arrival, waiting: Sequence[Batch]) -> Decision:
    """Return what becomes of an arrival; `waiting` are the batches that are not stored yet, in their order."""
    if _meets(arrival, waiting):
        return Decision(arrival, Outcome.WAIT)
    if arrival.claim is Claim.OLDER:
        return Decision(arrival, Outcome.OLDER)
    twin = _waiting_twin(arrival, waiting)
    if twin is None and arrival.twins:
        twin = arrival.twins[0].id
    if twin is not None:
        return Decision(arrival, Outcome.ANOTHER_SOURCE, twin)
    if arrival.stored is None:
        return Decision(arrival, Outcome.NEW)
    shared = arrival.article.id if arrival.claim is Claim.SHARED and arrival.merges else None
    return Decision(arrival, Outcome.SAME if arrival.is_same else Outcome.CHANGED, shared)


def _meets(arrival: Arrival, waiting: Sequence[Batch]) -> bool:
    """Return whether an arrival has to do with stored articles that are about to change.

    These have its id, or will go on at its source, or say the same until then; or another place is about to be noted of
    one that it changes, where that goes on.
    """
    ids = {arrival.came_as.id, arrival.article.id, *arrival.names, *(each.work.shown_as for each in arrival.joined)}
    if any(not batch.keys.isdisjoint(arrival.keys) for batch in waiting):
        return True
    leaving = {each.work.id for each in arrival.joined}
    leaving |= {arrival.article.id} if arrival.stored is not None and not arrival.is_same else set()
    if any(other.article in leaving for batch in waiting for other in batch.noted.values()):
        return True
    if _waiting_twin(arrival, waiting) is None:
        ids |= {twin.id for twin in arrival.twins}
    return any(batch.changes(ids, arrival.article.source) for batch in waiting)


def _waiting_twin(arrival: Arrival, waiting: Sequence[Batch]) -> str | None:
    """Return the id of an article that waits to be stored and says the same; None if there is none."""
    return next((batch.contents[arrival.content] for batch in waiting if arrival.content in batch.contents), None)


def source_changes(batches: Sequence[Batch]) -> SourceChanges:
    """Return what becomes of the sources of articles when these batches are stored together."""
    return SourceChanges(
        handed={article: to for batch in batches for article, to in batch.handed.items()},
        merged=tuple(sorted({article for batch in batches for article in batch.merged})),
        moved={article: source for batch in batches for article, source in batch.moved.items()},
        noted=tuple({source: other for batch in batches for source, other in batch.noted.items()}.values()),
        dropped=tuple(source for batch in batches for source in batch.dropped),
        joined={article: to for batch in batches for article, to in batch.joined.items()},
        traces=tuple(dict.fromkeys(trace for batch in batches for trace in batch.traces)),
        later=tuple(later for batch in batches for later in batch.later),
    )
