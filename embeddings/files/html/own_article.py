"""A page's own article among the other things on the page, and what its marks say of dates."""

import re
from collections.abc import Iterator
from typing import Any

LONG = 60
"""Characters of a paragraph that is text of the article, and no line above it."""

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


def dates_inside(main: Any) -> Iterator[str]:
    """Yield the dates that stand in the article's own marks: microdata, microformats, <time>, and a visible line."""
    own = [each for each in main.iter() if isinstance(each.tag, str) and not is_of_others(each, main)]
    top = above_text(own)
    for each in own:
        if "datePublished" in each.get("itemprop", "").split():
            yield each.get("content") or each.get("datetime") or each.get("title") or words_of(each)
    for each in own:
        if "published" in (kinds := each.get("class", "").split()) or "dt-published" in kinds:
            yield each.get("title") or each.get("datetime") or ""
        if each.tag == "time" and each.get("pubdate") is not None:
            yield each.get("datetime") or words_of(each)
    for each in top:
        if each.tag == "time" and not _UPDATED.search(_around(each)) and main.tag in ("article", "main"):
            yield each.get("datetime") or words_of(each)
    for each in top:
        words = words_of(each)
        if _DATE_CLASS.search(each.get("class", "")) and len(words) < LONG:
            if not _UPDATED.search(_around(each)):
                yield _SAID_PUBLISHED.sub("", words)
            elif _SAID_PUBLISHED.match(words):
                yield _CHANGE_BEHIND.sub("", _SAID_PUBLISHED.sub("", words))


def changes_inside(main: Any) -> Iterator[str]:
    """Yield the times of change that stand in the article's own marks."""
    for each in main.xpath(".//*[@itemprop]"):
        if "dateModified" in each.get("itemprop").split() and not is_of_others(each, main):
            yield each.get("content") or each.get("datetime") or ""


def _around(element: Any) -> str:
    """Return an element's class and words, and those of what it stands in."""
    parent = element.getparent()
    near = [element] if parent is None or len(words_of(parent)) > LONG else [element, parent]
    return " ".join(f"{each.get('class', '')} {words_of(each)}" for each in near)


def above_text(own: list[Any]) -> list[Any]:
    """Return the elements above the article's first paragraph; all if it has none."""
    first = next((n for n, each in enumerate(own) if each.tag == "p" and len(words_of(each)) >= LONG), len(own))
    return own[:first]


def words_of(element: Any) -> str:
    """Return the words in an element, one blank between them."""
    return " ".join("".join(element.itertext()).split())
