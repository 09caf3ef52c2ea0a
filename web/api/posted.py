"""Articles that are posted and deleted, as JSON: what may be sent, and what became of it."""

from typing import Any

from pydantic import ConfigDict, Field

from web.api.made_with import Made
from web.api.places import Offset
from web.definitions import Definition
from web.fields import MOST_LISTED


class PostedArticle(Definition):
    """An article as it may stand in a JSON file that `index` reads: also under other names, and with other fields."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)

    text: Any = None
    """Its text; it must have one."""

    id: Any = None
    """Its id: the next article that is posted with it takes its place. Empty is as none: the archive gives one."""

    title: Any = None
    """Its headline; without one, its first sentence."""

    published: Any = None
    """When it was published."""

    outlet: Any = None
    """Who published it."""

    byline: Any = None
    """Who wrote it."""

    url: Any = None
    """Where it stands."""

    @property
    def as_it_came(self) -> dict[str, Any]:
        """The object as it was sent."""
        return self.model_dump(exclude_unset=True)


class PostedArticles(Definition):
    """Several articles."""

    articles: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_LISTED)
    """1 to 1,000 objects, each an article."""


class UnreadArticle(Definition):
    """An object that was posted and holds no article."""

    place: Offset
    """Which of them, from 0."""

    reason: str
    """What is wrong with it."""


class Posted(Made):
    """What became of the articles that were posted."""

    read: int
    """How many of the objects are articles."""

    added: int
    """How many are new."""

    changed: int
    """How many took the place of an older version."""

    unchanged: int
    """How many were there already."""

    replaced: int
    """How many of those that changed were read elsewhere before."""

    older: int
    """How many are left out, for a newer version is there."""

    unread: list[UnreadArticle]
    """What holds no article."""

    notes: list[str]
    """What else is to be known of them, counted."""

    ids: list[str | None]
    """What each of the objects is found under; null for none. One that says the same may stand for it."""


class Deleted(Made):
    """An article that is gone."""

    deleted: str
    """The id of the article that was deleted."""
