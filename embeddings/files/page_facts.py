"""What a page says of its own article: title, date, outlet and author, never those of another thing on the page.

Of what is stated several times the first counts, in this order: JSON-LD of schema.org, <meta> elements, microdata and
other marks inside the article's element, and last a date or a "By" line that stands above its first paragraph.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from embeddings.dates import parse_published
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

MAX_LD = 1_000_000
"""Characters of JSON-LD that are read; longer is not looked at."""

LONG = 60
"""Characters of a paragraph that is text of the article, and no line above it."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe)\Z")
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|recommend(?:ed|ations?)|teasers?|sidebar|promo|newsletter|share|sharing|social|"
    r"more-?(?:news|stories|on|from)|most-?(?:read|popular)|also-?read|read-?(?:more|next|also)|author-?(?:box|bio|info)|"
    r"bio|about-?(?:the-?)?author|trending|outbrain|taboola|advert(?:isement)?|ads?|playlist|breadcrumbs?|disqus)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_OTHER_TAGS = ("aside", "nav", "footer", "form", "button", "template")
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|datetime|published|pubdate|dateline|timestamp|dt-published|publish|posted)(?:$|[\s_-])", re.I
)
_UPDATED = re.compile(r"updated|modified|last-?mod", re.IGNORECASE)
_CHANGE_BEHIND = re.compile(r"[\s,;|·(–—-]*(?:and\s+)?(?:last\s+)?(?:updated|modified)\b.*", re.IGNORECASE | re.DOTALL)
_SAID_PUBLISHED = re.compile(
    r"\A\s*(?:(?:first\s+)?(?:published|posted)|publié|publicado|pubblicato|veröffentlicht|опубликовано)"
    r"(?:\s+(?:on|at|le|el|em|il|am))?\s*:?\s+",
    re.IGNORECASE,
)
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
    stated = _main_thing(tree)
    metas = _metas(tree)
    main = main_element(tree)
    dates = [*_texts(stated.get("datePublished")), *_of(metas, DATE_METAS), *_dates_inside(main)]
    changes = [*_texts(stated.get("dateModified")), *_of(metas, MODIFIED_METAS), *_changes_inside(main)]
    published = next(filter(parse_published, dates), "")
    return PageFacts(
        title=next(iter(_texts(stated.get("headline"))), ""),
        published=parse_published(published),
        outlet=next(filter(None, (*_people(stated.get("publisher")), *_of(metas, ["og:site_name"]))), ""),
        byline=_byline(stated, metas, main),
        version=version_of(published, next((each for each in changes if version_of("", each)), "")),
    )


def main_element(tree: Any) -> Any:
    """Return the element that holds the article: the one <article> that is no teaser, else <main>, else the page."""
    found = [each for each in tree.iter("article") if not is_of_others(each, tree)]
    found = [each for each in found if next(each.iterancestors("article"), None) is None]
    with_title = [each for each in found if each.find(".//h1") is not None]
    if with_title or found:
        return max(with_title or found, key=lambda each: len("".join(each.itertext())))
    return next(iter(tree.xpath("//main | //*[@role='main']")), tree)


def is_of_others(element: Any, main: Any) -> bool:
    """Return whether an element inside the main one is of a comment, a teaser or another thing than the article."""
    if element is main:
        return False
    for each in (element, *element.iterancestors()):
        if each is main:
            return False
        kind = f"{each.get('class', '')} {each.get('id', '')}"
        is_thing = bool(re.search("Comment|VideoObject|ItemList", each.get("itemtype", "")))
        is_article = each.tag == "article" and each is not element
        quoted = each.tag == "footer" and next(each.iterancestors("blockquote"), None) is not None
        if (each.tag in _OTHER_TAGS and not quoted) or _OTHERS.search(kind) or is_thing or is_article:
            return each.tag not in ("body", "html")
    return False


def _main_thing(tree: Any) -> dict[str, Any]:
    """Return what JSON-LD says of the page's article; {} if nothing, or of several and none has the page's title."""
    things = [thing for script in tree.xpath("//script[@type]") for thing in _things_in(script)]
    articles = [thing for thing in things if any(map(_ARTICLE.search, _texts(thing.get("@type"))))]
    if not articles:
        return next((thing for thing in things if "@type" not in thing and "datePublished" in thing), {})
    titles = {_folded("".join(each.itertext())) for each in tree.xpath("//h1 | //head/title")}
    titles |= {_folded(each) for each in tree.xpath("//meta[@property='og:title']/@content")}
    named = [thing for thing in articles if titles & {_folded(each) for each in _texts(thing.get("headline"))}]
    dates = {str(thing.get("datePublished")) for thing in articles}
    if not named and len(dates) > 1:
        return {}
    by_id = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str)}
    return {name: _referred(value, by_id) for name, value in (named or articles)[0].items()}


def _referred(value: object, by_id: dict[str, dict[str, Any]]) -> object:
    """Return a value of JSON-LD with the things that it only refers to by their ids."""
    if isinstance(value, list):
        return [_referred(each, by_id) for each in value]
    if isinstance(value, dict) and value.keys() == {"@id"} and isinstance(value["@id"], str):
        return by_id.get(value["@id"], value)
    return value


