"""Which stored articles may be shown: none that its newsroom took back, and none before its embargo ends."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from embeddings.identity import Identity, folder_of, key_of, own_id_of
from embeddings.types import Article

_TAKES_BACK = re.compile(
    r"(?:mandatory |eds )?(?:kill(?:ed)?|withdraw(?:al|n)|retract(?:ion|ed)|cancel(?:l?ed|lation)?|withheld)"
    r"\s*[:–—-]\s*",
    re.IGNORECASE,
)


def now() -> str:
    """Return this moment in UTC, written as an article's embargo is."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What takes back articles: `keys` are what they are known by, see `known_by`.

    It means their versions up to `until`, see `dated`; `source` says where it was read, and `id` is the one that it
    gives the article, "" for none.
    """

    keys: frozenset[str]
    until: str
    source: str
    id: str = ""

    @classmethod
    def of(cls, article: Article) -> "Withdrawal":
        """Return what an item takes back, from what it says of itself; without id and link it is told by its headline.

        An item that stands where the article stood takes it back, too, if it says nothing else.
        """
        keys = frozenset(_keys(article))
        if not keys:
            title = _TAKES_BACK.sub("", article.title, count=1)
            named = [_titled(article, title)] if title != article.title else []
            keys = frozenset([*named, _at(article)])
        return cls(keys, f"{dated(article)}~", article.source, own_id_of(article))

    def means(self, article: Article) -> bool:
        """Return whether it takes an article back."""
        return not self.keys.isdisjoint([*known_by(article), _at(article)]) and dated(article) <= self.until

    @property
    def is_told_by_little(self) -> bool:
        """Whether it tells the article by nothing but its headline or its place."""
        return all(key.startswith(("titled:", "at:")) for key in self.keys)

    @property
    def lasting(self) -> list[str]:
        """The keys by which it takes back what is stored later: not the place, where another article may come to be."""
        return sorted(key for key in self.keys if not key.startswith("at:"))


def dated(article: Article) -> str:
    """Return what orders an article and what takes it back; "" if it has no date."""
    return article.version or article.published


def known_by(article: Article) -> list[str]:
    """Return all keys by which an article may be taken back."""
    return [*_keys(article), _titled(article, article.title)]


def _keys(article: Article) -> Iterable[str]:
    yield from Identity(article).keys
    if own := own_id_of(article):
        yield key_of("own", own, folder_of(article))


def _titled(article: Article, title: str) -> str:
    return key_of("titled", folder_of(article), " ".join(title.casefold().split()))


def _at(article: Article) -> str:
    return key_of("at", article.source)
