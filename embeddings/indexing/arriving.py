"""Ask an archive what it knows of an article: of which one it is a version, and which articles say the same."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from embeddings.archives import ArticleStore, CopyStore, GrowingArchive
from embeddings.identity import Identity, rank_of, scope_of
from embeddings.indexing.arrivals import Arrival, Claim, Joined, Twin, Work
from embeddings.records import Later, Origin, content_of, digest_of
from embeddings.sources import Source, file_of
from embeddings.types import Article

STILL_ALIKE = 0.6
"""An article that changed in its place, or was moved and changed, has at least this part of the fewer words left."""

READ_WORDS = 5_000
"""Words that are compared to find that out."""


def arrive(found: Article, archive: GrowingArchive, seen: Set[str] = frozenset()) -> Arrival:
    """Return an article that was read with what the archive knows of it: few look-ups if it is new.

    `seen` are the ids of the articles that this run has met: of the others a file holds the former state.
    """
    identity, source, content = Identity(found), Source.of(found), content_of(found)
    known = archive.store.traces(identity.keys)
    versions = identity.versions(known)
    names = list(dict.fromkeys([*versions, found.id, identity.marked_id]))
    works = _look_up(names, archive)
    met = sorted((works[each] for each in versions if each in works), key=_precedence, reverse=True)
    work = met[0] if met else _former(found, identity, works, archive, seen)
    later = None
    if work is not None and (as_stored := _as_stored(found, work, content, archive)) is not None:
        later = Later(work.shown_as, rank_of(found, content))
        found, content = as_stored, content_of(as_stored)
    claim, new_id = _claim(found, work, content, seen), work.id if work else _free_id(found, identity, content, works)
    article = _named(found, new_id)
    arrival = Arrival(
        article,
        source,
        Claim.TAKEN if work is None and new_id != found.id else claim,
        content,
        work.stored if work and not work.places else None,
        rival=_rival(source, work if work else works.get(found.id), claim),
        merges=archive.copies is not None,
        keys=tuple(identity.keys),
        traces=tuple(trace for trace in identity.traces(new_id) if trace not in known),
        names=frozenset([*names, new_id]),
        joined=tuple(_joined(each, archive.copies) for each in met[1:]),
        alike=work is not None and identity.only_alike(known, work.id),
        supersedes_here=work is not None and claim is Claim.OWN and work.id in seen,
        later=later,
    )
    if archive.copies is None or claim is Claim.OLDER:
        return arrival
    return _with_copies(arrival, archive.store, archive.copies)


def _look_up(names: Sequence[str], archive: GrowingArchive) -> dict[str, Work]:
    """Return what the archive knows under these ids."""
    stored = archive.store.origins(names)
    works = {name: Work(name, origin) for name, origin in stored.items()}
    left = [name for name in names if name not in stored]
    places = archive.copies.places_with(left) if archive.copies and left else []
    shown = archive.store.origins(sorted({place.article for place in places})) if places else {}
    for name in {place.id for place in places}:
        met = tuple(place for place in places if place.id == name)
        works[name] = Work(name, shown[met[0].article], met)
    return works


def _precedence(work: Work) -> tuple[str, bool]:
    """Order the versions of an article that are stored: the one that counts is the greatest."""
    return work.stored.rank, not work.places


def _former(
    found: Article, identity: Identity, works: dict[str, Work], archive: GrowingArchive, seen: Set[str]
) -> Work | None:
    """Return the article that was in the place of this one, or that this one is moved from, or a copy of."""
    source = Source.of(found)
    named = [works[name] for name in (identity.marked_id, found.id) if name in works]
    candidates = [work for work in named if not _contradict(found, identity, work.stored)]
    here = [work for work in candidates if any(map(source.is_that_of, work.sources))]
    for work in here:
        at_its_place = found.source in work.sources or not identity.kin
        if work.id not in seen and (at_its_place or _is_still_alike(found, work, archive)):
            return work
    elsewhere = [work for work in candidates if work not in here]
    for work in elsewhere:
        gone = not work.places and file_of(work.stored.source) is None
        if gone and _is_still_alike(found, work, archive):
            return work
        if not identity.keys and work.stored.digest == digest_of(work.shown_as, content_of(found)):
            return work
    return None


def _contradict(found: Article, identity: Identity, stored: Origin) -> bool:
    """Return whether two articles say of themselves that they are two."""
    pairs = ((identity.link, stored.link), (scope_of(found), stored.scope))
    return any(one and other and one != other for one, other in pairs)


def _is_still_alike(found: Article, work: Work, archive: GrowingArchive) -> bool:
    """Return whether an article may be what has become of another one: by title, or by words."""
    try:
        former = archive.store.article(work.shown_as)
    except KeyError:
        return False
    one, other = (set(re.findall(r"\w+", each.text.casefold())[:READ_WORDS]) for each in (found, former))
    return found.title == former.title or len(one & other) >= STILL_ALIKE * min(len(one), len(other))


def _as_stored(found: Article, work: Work, content: str, archive: GrowingArchive) -> Article | None:
    """Return an article as the version of it that is stored, if it is a later one and says nothing else; else None."""
    if digest_of(work.shown_as, content) == work.stored.digest or rank_of(found, content) <= work.stored.rank:
        return None
    try:
        former = archive.store.article(work.shown_as)
    except KeyError:  # it may not be shown: a later version may
        return None
    same = replace(found, version=former.version)
    return same if digest_of(work.shown_as, content_of(same)) == work.stored.digest else None


def _claim(found: Article, work: Work | None, content: str, seen: Set[str]) -> Claim:
    """Return whose the id of an article is that is a version of a stored one, or of none."""
    source = Source.of(found)
    if work is None:
        return Claim.OWN
    here, gone = any(map(source.is_that_of, work.sources)), not any(map(file_of, work.sources))
    if work.stored.digest == digest_of(work.shown_as, content):
        return Claim.OWN if here or work.places else Claim.MOVED if gone else Claim.SHARED
    if found.source in work.sources and work.id not in seen:
        return Claim.OWN  # what stood there says something else now
    if rank_of(found, content) < work.stored.rank:
        return Claim.OLDER
    return Claim.OWN if here or work.places else Claim.MOVED if gone else Claim.SUPERSEDED


def _rival(source: Source, work: Work | None, claim: Claim) -> str | None:
    """Return the file of another version that is stored, if that was read elsewhere and is still there.

    For an older version it is that file even if it is gone: this one counts once that is told.
    """
    if work is None or any(map(source.is_that_of, work.sources)):
        return None
    path = next(filter(None, map(file_of, work.sources)), None)
    return path if path is not None or claim is not Claim.OLDER else Source.at(work.stored.source)


def _free_id(found: Article, identity: Identity, content: str, works: Iterable[str]) -> str:
    """Return an id that no article has: the own one, or that marked."""
    names = (found.id, identity.marked_id, f"{identity.marked_id}{content[:8]}")
    return next(name for name in names if name not in works or name == names[-1])


def _named(found: Article, article_id: str) -> Article:
    """Return an article under an id, with the one that its newsroom gave it kept."""
    if article_id == found.id:
        return found
    own = found.given_id or (found.id if Source.of(found).is_one_of_many else "")
    return replace(found, id=article_id, given_id=own)


def _joined(work: Work, copies: CopyStore | None) -> Joined:
    """Return an article that is joined to another, and where it goes on if it has copies elsewhere."""
    if work.places or copies is None:
        return Joined(work)
    others = (each for each in copies.other_sources(work.id) if each.id != work.id)
    return Joined(work, next((each for each in others if file_of(each.source) is not None), None))


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