def _things_in(script: Any) -> Iterator[dict[str, Any]]:
    """Yield the things that a script of JSON-LD is about: not those that stand inside of others, such as teasers."""
    content = (script.text or "").strip()
    if "ld+json" not in script.get("type").lower() or len(content) > MAX_LD:
        return
    content = re.sub(r"\A(?:<!--|/\*.*?\*/|//<!\[CDATA\[)\s*|\s*(?:-->|//\]\]>)\Z", "", content)
    try:
        found = json.loads(content.rstrip("; \n"), strict=False)
    except (ValueError, RecursionError):
        return
    for thing in found if isinstance(found, list) else [found]:
        if isinstance(thing, dict):
            graph = thing.get("@graph")
            for each in graph if isinstance(graph, list) else [thing]:
                if isinstance(each, dict):
                    yield each
                    entity = each.get("mainEntity")
                    yield from [entity] if isinstance(entity, dict) else []


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


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _texts(value: object) -> list[str]:
    """Return the strings in a value of JSON-LD."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each]


def _people(value: object) -> list[str]:
    """Return the names in a value of JSON-LD, as they are given there."""
    names = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            parts = (each.get(part) for part in ("givenName", "additionalName", "familyName"))
            names += _texts(each.get("name")) or [" ".join(part for part in parts if isinstance(part, str))]
        elif isinstance(each, str):
            names.append(each)
    return [name for name in names if name.strip()]


def _dates_inside(main: Any) -> Iterator[str]:
    """Yield the dates that stand in the article's own marks: microdata, microformats, <time>, and a visible line."""
    own = [each for each in main.iter() if isinstance(each.tag, str) and not is_of_others(each, main)]
    top = _above_text(own)
    for each in own:
        if "datePublished" in each.get("itemprop", "").split():
            yield each.get("content") or each.get("datetime") or each.get("title") or _words(each)
    for each in own:
        if "published" in (kinds := each.get("class", "").split()) or "dt-published" in kinds:
            yield each.get("title") or each.get("datetime") or ""
        if each.tag == "time" and each.get("pubdate") is not None:
            yield each.get("datetime") or _words(each)
    for each in top:
        if each.tag == "time" and not _UPDATED.search(_around(each)) and main.tag in ("article", "main"):
            yield each.get("datetime") or _words(each)
    for each in top:
        words = _words(each)
        if _DATE_CLASS.search(each.get("class", "")) and len(words) < LONG:
            if not _UPDATED.search(_around(each)):
                yield _SAID_PUBLISHED.sub("", words)
            elif _SAID_PUBLISHED.match(words):
                yield _CHANGE_BEHIND.sub("", _SAID_PUBLISHED.sub("", words))


def _changes_inside(main: Any) -> Iterator[str]:
    """Yield the times of change that stand in the article's own marks."""
    for each in main.xpath(".//*[@itemprop]"):
        if "dateModified" in each.get("itemprop").split() and not is_of_others(each, main):
            yield each.get("content") or each.get("datetime") or ""


def _around(element: Any) -> str:
    """Return an element's class and words, and those of what it stands in."""
    parent = element.getparent()
    near = [element] if parent is None or len(_words(parent)) > LONG else [element, parent]
    return " ".join(f"{each.get('class', '')} {_words(each)}" for each in near)


def _above_text(own: list[Any]) -> list[Any]:
    """Return the elements above the article's first paragraph; all if it has none."""
    first = next((n for n, each in enumerate(own) if each.tag == "p" and len(_words(each)) >= LONG), len(own))
    return own[:first]


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _byline(stated: dict[str, Any], metas: dict[str, list[str]], main: Any) -> str:
    """Return the names of the authors, joined by commas; "" if the page gives none."""
    own = [each for each in main.iter() if isinstance(each.tag, str) and not is_of_others(each, main)]
    top = _above_text(own)
    marked = [
        _words(next(iter(each.xpath(".//*[@itemprop='name']")), each))
        for each in own
        if "author" in each.get("itemprop", "").split() or (each in top and each.get("rel") == "author")
    ]
    lines = [
        _words(each) for each in top if _BYLINE_CLASS.search(each.get("class", "")) and len(_words(each)) < 2 * LONG
    ]
    authors = stated.get("author", stated.get("creator"))
    persons = [each for each in (authors if isinstance(authors, list) else [authors]) if not _is_organisation(each)]
    for names in (_people(persons), _of(metas, AUTHOR_METAS), marked, lines):
        if found := [name for each in names for name in _names_in(each)]:
            return ", ".join(dict.fromkeys(found))
    return ""


def _is_organisation(value: object) -> bool:
    return isinstance(value, dict) and any("Organization" in each for each in _texts(value.get("@type")))


def _names_in(line: str) -> list[str]:
    """Return the names in a line, each as it is written: no address, no link, no role, nothing that is asked to do."""
    line = re.sub(r"\A\s*(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Aa]utor):?\s+(?=[^\W\d_a-z])", "", line)
    line = re.sub(r"\s*[(<][^()<>]*@[^()<>]*[)>]", "", line)
    parts = re.split(r"\s*[,;|•·]\s*|\s+(?:and|&|und|et|y)\s+", line)
    return [part for part in map(str.strip, parts) if part and not _NO_NAME.search(part) and not _ROLE.search(part)]
