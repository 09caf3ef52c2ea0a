"""Articles and places in them, as the endpoint's answers name them."""

from typing import Annotated

from pydantic import Field

from web.definitions import Definition

Offset = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Place(Definition):
    """A half-open range of characters in an article's text."""

    start: Offset
    """The offset of the first character."""

    end: Offset
    """The offset of the character behind the last."""


class Words(Place):
    """Some words of an article."""

    text: str
    """The characters of these words, as they stand in the article."""


class ArticleHead(Definition):
    """What an article is called; what is unknown is null."""

    id: str
    """Its name in the archive."""

    title: str
    """Its headline."""

    published: str | None
    """An ISO 8601 date in the precision it came with: 2022-10-19, 2022-10 or 2022."""

    outlet: str | None
    """Who published it."""

    byline: str | None
    """Who wrote it."""

    url: str | None
    """Where it stands, as it came: any text."""

    read_from: str | None
    """The file it was read in."""


class PrintedPage(Definition):
    """A page of an article that was printed, as a PDF has it."""

    number: int
    """Its number, from 1."""

    doubtful: bool
    """Whether the order of what stands on it is doubtful."""

    recognised: Probability | None
    """If it was read from a picture, how sure the letters are; else null."""


class Seen(Place):
    """A place with its article and the page that shows it there."""

    article: ArticleHead
    """The article."""

    href: str
    """The path of the page that shows the place in its article."""

    link: str
    """That page's whole address."""

    page: PrintedPage | None
    """The page that it stands on, if its article has pages."""

    skimmed: bool
    """Whether only the small reader has read it."""
