"""What was searched in vain, as JSON: where nothing answers a question."""

from typing import Annotated

from pydantic import Field

from web.api.places import Probability
from web.definitions import Definition


class Searched(Definition):
    """The articles that were searched, counted."""

    articles: Annotated[int, Field(ge=0)]
    """How many."""

    outlets: Annotated[int, Field(ge=0)]
    """By how many outlets, as far as these are known."""

    first: str | None
    """The first day covered, 2022-10-19."""

    last: str | None
    """The last one."""

    undated: Annotated[int, Field(ge=0)]
    """How many have no date."""


class UsedFilter(Definition):
    """Which articles were let through, as it was asked; null and empty lists restrict nothing."""

    published_from: str | None = Field(alias="from")
    """Those published on or after."""

    published_to: str | None = Field(alias="to")
    """Those published on or before."""

    outlet: list[str]
    """Those of these outlets."""

    article: list[str]
    """Those of these ids."""


class Absence(Definition):
    """What speaks for it that the archive does not answer the question."""

    searched: Searched | None
    """What was searched; null where the archive does not count its articles."""

    filter: UsedFilter
    """Which articles were let through."""

    nearest: Probability | None
    """How likely the likeliest is of what is no answer; null if nothing looks like one."""

    needed: Probability
    """How likely an answer is at least."""

    nowhere: list[str]
    """Words of the question that stand nowhere in the archive, whatever the filter; little ones are not looked for."""
