"""What the fields of an object may be called."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from embeddings.files.versions import MODIFIED_NAMES, REVISION_NAMES

USUAL_NAMES = {
    "text": (
        "text", "body", "content", "maintext", "articleBody", "body_text", "full_text", "article_text", "content_text",
        "content_html", "body_html", "paragraphs", "post_content",
    ),
    "title": ("title", "headline", "web_title", "article_title", "post_title"),
    "published": (
        "published", "date", "publish_date", "date_publish", "date_published", "published_at", "published_date",
        "publication_date", "pub_date", "web_publication_date", "published_on", "published_time", "date_gmt",
        "first_published", "first_publication_date", "firstcreated", "versioncreated", "post_date", "timestamp",
    ),
    "outlet": (
        "outlet", "source", "publisher", "sitename", "source_name", "provider", "publication", "newspaper",
        "publisher_name", "outlet_name",
    ),
    "byline": ("author", "authors", "author(s)", "byline", "creator", "author_name", "authors_name", "dc:creator"),
    "url": ("url", "link", "web_url", "permalink", "canonical_url", "article_url", "source_url", "guid"),
    "id": ("id",),
}  # fmt: skip
"""What a field may be called in JSON, in a table and in front matter; the first name that holds something counts.

Capitals and what parts the words make no difference: "pubDate" and "Pub Date" are "pub_date". Names are those of
NewsAPI, the Guardian, the New York Times, AP (ninjs), schema.org, JSON Feed, WordPress and news-please.
"""

STAND_INS = ("lead_paragraph", "description", "abstract", "summary", "snippet", "excerpt", "standfirst")
"""What may stand for a text where an article has none: its first sentences, or what it is about."""

_USAGE_NAMES = {
    "embargo": ("embargoed", "embargo", "embargo_until", "embargoed_until"),
    "status": ("pubstatus",),
}


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What fields are called in an export: the names given for them, then the usual ones."""

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, options: Sequence[str]) -> "FieldNames":
        """Return the names in options such as "title=headline_main"; ValueError names one that makes no sense."""
        given: dict[str, tuple[str, ...]] = {}
        for option in options:
            known, equals, name = (part.strip() for part in option.partition("="))
            if not equals or not name:
                raise ValueError(f"--field {option!r} is no FIELD=NAME; write it as title=headline_main")
            if known not in USUAL_NAMES:
                raise ValueError(
                    f"--field {option!r}: there is no field {known!r}; fields are {', '.join(USUAL_NAMES)}"
                )
            given[known] = (*given.get(known, ()), name)
        return cls(given)

    def __str__(self) -> str:
        return ",".join(f"{known}={name}" for known, names in sorted(self.given.items()) for name in names)

    @property
    def all_given(self) -> list[str]:
        """The names given, for whichever field."""
        return [name for names in self.given.values() for name in names]

    def of(self, known: str) -> tuple[str, ...]:
        """Return what a field may be called, the names given first."""
        return (*self.given.get(known, ()), *USUAL_NAMES[known])

    def knows(self, name: str) -> bool:
        """Return whether a field of this name is read."""
        return name in self.all_given or canonical(name) in _canonical_names()

    def has_text(self, names: Iterable[str]) -> bool:
        """Return whether one of these names is that of a text, or of what may stand for one."""
        usual = set(map(canonical, (*USUAL_NAMES["text"], *STAND_INS)))
        return any(name in self.given.get("text", ()) or canonical(name) in usual for name in names)


USUAL = FieldNames()


@cache
def _canonical_names() -> frozenset[str]:
    return frozenset(canonical(name) for usual in USUAL_NAMES.values() for name in usual)


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """Return a name without regard to capitals and to what parts its words: "pubdate" for "Pub Date"."""
    return re.sub(r"[\s_-]+", "", name).lower()


@lru_cache(maxsize=1024)
def keys_by_field(keys: tuple[object, ...]) -> dict[str, tuple[str, ...]]:
    """Return which of an object's keys each field, and what may stand for a text, is called; the most usual first."""
    found = {canonical(key): key for key in reversed(keys) if isinstance(key, str)}
    usual = {
        **USUAL_NAMES,
        "stand-in": STAND_INS,
        "modified": MODIFIED_NAMES,
        "revision": REVISION_NAMES,
        **_USAGE_NAMES,
    }
    called = {known: [found.get(canonical(name)) for name in names] for known, names in usual.items()}
    return {known: tuple(key for key in keys if key is not None) for known, keys in called.items()}
