"""Which records are versions of one article, and which of the versions counts.

Two records are versions of one article if their links are equal; else if their ids are and their outlets, or, where the
outlet is unknown, the collections they came with; or if the ids are equal and URIs. With none of these known, they are
if ids and folders are equal and titles or texts resemble each other. Anything else is two articles. A version of a
version is a version, whatever the order they come in.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import numpy as np

from embeddings.minhash import SHORT_SHINGLES, minima, shingles
from embeddings.records import Trace
from embeddings.sources import Source
from embeddings.types import Article

LEAST_ALIKE_TEXTS = 0.5
"""Texts of one id and folder are versions if they share at least this part of their shingles: Jaccard's index."""

LEAST_ALIKE_TITLES = 0.6
"""So are those whose titles share at least this part of their words."""

TITLE_WORDS = 40
"""Words of a title that are compared."""

NEVER_PART_OF_A_LINK = re.compile(r"utm_\w+", re.IGNORECASE)
"""What those who share a link put behind it to count the readers: it names no other article."""

_WORDS = re.compile(r"\w+")
_UNIQUE = re.compile(r"(?:tag|urn|https?):\S", re.IGNORECASE)


class Identity:
    """What an article's versions are told by. `link`, `scoped` and `kin` are keys, "" for none.

    `scoped` is of id and outlet or collection, or of an id that is made to be unique in the world, as agencies' are;
    `kin` of id and folder, which alone is not enough.
    """

    def __init__(self, article: Article) -> None:
        """Find out what an article is told by."""
        self._article = article
        own = own_id_of(article)
        scope = scope_of(article)
        self.link = link_of(article)
        if _UNIQUE.match(own):
            self.scoped, self.kin = key_of("uri", own), ""
        else:
            self.scoped = key_of("id", own, scope) if own and scope else ""
            self.kin = key_of("kin", own, folder_of(article)) if own and not scope else ""

    @property
    def keys(self) -> list[str]:
        """All keys, the strongest first."""
        return [key for key in (self.link, self.scoped, self.kin) if key]

    @cached_property
    def likeness(self) -> str:
        """What it is compared by with others of its kin."""
        return likeness_of(self._article)

    @cached_property
    def marked_id(self) -> str:
        """An id for it where its own is another article's: its own with 8 digits behind, of what it is told by.

        An article that is told by nothing is told by the place it is read at.
        """
        told_by = next(iter(self.keys), "") or Source.of(self._article).path
        return f"{self._article.id}~{_digits(told_by)[:8]}"

    def traces(self, article_id: str) -> list[Trace]:
        """Return what the archive is to know its versions by, under the id it has there."""
        exact = [Trace(key, article_id) for key in (self.link, self.scoped) if key]
        return [*exact, Trace(self.kin, article_id, self.likeness)] if self.kin else exact

    def versions(self, known: Iterable[Trace]) -> list[str]:
        """Return the ids of the articles that it is a version of, by what is known of its keys; the strongest first."""
        order = {key: place for place, key in enumerate(self.keys)}
        found = sorted((trace for trace in known if trace.key in order), key=lambda trace: (order[trace.key], trace.id))
        return list(dict.fromkeys(trace.id for trace in found if self._is_version(trace)))

    def only_alike(self, known: Iterable[Trace], article_id: str) -> bool:
        """Return whether it is a version of an article only because of its folder, and for being alike."""
        keys = {trace.key for trace in known if trace.id == article_id}
        return keys == {self.kin}

    def _is_version(self, trace: Trace) -> bool:
        return trace.key != self.kin or resemble(self.likeness, trace.likeness)


def link_of(article: Article) -> str:
    """Return the key of an article's link; "" if it has none, or one that names a site's front page."""
    if article.url is None:
        return ""
    try:
        parts = urlsplit(article.url)
    except ValueError:  # brackets that are no IPv6 address
        return key_of("link", article.url)
    path, query = parts.path.rstrip("/"), _query(parts)
    return key_of("link", parts.netloc.lower(), path, query, parts.fragment) if path or query or parts.fragment else ""


def scope_of(article: Article) -> str:
    """Return what an article's id is unique in: its outlet, else the collection it came with; "" if unknown."""
    outlet = " ".join(_WORDS.findall(article.outlet.casefold())) or article.outlet
    return (
        key_of("outlet", outlet) if outlet else key_of("collection", article.collection) if article.collection else ""
    )


def rank_of(article: Article, content: str) -> str:
    """Return what orders the versions of an article, the one that counts last; "" if it has no date or version.

    Of versions of one date the longer one counts; of those as long, either, but the same one whatever their order:
    `content` is the hash of what the article says, see `content_of`.
    """
    dated = article.version or article.published
    return dated and f"{dated} {len(article.text):09} {content[:16]}"


def date_of(rank: str) -> str:
    """Return the version or date that a rank orders an article by; "" if it has none."""
    return rank.rpartition(" ")[0].rpartition(" ")[0]


def likeness_of(article: Article) -> str:
    """Return what tells whether two articles are alike: words of the title, shingles and signature of the text."""
    words = _WORDS.findall(article.title.casefold())[:TITLE_WORDS]
    said = article.text.startswith(article.title.removesuffix("…"))  # then it is no title, but the first sentence
    found = shingles(article.text)
    signature = minima(found).tobytes().hex() if len(found) else ""
    title = ",".join(_digits(word)[:8] for word in words)
    return f"{'said' if said else 'title'} {title} {len(found)} {signature}"


def resemble(one: str, other: str) -> bool:
    """Return whether two articles are alike, by their likenesses: title or text."""
    kind, title, length, signature = one.split(" ")
    other_kind, other_title, other_length, other_signature = other.split(" ")
    if title and title == other_title:
        return True
    if (kind, other_kind) == ("title", "title") and _shared(title, other_title) >= LEAST_ALIKE_TITLES:
        return True
    if not signature or not other_signature:
        return False
    if min(int(length), int(other_length)) < SHORT_SHINGLES:
        return (length, signature) == (other_length, other_signature)
    return _equal_part(signature, other_signature) >= LEAST_ALIKE_TEXTS


def _equal_part(one: str, other: str) -> float:
    """Return the part of two signatures that is equal, in [0, 1]: an estimate of Jaccard's index (Broder 1997)."""
    first, second = (np.frombuffer(bytes.fromhex(each), dtype="<u4") for each in (one, other))
    return float(np.mean(first == second))


def _shared(one: str, other: str) -> float:
    """Return the part of the words of two titles that is in both, in [0, 1]."""
    first, second = set(one.split(",")), set(other.split(","))
    return len(first & second) / len(first | second)


def own_id_of(article: Article) -> str:
    """Return the id that an article has of itself; "" if it is named by its file."""
    return article.given_id or (article.id if Source.of(article).is_one_of_many else "")


def folder_of(article: Article) -> str:
    """Return the folder of the file that an article was read from."""
    return str(PurePosixPath(Source.of(article).path).parent)


def _query(parts: SplitResult) -> str:
    """Return what asks for an article, without what only counts its readers."""
    if not NEVER_PART_OF_A_LINK.search(parts.query):
        return parts.query
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return urlencode([pair for pair in pairs if not NEVER_PART_OF_A_LINK.fullmatch(pair[0])])


def key_of(kind: str, *parts: str) -> str:
    """Return a key of a kind: parts that are equal give equal keys."""
    return f"{kind}:{_digits(chr(0x1F).join(parts))[:32]}"


def _digits(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
