"""What a page says of its own article: title, date, outlet and author, never those of another thing on the page.

Of what is stated several times the first counts, in this order: JSON-LD of schema.org, <meta> elements, microdata and
other marks inside the article's element, and last a date or a "By" line that stands above its first paragraph.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from embeddings.dates import parse_published
from embeddings.files.html.linked_data import is_organisation, main_thing, people, texts
from embeddings.files.html.own_article import (
    LONG,
    above_text,
    changes_inside,
    dates_inside,
    is_of_others,
    main_element,
    words_of,
)
from embeddings.files.versions import version_of

DATE_METAS = (
    "article:published_time", "og:published_time", "og:article:published_time", "article:published", "datePublished",
    "date", "pubdate", "publish-date", "publish_date", "publication_date", "published_time", "published-date",
    "parsely-pub-date", "sailthru.date", "dc.date", "dc.date.issued", "dc.date.created", "dcterms.date",
    "dcterms.issued", "dcterms.created", "cxenseparse:recs:publishtime", "citation_publication_date", "citation_date",
    "rnews:datePublished", "bt:pubDate", "article_date_original", "original-publish-date", "article.published",
)  # fmt: skip
"""Names of <meta> that give a date of publication, without regard to capitals and to what parts the words."""

MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "og:modified_time", "og:article:modified_time", "dateModified",
    "dcterms.modified", "dc.date.modified", "modified_time", "last-modified", "lastmod", "revised",
    "rnews:dateModified",
)  # fmt: skip
"""Names of <meta> that say when the article was changed last."""

AUTHOR_METAS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
    "citation_author", "article:author_name", "cxenseparse:author",
)  # fmt: skip
"""Names of <meta> that give an author."""

_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:by-?line|author-?name|author|authors|p-author)(?:$|[\s_-])", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:reporter|correspondent|editor|writer|staff|journalist|columnist|contributor|producer|admin|administrator|"
    r"newsroom|desk|team|redaktion|rédaction|bureau)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"[@/\d:!?]|\b(?:email|e-mail|follow|share|about|view|read|more|updated|published)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page states of its article; "" where it states nothing, or nothing that can be told.

    `version` is what its versions are told by: see `version_of`.
    """

    title: str = ""
    published: str = ""
    outlet: str = ""
    byline: str = ""
    version: str = ""


def page_facts(tree: Any) -> PageFacts:
    """Return what a page states of its article."""
    stated = main_thing(tree)
    metas = _metas(tree)
    main = main_element(tree)
    dates = [*texts(stated.get("datePublished")), *_of(metas, DATE_METAS), *dates_inside(main)]
    changes = [*texts(stated.get("dateModified")), *_of(metas, MODIFIED_METAS), *changes_inside(main)]
    published = next(filter(parse_published, dates), "")
    return PageFacts(
        title=next(iter(texts(stated.get("headline"))), ""),
        published=parse_published(published),
        outlet=next(filter(None, (*people(stated.get("publisher")), *_of(metas, ["og:site_name"]))), ""),
        byline=_byline(stated, metas, main),
        version=version_of(published, next((each for each in changes if version_of("", each)), "")),
    )


def _metas(tree: Any) -> dict[str, list[str]]:
    """Return the contents of the <meta> elements by their names."""
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        for kind in ("property", "name", "itemprop"):
            if content and meta.get(kind) and (kind != "itemprop" or not is_of_others(meta, tree)):
                metas.setdefault(_plain_name(meta.get(kind)), []).append(content)
    return metas


def _of(metas: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    return [content for name in names for content in metas.get(_plain_name(name), [])]


def _plain_name(name: str) -> str:
    return re.sub(r"[\s_.:-]", "", name).lower()


def _byline(stated: dict[str, Any], metas: dict[str, list[str]], main: Any) -> str:
    """Return the names of the authors, joined by commas; "" if the page gives none."""
    own = [each for each in main.iter() if isinstance(each.tag, str) and not is_of_others(each, main)]
    top = above_text(own)
    marked = [
        words_of(next(iter(each.xpath(".//*[@itemprop='name']")), each))
        for each in own
        if "author" in each.get("itemprop", "").split() or (each in top and each.get("rel") == "author")
    ]
    lines = [
        words_of(each) for each in top if _BYLINE_CLASS.search(each.get("class", "")) and len(words_of(each)) < 2 * LONG
    ]
    authors = stated.get("author", stated.get("creator"))
    persons = [each for each in (authors if isinstance(authors, list) else [authors]) if not is_organisation(each)]
    for names in (people(persons), _of(metas, AUTHOR_METAS), marked, lines):
        if found := [name for each in names for name in _names_in(each)]:
            return ", ".join(dict.fromkeys(found))
    return ""


def _names_in(line: str) -> list[str]:
    """Return the names in a line, each as it is written: no address, no link, no role, nothing that is asked to do."""
    line = re.sub(r"\A\s*(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Aa]utor):?\s+(?=[^\W\d_a-z])", "", line)
    line = re.sub(r"\s*[(<][^()<>]*@[^()<>]*[)>]", "", line)
    parts = re.split(r"\s*[,;|•·]\s*|\s+(?:and|&|und|et|y)\s+", line)
    return [part for part in map(str.strip, parts) if part and not _NO_NAME.search(part) and not _ROLE.search(part)]
